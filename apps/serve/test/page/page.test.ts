import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { needs } from "../../../../scripts/needs.ts";
import { predictions } from "../expected.ts";
import { surrogate, writeEnsemble } from "../service.ts";
import { kinds, type Opened, openPage } from "./opened.ts";

const names = ["rainfall", "soil depth", "Q10"];
const members = [0, 1, 2].map((trial) => surrogate(trial));
/** Mean and standard deviation over the ensemble, GPP and NEE of each row. */
function expected(rows: readonly number[]): { mean: number[]; std: number[] } {
  const all = members.map((model) => predictions(model, rows));
  const mean = all[0]!.map((_, k) => all.reduce((sum, y) => sum + y[k]! / 3, 0));
  const std = mean.map((m, k) => Math.sqrt(all.reduce((sum, y) => sum + (y[k]! - m) ** 2 / 2, 0)));
  return { mean, std };
}
/** The shown text equals the value to a unit in its last place. */
function expectShown(text: string | null, value: number): void {
  const [, mantissa = "", exponent = "0"] = /^([-+\d.]+)(?:e(-?\d+))?$/.exec((text ?? "").trim()) ?? [];
  const decimals = mantissa.split(".")[1]?.length ?? 0;
  const unit = 10 ** (Number(exponent) - decimals);
  expect(Math.abs(Number(text) - value), `${text} for ${value}`).toBeLessThanOrEqual(1.01 * unit);
  expect(Math.abs(value), `${text} has digits of ${value}`).toBeGreaterThan(unit);
}

