import { type Model, neuralOde } from "@stiffnet/core";
import { rk4, stabilityFunction } from "@stiffnet/integrators";
import { encodeOnnx } from "@stiffnet/onnx";
import type { FastifyInstance } from "fastify";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needs } from "../../../scripts/needs.ts";
import { readNetwork, spectra } from "../page/network.js";
import { createServer } from "../src/index.ts";
import { networkOf } from "../src/models/describe.ts";
import { launch } from "./browser.ts";
import { predictions } from "./expected.ts";
import { surrogate, writeEnsemble, writeModel } from "./service.ts";

/** At the middle of its inputs it has modes of every kind: growing and decaying ones, each within the region
 *  of rk4 and outside. */
const steps = { depth: 4, horizon: 15 };
const network = neuralOde({ inputs: 3, outputs: 2, width: 8, ...steps, solver: "rk4", seed: 1229 });
const { inputNames, outputNames, preparation } = surrogate();
const ode: Model = { ...network, inputNames, outputNames, preparation };

describe("the page in Chromium", needs("chromium"), () => {
  let server: FastifyInstance;
  let context: BrowserContext;
  let page: Page;
  let url: string;
  const complaints: string[] = [];
  const foreign: string[] = [];

  beforeAll(async () => {
    const files = [
      await writeModel("single.onnx"),
      await writeEnsemble("several.onnx"),
      await writeModel("ode.onnx", ode),
    ];
    server = await createServer(files, { workers: 1, log: "silent", watch: 0 });
    url = await server.listen({ port: 0 });
    context = await launch();
    page = context.pages()[0]!;
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith("data:")) foreign.push(request.url());
    });
    await page.goto(url);
    await page.getByLabel("Model").selectOption("single");
  });
  afterAll(async () => {
    await context.close();
    await server.close();
  });

  const output = (name: string) => page.locator("#outputs").getByRole("row", { name }).locator("output");
  const expectOutput = async (name: string, value: number) => {
    await expect.poll(async () => Number(await output(name).textContent()) / value).toBeCloseTo(1, 4);
  };
  const show = async (tab: string) => {
    await page.getByRole("tab", { name: tab }).click();
    await expect.poll(() => page.locator("#view").textContent()).toMatch(/\w/);
  };
  const figure = () => page.locator("#view").getByRole("img");

  test("shows every input with its unit, and the outputs of the point", async () => {
    for (const name of ["rainfall mm/yr", "soil depth m", "Q10 1"]) {
      expect(await page.getByRole("spinbutton", { name }).count()).toBe(1);
      expect(await page.getByRole("slider", { name }).count()).toBe(1);
    }
    const [gpp, nee] = predictions(surrogate(), [800, 2, 1.5]);
    await expectOutput("GPP kg/m2/s", gpp!);
    await expectOutput("NEE g/m2/d", nee!);
  });

  test("a key on a slider and a typed number move the outputs", async () => {
    await page.getByRole("slider", { name: "rainfall" }).focus();
    await page.keyboard.press("PageUp");
    await expectOutput("NEE", predictions(surrogate(), [880, 2, 1.5])[1]!);
    await page.getByRole("spinbutton", { name: "Q10" }).fill("1.25");
    await expectOutput("NEE", predictions(surrogate(), [880, 2, 1.25])[1]!);
  });

  test("a number outside the training range is warned of", async () => {
    await page.getByRole("spinbutton", { name: "rainfall" }).fill("2000");
    await expect
      .poll(() => page.locator("#status").textContent())
      .toContain("outside the training range of 400 to 1200");
    await page.getByRole("button", { name: "Centre" }).click();
    await expect.poll(() => page.locator("#status").textContent()).toBe("");
  });

  test("a wrong value blanks the outputs; what is shown is what is asked for", async () => {
    const box = page.getByRole("spinbutton", { name: "Q10" });
    await box.fill("");
    await expect.poll(() => page.locator("#status").textContent()).toBe("Q10 is no number.");
    for (const name of ["GPP", "NEE"]) expect(await output(name).textContent()).toBe("–");
    expect(await box.getAttribute("aria-invalid")).toBe("true");
    await page.getByRole("button", { name: "Random point" }).click();
    const point = await Promise.all(
      ["rainfall", "soil depth", "Q10"].map((name) => page.getByRole("spinbutton", { name }).inputValue()),
    );
    const [gpp, nee] = predictions(surrogate(), point.map(Number));
    await expectOutput("GPP", gpp!);
    await expectOutput("NEE", nee!);
    await show("Code");
    for (const text of point) expect(await page.locator("#view pre").textContent()).toContain(text);
    await page.getByRole("button", { name: "Centre" }).click();
  });

  test("a slice tells the values at its ends, and follows the choice of input", async () => {
    await show("Slice");
    await page.locator("#view").getByRole("combobox", { name: "Input" }).selectOption("soil depth");
    const [low, high] = [0.5, 3.5].map((depth) => predictions(surrogate(), [800, depth, 1.5])[0]!);
    await expect.poll(() => figure().getAttribute("aria-label")).toMatch(/^GPP against soil depth/);
    const numbers = /from (\S+) at 0.5 to (\S+) at 3.5/.exec((await figure().getAttribute("aria-label"))!)!;
    expect(Number(numbers[1]) / low!).toBeCloseTo(1, 4);
    expect(Number(numbers[2]) / high!).toBeCloseTo(1, 4);
  });

  test("a map, with the keyboard from tab to tab", async () => {
    await page.getByRole("tab", { name: "Slice" }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.getByRole("tab", { name: "Map" }).getAttribute("aria-selected")).toBe("true");
    await expect
      .poll(() => figure().getAttribute("aria-label"))
      .toMatch(/^GPP over soil depth and Q10: from/);
    expect(await page.locator("#view image").getAttribute("href")).toMatch(/^data:image\/png/);
  });

  test("sensitivities are the derivatives at the point", async () => {
    await show("Sensitivities");
    const row = page.locator("#view").getByRole("row", { name: "rainfall" });
    const [above, below] = [801, 799].map((rainfall) => predictions(surrogate(), [rainfall, 2, 1.5])[0]!);
    await expect
      .poll(
        async () => Number(await row.locator("td").last().textContent()) / ((800 * (above! - below!)) / 2),
      )
      .toBeCloseTo(1, 3);
  });

  test("the spectrum names its radius and counts every eigenvalue", async () => {
    await show("Spectrum");
    await expect.poll(() => page.locator("#view .eigenvalue").count()).toBe(4 * 8);
    expect(await figure().getAttribute("aria-label")).toMatch(
      /of 32 eigenvalues lie in the stability disc of explicit Euler;/,
    );
    // A disc about -1 that touches 0: as wide as high.
    const { width, height } = (await page.locator("#view path.stable").boundingBox())!;
    expect(width / height).toBeCloseTo(1, 2);
  });

  test("the spectrum of a neural ODE lies over the region of its own solver", async () => {
    await page.getByLabel("Model").selectOption("ode");
    await show("Spectrum");
    await expect.poll(() => page.locator("#view .eigenvalue").count()).toBe(4 * 8);
    if (rk4.kind !== "explicit") throw new Error("rk4 is not explicit");
    const { a, b } = rk4.matrices;
    const read = readNetwork(await networkOf({ bytes: encodeOnnx(ode) }));
    const all = spectra(read, [800, 2, 1.5])
      .flat()
      .map(([re, im]) => {
        const [x, y] = [re, im].map((part) => (part * steps.horizon) / steps.depth) as [number, number];
        const after = stabilityFunction(a, b, x, y);
        return { decays: x < 0, stable: Math.hypot(after.re, after.im) <= 1 };
      });
    const count = (decays: boolean, stable: boolean) =>
      all.filter((one) => one.decays === decays && one.stable === stable).length;
    // A spectrum with modes of every kind, so that each number is told from the others.
    const counts = [count(true, true), count(false, false), count(true, false), count(false, true)];
    expect(Math.min(...counts), `${counts}`).toBeGreaterThan(0);
    const label = await figure().getAttribute("aria-label");
    expect(label).toContain(
      `${counts[0]! + counts[3]!} of 32 eigenvalues lie in the stability region of the classical Runge-Kutta method; ${counts[1]} outside belong to growing modes, ${counts[2]} to decaying ones whose step is too long. ${counts[3]} inside belong to growing modes that the step makes decay.`,
    );
    expect(await page.locator("#view").textContent()).toContain("R(z) = 1 + z + z²/2 + z³/6 + z⁴/24");
    // Hairer and Wanner's figure IV.2.1: from -2.79 to 0.27, and 2.95 to either side of the real axis.
    const { width, height } = (await page.locator("#view path.stable").boundingBox())!;
    expect(width / height).toBeCloseTo((2.785 + 0.275) / (2 * 2.949), 1);
    await page.getByLabel("Model").selectOption("single");
  });

  test("training metadata and code for the point", async () => {
    await show("Training");
    await expect.poll(() => page.locator("#view").textContent()).toContain("risks.train0.004");
    await show("Code");
    await expect.poll(() => page.locator("#view pre").textContent()).toContain(`curl ${url}/predict`);
    await page.locator("#view").getByLabel("Language").selectOption("Python");
    await expect.poll(() => page.locator("#view pre").textContent()).toContain("urlopen(request)");
  });

  test("an ensemble shows its spread", async () => {
    await page.getByLabel("Model").selectOption("several");
    await expect
      .poll(() => page.locator("#outputs").getByRole("row", { name: "GPP" }).textContent())
      .toContain("±");
    await show("Slice");
    await expect.poll(() => page.locator("#view path.band").count()).toBe(1);
  });

  test("fits a phone: nothing is wider than the screen, in no view", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const tab of ["Slice", "Map", "Sensitivities", "Spectrum", "Training", "Code"]) {
      await show(tab);
      expect(await page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]"), tab).toEqual([
        360, 360,
      ]);
    }
  });

  test("the documentation is a page too", async () => {
    const docs = await context.newPage();
    docs.on("console", (message) => complaints.push(message.text()));
    await docs.goto(`${url}/docs`);
    expect(await docs.getByRole("heading", { name: "POST /predict" }).count()).toBe(1);
    await docs.getByRole("link", { name: "The page" }).click();
    await docs.close();
  });

  test("asks no other host and complains about nothing", () => {
    expect({ complaints, foreign }).toEqual({ complaints: [], foreign: [] });
  });

  test("with API keys, the page asks for one", async () => {
    const locked = await createServer([await writeModel("locked.onnx")], {
      workers: 1,
      log: "silent",
      watch: 0,
      apiKeys: ["open-sesame"],
    });
    const other = await context.newPage();
    await other.goto(await locked.listen({ port: 0 }));
    await expect.poll(() => other.locator("#status").textContent()).toBe("This service needs an API key.");
    await other.getByLabel("API key").fill("open-sesame");
    await other.getByRole("button", { name: "Use it" }).click();
    await expect
      .poll(() => other.locator("#outputs").getByRole("row", { name: "GPP" }).textContent())
      .toMatch(/\d/);
    await other.close();
    await locked.close();
  });
});
