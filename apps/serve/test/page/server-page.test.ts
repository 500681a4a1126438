import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Model, neuralOde } from "@stiffnet/core";
import { rk4 } from "@stiffnet/integrators";
import { stabilityFunction } from "@stiffnet/integrators/tableaus";
import { spectra } from "@stiffnet/stiffness";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needs } from "../../../../scripts/needs.ts";
import { createServer, surrogateHtml } from "../../src/index.ts";
import { folder, surrogate, writeModel } from "../service.ts";
import { type Opened, openPage } from "./opened.ts";

/** At the middle of its inputs it has modes of every kind: growing and decaying, inside and outside the
 *  stability region of rk4. */
const steps = { depth: 4, horizon: 15 };
const network = neuralOde({ inputs: 3, outputs: 2, width: 8, ...steps, solver: "rk4", seed: 1229 });
const { inputNames, outputNames, preparation } = surrogate();
const ode: Model = { ...network, inputNames, outputNames, preparation };

describe("the page of a server with several models", needs("chromium"), () => {
  let opened: Opened;
  let page: Page;
  beforeAll(async () => {
    const store = join(folder, "store");
    for (const [version, trial] of [
      ["1", 1],
      ["2", 0],
    ] as const) {
      mkdirSync(join(store, "single", version), { recursive: true });
      const file = await writeModel(`single-${version}.onnx`, surrogate(trial));
      copyFileSync(file, join(store, "single", version, "model.onnx"));
    }
    opened = await openPage("a server", [store, await writeModel("ode.onnx", ode)]);
    ({ page } = opened);
    await opened.open("#model=single");
  });
  afterAll(() => opened.close());

  const figure = () => page.locator("#view").getByRole("img");
  async function show(tab: string): Promise<void> {
    await page.getByRole("tab", { name: tab }).click();
    await expect.poll(() => page.locator("#view").textContent()).toMatch(/\w/);
  }
  const answer = () => page.locator("#answer").textContent();

  test("asks for the chosen version, and keeps the point", async () => {
    expect(await page.getByLabel("Version").inputValue()).toBe("2");
    await page.getByRole("spinbutton", { name: "Q10" }).fill("1.25");
    const asked = async (version: string) => {
      const response = await fetch(`${opened.address}/predict`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          model: "single",
          version,
          inputs: { rainfall: 800, "soil depth": 2, Q10: 1.25 },
        }),
      });
      const { outputs } = (await response.json()) as { outputs: { GPP: number } };
      return outputs.GPP;
    };
    const shown = async () => Number(/^\S+/.exec((await answer())!)![0]);
    const [first, second] = [await asked("1"), await asked("2")];
    expect(first).not.toBe(second);
    await expect.poll(async () => (await shown()) / second).toBeCloseTo(1, 2);
    await page.getByLabel("Version").selectOption("1");
    await expect.poll(async () => (await shown()) / first).toBeCloseTo(1, 2);
    expect(await page.getByRole("spinbutton", { name: "Q10" }).inputValue()).toBe("1.25");
    await show("Code");
    expect(await page.locator("#view pre").textContent()).toContain('"version": "1"');
    await page.getByLabel("Version").selectOption("2");
  });

  test("a slice's table and the address of the point are on the clipboard", async () => {
    await opened.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const copied = () => page.evaluate("navigator.clipboard.readText()") as Promise<string>;
    await show("Slice");
    await page.getByRole("button", { name: "Copy table" }).click();
    await expect.poll(async () => (await copied()).split("\n")[0]).toMatch(/^rainfall \[mm\/yr\]\tGPP/);
    expect((await copied()).trim().split("\n")).toHaveLength(102);
    await page.getByRole("button", { name: "Copy link" }).click();
    await expect.poll(copied).toMatch(/^http.*#.*in\.rainfall=/);
    expect(await copied()).toBe(page.url());
  });

  test("the code asks this service for this point", async () => {
    await show("Code");
    await expect
      .poll(() => page.locator("#view pre").textContent())
      .toContain(`curl ${opened.address}/predict`);
    expect(await page.locator("#view pre").textContent()).toContain('"Q10": 1.25');
    await page.locator("#view").getByLabel("Language").selectOption("Python");
    await expect.poll(() => page.locator("#view pre").textContent()).toContain("urlopen(request)");
  });

  test("the spectrum names its radius and counts every eigenvalue", async () => {
    await show("Spectrum");
    await expect.poll(() => page.locator("#view .eigenvalue").count()).toBe(4 * 8);
    expect(await figure().getAttribute("aria-label")).toMatch(
      /of 32 eigenvalues lie in the stability disc of explicit Euler;/,
    );
    // Opens on the eigenvalues: they fill most of the figure in one direction at least.
    const spread = (await page.locator("#view .eigenvalue").evaluateAll((all) =>
      ["cx", "cy"].map((axis) => {
        const at = all.map((one) => Number(one.getAttribute(axis)));
        return Math.max(...at) - Math.min(...at);
      }),
    )) as [number, number];
    expect(Math.max(...spread)).toBeGreaterThan(200);
    await page.locator("#view").getByRole("combobox", { name: "Layers" }).selectOption("layer 2");
    await expect.poll(() => page.locator("#view .eigenvalue").count()).toBe(8);
    await page.locator("#view").getByRole("combobox", { name: "Layers" }).selectOption("all");
    await page.locator("#view").getByRole("combobox", { name: "Show" }).selectOption("the stability disc");
    // A disc about -1 that touches 0: as wide as high.
    await expect
      .poll(async () => {
        const { width, height } = (await page.locator("#view path.stable").boundingBox())!;
        return width / height;
      })
      .toBeCloseTo(1, 2);
  });

  test("the spectrum of a neural ODE lies over the region of its own solver", async () => {
    await page.getByLabel("Model").selectOption("ode");
    await page.getByRole("button", { name: "Reset" }).click();
    await show("Spectrum");
    if (rk4.kind !== "explicit") throw new Error("rk4 is not explicit");
    const { a, b } = rk4.matrices;
    const { re, im } = spectra(ode, { inputs: Float64Array.of(800, 2, 1.5) });
    const all = Array.from(re, (x, k) => {
      const [u, v] = [x, im[k]!].map((part) => (part * steps.horizon) / steps.depth) as [number, number];
      const after = stabilityFunction(a, b, u, v);
      return { decays: u < 0, stable: Math.hypot(after.re, after.im) <= 1 };
    });
    const count = (decays: boolean, stable: boolean) =>
      all.filter((one) => one.decays === decays && one.stable === stable).length;
    // A spectrum with modes of every kind, so that each number is told from the others.
    const counts = [count(true, true), count(false, false), count(true, false), count(false, true)];
    expect(Math.min(...counts), `${counts}`).toBeGreaterThan(0);
    await expect
      .poll(() => figure().getAttribute("aria-label"))
      .toContain(
        `${counts[0]! + counts[3]!} of 32 eigenvalues lie in the stability region of the classical Runge-Kutta method; ${counts[1]} outside belong to growing modes, ${counts[2]} to decaying ones whose step is too long. ${counts[3]} inside belong to growing modes that the step makes decay.`,
      );
  });

  test("the documentation is a page too, and the page leads there", async () => {
    await page.getByRole("link", { name: "API" }).click();
    expect(await page.getByRole("heading", { name: "POST /predict" }).count()).toBe(1);
    await page.getByRole("link", { name: "The page" }).click();
    await expect.poll(answer).toMatch(/\d/);
  });

  test("asks no other host and complains about nothing", () => {
    expect([opened.complaints, opened.foreign]).toEqual([[], []]);
  });

  test("with API keys, the page asks for one", async () => {
    const options = { workers: 1, log: "silent" as const, watch: 0, apiKeys: ["open-sesame"] };
    const locked = await createServer([await writeModel("locked.onnx")], options);
    const other = await opened.context.newPage();
    await other.goto(await locked.listen({ port: 0 }));
    await expect.poll(() => other.locator("#status").textContent()).toBe("This service needs an API key.");
    await other.getByLabel("API key").fill("open-sesame");
    await other.getByRole("button", { name: "Use it" }).click();
    await expect.poll(() => other.locator("#answer").textContent()).toMatch(/\d/);
    await other.close();
    await locked.close();
  });
});

test("a document of its own refuses what stiffnet did not export", async () => {
  await expect(surrogateHtml(new TextEncoder().encode("no model"), "x")).rejects.toThrow("not an ONNX file");
  const html = await surrogateHtml(readFileSync(await writeModel("plain.onnx")), "x");
  expect(html.match(/<script/g)).toHaveLength(2);
});