describe.each(kinds)("the page of %s", needs("chromium"), (kind) => {
  let opened: Opened;
  let page: Page;
  beforeAll(async () => {
    opened = await openPage(kind, [await writeEnsemble("several.onnx")]);
    ({ page } = opened);
    await opened.open();
  });
  afterAll(() => opened.close());

  const box = (name: string) => page.getByRole("spinbutton", { name });
  const slider = (name: string) => page.getByRole("slider", { name });
  const status = () => page.locator("#status").textContent();
  const point = async () => (await Promise.all(names.map((name) => box(name).inputValue()))).map(Number);
  const cells = (name: string) =>
    page.locator("#outputs").getByRole("row", { name }).locator("td.number").allTextContents();
  const figure = () => page.locator("#view").getByRole("img");
  async function show(tab: string): Promise<void> {
    await page.getByRole("tab", { name: tab }).click();
    await expect.poll(() => page.locator("#view").textContent()).toMatch(/\w/);
  }
  /** Waits until GPP and NEE are those of a point. */
  async function expectPoint(x: readonly number[]): Promise<void> {
    const { mean, std } = expected(x);
    const asExpected = async (): Promise<void> => {
      for (const [j, name] of ["GPP", "NEE"].entries()) {
        const [value, spread] = await cells(name);
        expectShown(value!, mean[j]!);
        expectShown(spread!, std[j]!);
      }
    };
    await vi.waitFor(asExpected, { timeout: 20_000 });
  }

  test("every input has a line with its unit, and the outputs are those of the point", async () => {
    for (const name of ["rainfall [mm/yr]", "soil depth [m]", "Q10"]) {
      expect(await box(name).count()).toBe(1);
      expect(await slider(name).count()).toBe(1);
    }
    await expectPoint([800, 2, 1.5]);
    expect(await page.locator("#outputs-note").textContent()).toContain(
      "± and bands are one standard deviation of the 3 networks",
    );
  });

  test("40 points: what is shown is what is asked for and answered", async () => {
    for (let k = 0; k < 40; k++) {
      await page.getByRole("button", { name: "Random" }).click();
      await expectPoint(await point());
    }
  });

  test("a key on a slider and a typed number move the outputs", async () => {
    await page.getByRole("button", { name: "Reset" }).click();
    await slider("rainfall").focus();
    await page.keyboard.press("PageUp");
    await page.keyboard.press("Shift+ArrowLeft");
    expect(await box("rainfall").inputValue()).toBe("879.9");
    await box("Q10").fill("1.25");
    await expectPoint([879.9, 2, 1.25]);
    expect(await slider("rainfall").getAttribute("aria-valuetext")).toBe("879.9");
  });

  test("what lies outside the training range is told where it is always seen", async () => {
    await box("rainfall").fill("2000");
    await expect.poll(status).toContain("outside the training range of 400 to 1200 mm/yr");
    await page.evaluate("scrollTo(0, 1e6)");
    const { y, height } = (await page.locator("#status").boundingBox())!;
    expect(y).toBeGreaterThanOrEqual(0);
    expect(y + height).toBeLessThan(200);
    await box("Q10").fill("7");
    await expect
      .poll(status)
      .toBe("2 inputs are outside their training ranges: rainfall, Q10. The answer is an extrapolation.");
    await page.getByRole("button", { name: "Reset" }).click();
    await expect.poll(status).toBe("");
  });

  test("a wrong value blanks the outputs, and everything that is drawn from them", async () => {
    await show("Slice");
    await box("Q10").fill("");
    await expect.poll(status).toBe("Q10: not a number.");
    expect(await page.locator("#outputs td.number").allTextContents()).toEqual(["–", "–"]);
    expect(await page.locator("#answer").textContent()).toBe("–");
    await expect.poll(() => page.locator("#view").textContent()).toBe("");
    expect(await box("Q10").getAttribute("aria-invalid")).toBe("true");
    // Beyond what a number can hold: no answer, and no NaN.
    await box("Q10").fill("1e308");
    await expect.poll(status).toMatch(/finite|float32|cannot hold/);
    expect(await page.locator("body").textContent()).not.toContain("NaN.");
    expect(await page.locator("#outputs td.number").allTextContents()).toEqual(["–", "–"]);
    await page.getByRole("button", { name: "Reset" }).click();
    await expectPoint([800, 2, 1.5]);
  });

  test("the chosen output is that of the strip, the table and the views", async () => {
    await page.locator("#outputs").getByRole("button", { name: "NEE" }).click();
    expect(await page.getByLabel("Output", { exact: true }).inputValue()).toBe("NEE");
    expect(await page.locator("#answer").textContent()).toMatch(/^-?[\d.]+ ± [\d.]+ g\/m2\/d$/);
    await expect.poll(() => figure().getAttribute("aria-label")).toMatch(/^NEE against rainfall/);
    await page.getByLabel("Output", { exact: true }).selectOption("GPP");
    await expect.poll(() => figure().getAttribute("aria-label")).toMatch(/^GPP against rainfall/);
  });

  test("a slice tells the values at its ends, and its table has all digits", async () => {
    await page.locator("#view").getByRole("combobox", { name: "Input" }).selectOption("soil depth");
    await expect.poll(() => figure().getAttribute("aria-label")).toMatch(/^GPP against soil depth/);
    const numbers = /from (\S+) at 0.5 to (\S+) at 3.5/.exec((await figure().getAttribute("aria-label"))!)!;
    const { mean } = expected([800, 0.5, 1.5, 800, 3.5, 1.5]);
    expect(Number(numbers[1]) / mean[0]!).toBeCloseTo(1, 3);
    expect(Number(numbers[2]) / mean[2]!).toBeCloseTo(1, 3);
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save CSV" }).click();
    const lines = readFileSync(await (await saving).path(), "utf8")
      .trim()
      .split("\n");
    expect(lines).toHaveLength(102);
    expect(lines[0]).toBe(
      'soil depth [m],GPP [kg/m2/s],"GPP [kg/m2/s], standard deviation",NEE [g/m2/d],"NEE [g/m2/d], standard deviation"',
    );
    const [x, gpp] = lines[101]!.split(",").map(Number);
    expect(x).toBe(3.5);
    expect(gpp! / mean[2]!).toBeCloseTo(1, 5);
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

  test("sensitivities are changes over the ranges, largest first, with bars as long as their numbers", async () => {
    await show("Sensitivity");
    await expect.poll(() => page.locator("#view tbody tr").count()).toBe(3);
    const rows = await page.locator("#view tbody tr").all();
    const found = await Promise.all(
      rows.map(async (row) => ({
        name: (await row.locator("th").textContent())!,
        change: Number(await row.locator("td.number").textContent()),
        bars: await row
          .locator("rect")
          .evaluateAll((all) => all.map((one) => Number(one.getAttribute("width")))),
      })),
    );
    expect(found.map(({ change }) => change)).toEqual(
      found.map(({ change }) => change).sort((a, b) => b - a),
    );
    const ranges = [
      [400, 1200],
      [0.5, 3.5],
      [1, 2],
    ] as const;
    const centre = [800, 2, 1.5];
    const lengths = found.map(({ bars }) => bars[0]! + bars[1]!);
    for (const [k, { name, change }] of found.entries()) {
      const j = names.findIndex((input) => name.startsWith(input));
      const [low, high] = ranges[j]!;
      const along = Array.from({ length: 21 }, (_, i) =>
        centre.map((value, i2) => (i2 === j ? low + ((high - low) * i) / 20 : value)),
      );
      const { mean } = expected(along.flat());
      const gpp = mean.filter((_, i) => i % 2 === 0);
      const swing = Math.max(...gpp) - Math.min(...gpp);
      expect(change / swing, name).toBeCloseTo(1, 2);
      // Bars share one scale.
      expect(lengths[k]! / lengths[0]!).toBeCloseTo(change / found[0]!.change, 2);
    }
  });

  test("two points are compared: values, changes, lines and rings", async () => {
    await show("Slice");
    await page.getByRole("button", { name: "Compare" }).click();
    await box("soil depth").fill("3");
    await expectPoint([800, 3, 1.5]);
    const { mean } = expected([800, 3, 1.5, 800, 2, 1.5]);
    await expect.poll(async () => (await cells("NEE")).length).toBe(4);
    const [, , other, change] = await cells("NEE");
    expectShown(other!, mean[3]!);
    expect(Number(change)).toBeCloseTo(mean[1]! - mean[3]!, 2);
    expect(await page.locator(".input .held").allTextContents()).toEqual(["", "with 2.000", ""]);
    await expect.poll(() => page.locator("#view path.line").count()).toBe(2);
    expect(await page.locator("#view circle.mark").count()).toBe(2);
    await show("Map");
    await expect.poll(() => page.locator("#view circle.mark").count()).toBe(2);
  });

  test("the address opens the same page again, and a link to it is all that there is to share", async () => {
    await expect.poll(() => page.url()).toMatch(/view=map.*in\.soil\+depth=3/);
    const address = new URL(page.url());
    const before = [await cells("GPP"), await cells("NEE")];
    await opened.open(address.hash);
    expect(await point()).toEqual([800, 3, 1.5]);
    await expect.poll(async () => [await cells("GPP"), await cells("NEE")]).toEqual(before);
    expect(await page.getByRole("tab", { name: "Map" }).getAttribute("aria-selected")).toBe("true");
    await page.getByRole("button", { name: "Reset" }).click();
    await expect.poll(() => page.url()).not.toContain("held.");
  });

  test("an address that says what the model has not is told of, and the rest is taken", async () => {
    await opened.open("#in.rainfall=1000&in.Q10=much&in.slope=3");
    await expect
      .poll(status)
      .toBe(
        "the address has 'much' for Q10, expected a number; the address has a value for slope, which this model does not have.",
      );
    expect(await point()).toEqual([1000, 2, 1.5]);
  });

  test("training is told in words", async () => {
    await show("Training");
    const text = page.locator("#view").textContent();
    expect(await text).toContain("Error on the test set0.6 % of the outputs' standard deviation (RMSE)");
    expect(await text).toContain("ensemble of 3 networks, 4 blocks of width 8, tanh");
  });

  test("in print there are the point, the outputs with their gauges, and the shown view by its name", async () => {
    await page.emulateMedia({ media: "print" });
    expect(await page.locator(".gauge .scale").first().isVisible()).toBe(true);
    expect(await box("rainfall").isVisible()).toBe(true);
    expect(await page.getByRole("tab", { name: "Training" }).isVisible()).toBe(false);
    const heading = await page.evaluate(
      "getComputedStyle(document.getElementById('explore-heading'), '::after').content + document.getElementById('explore-heading').dataset.view",
    );
    expect(heading).toContain("Training");
    await page.emulateMedia({ media: "screen" });
  });

  test("asks nobody else and complains about nothing", async () => {
    for (const tab of ["Slice", "Map", "Sensitivity", "Spectrum", "Training", "Code"]) await show(tab);
    // Chromium's console has a line for each refused request.
    const own = opened.complaints.filter((text) => !text.includes("400 (Bad Request)"));
    expect({ own, foreign: opened.foreign }).toEqual({ own: [], foreign: [] });
    if (kind !== "a server") {
      expect(await page.locator("h1").textContent()).toBe("</script><b>$& land");
      expect(opened.complaints).toEqual([]);
    }
  });
});
