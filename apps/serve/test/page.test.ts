import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createServer } from "../src/index.ts";
import { predictions } from "./expected.ts";
import { surrogate, writeEnsemble, writeModel } from "./service.ts";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);
if (!executablePath) console.log("skipped: the page's tests need Chromium at /usr/bin/chromium");

describe.runIf(executablePath)("the page in Chromium", () => {
  let server: FastifyInstance;
  let context: BrowserContext;
  let page: Page;
  let url: string;
  const complaints: string[] = [];
  const foreign: string[] = [];

  beforeAll(async () => {
    server = await createServer([await writeModel("single.onnx"), await writeEnsemble("several.onnx")], {
      workers: 1,
      log: "silent",
    });
    url = await server.listen({ port: 0 });
    context = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), "stiffnet-chromium-")), {
      executablePath: executablePath!,
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
      viewport: { width: 1200, height: 800 },
    });
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

  const output = (name: string) => page.getByRole("row", { name }).locator("output");
  const expectOutput = async (name: string, value: number) => {
    await expect.poll(async () => Number(await output(name).textContent()) / value).toBeCloseTo(1, 4);
  };

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

  test("an ensemble shows its spread", async () => {
    await page.getByLabel("Model").selectOption("several");
    await expect.poll(() => page.getByRole("row", { name: "GPP" }).textContent()).toContain("±");
  });

  test("fits a phone: nothing is wider than the screen", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    const widths = await page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]");
    expect(widths).toEqual([360, 360]);
  });

  test("asks no other host and complains about nothing", () => {
    expect({ complaints, foreign }).toEqual({ complaints: [], foreign: [] });
  });
});
