import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needs } from "../../../../scripts/needs.ts";
import { createServer } from "../../src/index.ts";
import { calibration, writeEnsemble } from "../service.ts";
import { kinds, type Opened, openPage } from "./opened.ts";

describe.each(kinds)("the page of %s, of a calibrated file", needs("chromium"), (kind) => {
  let opened: Opened;
  let page: Page;
  let file: string;
  beforeAll(async () => {
    file = await writeEnsemble("calibrated-page.onnx", { intervals: calibration });
    opened = await openPage(kind, [file]);
    ({ page } = opened);
    await opened.open("#output=NEE");
  });
  afterAll(() => opened.close());

  /** Half-widths as the service answers them. */
  async function halfWidths(rainfall: number): Promise<number[]> {
    const server = await createServer([file], { workers: 1, log: "silent", watch: 0 });
    const payload = { inputs: { rainfall, "soil depth": 2, Q10: 1.5 } };
    const { interval } = (await server.inject({ method: "POST", url: "/predict", payload })).json();
    await server.close();
    return ["GPP", "NEE"].map((name) => (interval.high[name] - interval.low[name]) / 2);
  }
  const answer = () => page.locator("#answer").textContent();
  const spreads = async () =>
    (await page.locator("#outputs tbody td:nth-child(3)").allTextContents()).map(Number);

  test("± is the interval, with its level, in the strip and in the table", async () => {
    expect(await answer()).toMatch(/^-?[\d.]+ ± [\d.]+ g\/m2\/d$/);
    expect(await page.locator("#answer-note").textContent()).toBe("(90 %)");
    expect(await page.locator("#outputs thead th").nth(2).textContent()).toBe("± 90 %");
    const note = await page.locator("#outputs-note").textContent();
    expect(note).toContain("90 % intervals, calibrated on 60 validation rows");
    const expected = await halfWidths(800);
    // Two digits at least are shown.
    for (const [j, spread] of (await spreads()).entries()) expect(spread / expected[j]!).toBeCloseTo(1, 1);
  });

  test("outside it is wider, and called a guess where it is always seen", async () => {
    await page.getByRole("spinbutton", { name: "rainfall" }).fill("2000");
    await expect
      .poll(() => page.locator("#status").textContent())
      .toBe(
        "rainfall is 2000, outside the training range of 400 to 1200 mm/yr. The answer is an extrapolation, its interval a guess.",
      );
    const expected = await halfWidths(2000);
    for (const [j, spread] of (await spreads()).entries()) expect(spread / expected[j]!).toBeCloseTo(1, 1);
  });

  test("a slice has it as band and in its table", async () => {
    await page.getByRole("button", { name: "Reset" }).click();
    expect(await page.locator("#view path.band").count()).toBe(1);
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save CSV" }).click();
    const [head, ...lines] = readFileSync(await (await saving).path(), "utf8")
      .trim()
      .split("\n");
    expect(head).toContain('"GPP [kg/m2/s], half-width of the 90 % interval"');
    // Rainfall 800 is in the middle of its range.
    const [rainfall, , half] = lines[50]!.split(",").map(Number);
    expect(rainfall).toBe(800);
    expect(half! / (await halfWidths(800))[0]!).toBeCloseTo(1, 4);
  });

  test("complains about nothing", () => {
    expect(opened.complaints).toEqual([]);
  });
});
