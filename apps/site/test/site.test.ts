import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { needs } from "../../../scripts/needs.ts";
import { launch } from "../../serve/test/browser.ts";
import { siteServer } from "../scripts/serve.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** One of each kind of page. */
const pages = [
  ...["index", "playground/train", "playground/integrate", "reference/index", "reference/commands"],
  ...["reference/core", "notebooks/spectral-radius", "notebooks/the-study"],
];

describe("the site in Chromium", needs("chromium"), () => {
  let server: Server;
  let context: BrowserContext;
  let page: Page;
  let url: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    server = siteServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    context = await launch();
    page = context.pages()[0]!;
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(`${page.url()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
    page.on("request", (request) => {
      if (!/^(?:data|blob):/.test(request.url()) && !request.url().startsWith(url)) {
        complaints.push(`${page.url()} asks ${request.url()}`);
      }
    });
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));
  afterAll(async () => {
    await context?.close();
    server?.close();
  });

  const text = (selector: string) => page.locator(selector).first().textContent();

  it.each(pages)(
    "%s: no error, no request elsewhere, nothing serious for axe, no wider than a phone",
    async (name) => {
      await page.setViewportSize({ width: 390, height: 844 });
      await page.goto(`${url}${name}.html`);
      await page.locator("h1").first().waitFor();
      await page.evaluate(axe);
      // As text, because there is no document in Node.
      const serious =
        await page.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
      violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => id + ": " + nodes[0].html))`);
      expect(serious).toEqual([]);
      const wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect(wider).toBeLessThanOrEqual(0);
    },
  );

  it("trains both networks by keyboard alone, pauses, steps and goes on, and says the digests", async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${url}playground/train.html#width=6&depth=2&rows=40&epochs=30`);
    await expect.poll(() => page.getByRole("button", { name: "Step" }).isEnabled()).toBe(true);
    await page.getByRole("button", { name: "Step" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => text("[data-epoch=penalised]")).toBe("1");
    await page.getByRole("button", { name: "Train" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => text("[data-digest=plain]")).toMatch(/^[0-9a-f]{64}$/);
    await expect.poll(() => text("[data-digest=penalised]")).toMatch(/^[0-9a-f]{64}$/);
    expect(await text("[data-digest=plain]")).not.toBe(await text("[data-digest=penalised]"));
    expect(Number(await text("[data-risk=plain]"))).toBeGreaterThan(0);
    // What was chosen stands in the address.
    await page.getByLabel("depth").fill("3");
    await page.keyboard.press("Tab");
    await expect.poll(() => page.url()).toContain("depth=3");
  });

  it("trains on a dropped table, and names the cell that is no number", async () => {
    await page.goto(`${url}playground/train.html#data=csv&epochs=5&width=4&depth=2`);
    const rows = Array.from({ length: 40 }, (_, i) => `${i},${(i * 7) % 5},${i === 2 ? "n/a" : i * i}`);
    const drop = (name: string, body: string) =>
      page
        .locator("input[type=file]")
        .setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(body) });
    await drop("empty.csv", "");
    await expect.poll(() => text("[role=status]")).toContain("empty.csv has 0 lines");
    await drop("bad.csv", ["a,b,c", ...rows].join("\n"));
    await expect.poll(() => text("[role=status]")).toContain("bad.csv, row 3, column 'c': no number there");
    await page.locator("select[multiple]").nth(1).selectOption("b");
    await page.locator("select[multiple]").nth(0).selectOption("a");
    await page.getByRole("button", { name: "Train" }).click();
    await expect.poll(() => text("[data-digest=penalised]")).toMatch(/^[0-9a-f]{64}$/);
  });

  it("says what an address that was tampered with holds, and goes on with what is usual", async () => {
    await page.goto(`${url}playground/train.html#width=1e9&data=<b>&nonsense=1`);
    await expect.poll(() => text("[role=status]")).toContain("The address has");
    const words = await text("[role=status]");
    expect(words).toContain("'1e9' for the width: expected a whole number from 1 to 100");
    expect(words).toContain("'<b>' for the data: expected one of alpine02");
    expect(words).toContain("'nonsense', which means nothing here");
    expect(await page.getByLabel("width").inputValue()).toBe("20");
  });

  it("solves by both solvers, and outlives right-hand sides that throw, loop or return NaN", async () => {
    await page.goto(`${url}playground/integrate.html`);
    await expect
      .poll(() => text("[data-words]"))
      .toMatch(/dormandPrince54 takes [\d.]+ times as many steps as radauIIA5/);
    await page.goto(`${url}playground/integrate.html#problem=typed`);
    const solve = async (code: string) => {
      await page.getByLabel("dy").fill(code);
      await page.getByRole("button", { name: "Solve" }).click();
    };
    await solve("dy[0] = oops;");
    await expect.poll(() => text("[role=status]")).toContain("oops is not defined");
    await solve("dy[0] = = 1");
    await expect.poll(() => text("[role=status]")).toContain("The right-hand side cannot be read");
    await solve("dy[0] = NaN; dy[1] = 0;");
    await expect.poll(() => text(".results .complaint")).toContain("non_finite");
    await solve("for (;;) {}");
    await expect.poll(() => text("[role=status]"), { timeout: 30_000 }).toContain("may loop for ever");
    await solve("dy[0] = y[1]; dy[1] = -y[0];");
    await expect.poll(() => text("[data-steps=explicit]")).toMatch(/^[1-9]\d+$/);
    await expect.poll(() => page.locator("[data-failure]").count()).toBe(0);
  });
});
