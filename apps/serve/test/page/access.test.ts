import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needs } from "../../../../scripts/needs.ts";
import { writeEnsemble } from "../service.ts";
import { type Opened, openPage } from "./opened.ts";

/** The last is 1280 by 1024 at 400 %. */
const sizes = [
  [320, 640],
  [390, 844],
  [1280, 800],
  [320, 256],
] as const;
const tabs = ["Slice", "Map", "Sensitivity", "Spectrum", "Training", "Code"];

describe.each(sizes)("the page at %d x %d", needs("chromium"), (width, height) => {
  let opened: Opened;
  let page: Page;
  beforeAll(async () => {
    opened = await openPage("a server", [await writeEnsemble("several.onnx")]);
    ({ page } = opened);
    await page.setViewportSize({ width, height });
    // With a warning, and a second point: as full as it gets.
    await opened.open("#in.rainfall=2000&held.rainfall=700");
    await page.locator("#outputs.compared").waitFor();
  });
  afterAll(() => opened.close());

  async function show(tab: string): Promise<void> {
    await page.getByRole("tab", { name: tab }).click();
    await expect.poll(() => page.locator("#view").textContent()).toMatch(/\w/);
  }

  test.each(["light", "dark"] as const)("axe-core finds nothing, in no view, %s", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    // The page's policy holds for scripts in it, not for this one.
    await page.evaluate(axe.source);
    for (const tab of tabs) {
      await show(tab);
      const { violations } = (await page.evaluate(
        `axe.run({ resultTypes: ["violations"] })`,
      )) as axe.AxeResults;
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(", ")}`);
      expect(found, tab).toEqual([]);
    }
  });

  test("nothing is wider than the window, in no view", async () => {
    for (const tab of tabs) {
      await show(tab);
      const widths = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]");
      expect(widths, tab).toEqual([width, width]);
    }
  });

  test("an input is one line of 44 px, whose box holds what is in it", async () => {
    const box = page.getByRole("spinbutton", { name: "Q10" });
    // The longest values have six decimals, or an exponent.
    for (const text of ["0.012351", "-2.389e-6"]) {
      await box.fill(text);
      expect(await box.evaluate((input) => [input.scrollWidth <= input.clientWidth])).toEqual([true]);
    }
    for (const row of await page.locator(".input").all()) expect((await row.boundingBox())!.height).toBe(44);
  });

  test("nothing that the keyboard goes to is under the strip", async () => {
    // Anew, since the keyboard goes on from where the pointer was last.
    await opened.open("#in.rainfall=2000&held.rainfall=700");
    const covered: unknown[] = [];
    let stops = 0;
    for (; stops < 60; stops++) {
      await page.keyboard.press("Tab");
      const found = (await page.evaluate(`(() => {
        const at = document.activeElement;
        if (at === document.body) return "end";
        const { top, bottom, left, width } = at.getBoundingClientRect();
        const middle = Math.min(Math.max((top + bottom) / 2, 0), innerHeight - 1);
        const over = document.elementFromPoint(left + width / 2, middle);
        return at.contains(over) || over?.contains(at) ? "" : at.outerHTML.slice(0, 100);
      })()`)) as string;
      if (found === "end") break;
      if (found !== "") covered.push(found);
    }
    expect(covered).toEqual([]);
    expect(stops).toBeGreaterThan(15);
  });
});
