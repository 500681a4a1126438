import { resnet } from "@stiffnet/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needs } from "../../../../scripts/needs.ts";
import { writeModel } from "../service.ts";
import { type Opened, openPage } from "./opened.ts";

describe("a page with 100 inputs", needs("chromium"), () => {
  let opened: Opened;
  const names = Array.from({ length: 100 }, (_, j) => `soil_moisture_of_the_northern_catchment_layer_${j}`);
  beforeAll(async () => {
    const model = { ...resnet({ inputs: 100, outputs: 2, width: 4, depth: 2, seed: 1 }), inputNames: names };
    const ranges = names.map(() => [0, 2] as const);
    opened = await openPage("a server", [await writeModel("many.onnx", model, { ranges, units: {} })]);
    await opened.open();
  });
  afterAll(() => opened.close());

  test("the keyboard gets past them by one link", async () => {
    const { page } = opened;
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the outputs");
    const before = page.url();
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("outputs-panel");
    expect(page.url()).toBe(before);
  });

  test("they are found by a part of their name", async () => {
    const { page } = opened;
    await page.getByRole("searchbox", { name: "Find an input" }).fill("LAYER_42");
    expect(await page.getByRole("spinbutton").count()).toBe(1);
    expect(await page.locator(".input:visible label").textContent()).toMatch(
      /^soil_moisture.*….*_layer_42$/s,
    );
    await page.getByRole("searchbox", { name: "Find an input" }).fill("");
    expect(await page.getByRole("spinbutton").count()).toBe(100);
  });

  test("1,5 is no number", async () => {
    const { page } = opened;
    const box = page.getByRole("spinbutton", { name: names[77]! });
    await box.fill("1,5");
    expect(await box.getAttribute("aria-invalid")).toBe("true");
    await box.fill("1.5");
    expect(await box.getAttribute("aria-invalid")).toBe("false");
  });
});
