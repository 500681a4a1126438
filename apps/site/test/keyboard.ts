import type { Page } from "playwright-core";
import { expect, it } from "vitest";

/** Records each place that gets the focus, and its faults: no ring, out of sight, or no name. It is text
 *  because Node has no document. */
const noteFocus = `(() => {
  globalThis.places = [];
  addEventListener("focusin", ({ target }) => {
    const { outlineStyle, outlineWidth, visibility } = getComputedStyle(target);
    const { left, right, top, bottom, width } = target.getBoundingClientRect();
    const named = target.ariaLabel || target.title || target.textContent.trim() || target.labels?.length;
    const faults = [
      (outlineStyle === "none" || parseFloat(outlineWidth) < 1) && "no ring",
      (right < 1 || bottom < 1 || left > innerWidth - 1 || top > innerHeight - 1 || width < 2) && "out of sight",
      visibility !== "visible" && "hidden",
      target.tabIndex > 0 && "out of order",
      !named && "nameless",
    ].filter(Boolean);
    places.push({ name: target.outerHTML.slice(0, 120), faults, first: target === places.first });
    places.first ??= target;
  });
})()`;

/** Walks as a visitor without a mouse does, in the page of the site's other tests. */
export function keyboardTests(visit: (address: string) => Promise<Page>): void {
  it.each([
    ["index", 1280, 14],
    ["index", 390, 8],
    ["guide/start", 1280, 90],
    ["guide/start", 390, 15],
    ["notebooks/serve-operation", 390, 10],
    ["reference/index", 390, 15],
    ["reference/api/base-files", 390, 8],
    ["numbers", 390, 20],
    // "Advanced" is folded.
    ["playground/train", 1280, 15],
    ["playground/integrate", 390, 8],
    ["study-report", 390, 8],
    ["404", 390, 4],
  ])("Tab leads through %s at %i pixels and out again, always in sight", async (name, width, least) => {
    const page = await visit("about:blank");
    await page.setViewportSize({ width, height: 800 });
    await visit(`${name}.html`);
    // A playground comes once its script has run.
    if (name.startsWith("playground/")) await page.locator(".playground button.main").waitFor();
    await page.evaluate(noteFocus);
    let [around, faults, count] = [false, [] as string[], 0];
    while (!around && count < 400) {
      for (let k = 0; k < 12; k++) await page.keyboard.press("Tab");
      const places = (await page.evaluate("places")) as { name: string; faults: string[]; first: boolean }[];
      around = places.some(({ first }) => first);
      count = around ? places.findIndex(({ first }) => first) : places.length;
      faults = places.flatMap((place) => (place.faults.length > 0 ? [`${place.faults}: ${place.name}`] : []));
    }
    expect(faults).toEqual([]);
    expect(around, `a trap after ${count} places`).toBe(true);
    expect(count).toBeGreaterThanOrEqual(least);
    await page.keyboard.press("Shift+Tab");
  });

  /** Presses Tab until what is at the focus has this name. */
  async function tabTo(page: Page, name: string): Promise<void> {
    for (let k = 0; k < 120; k++) {
      const at = await page.evaluate(`(({ ariaLabel, title, labels, textContent }) =>
        ariaLabel || title || labels?.[0]?.firstChild.textContent.trim() || textContent.trim())(document.activeElement)`);
      if (at === name) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`Tab does not lead to '${name}'`);
  }
  const press = async (page: Page, ...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };

  async function search(page: Page): Promise<void> {
    await page.locator(".VPLocalSearchBox input").waitFor();
    await page.keyboard.type("rodas5P");
    await page.locator(".VPLocalSearchBox .result").first().waitFor();
  }

  it("finds, follows and changes the colours", async () => {
    const page = await visit("about:blank");
    await page.setViewportSize({ width: 1280, height: 800 });
    await visit("index.html");
    await tabTo(page, "Search");
    await press(page, "Enter");
    await search(page);
    await press(page, "ArrowDown", "Escape");
    await expect.poll(() => page.locator(".VPLocalSearchBox").count()).toBe(0);
    await press(page, "Control+k");
    await search(page);
    await press(page, "Enter");
    await expect.poll(() => page.url()).toMatch(/integrators/);
    const dark = () => page.locator("html.dark").count();
    const before = await dark();
    await page.reload();
    await tabTo(page, before ? "Switch to light theme" : "Switch to dark theme");
    await press(page, "Enter");
    await expect.poll(dark).toBe(1 - before);
    await press(page, "Enter");
  });

  it("opens and leaves both menus of a phone", async () => {
    const page = await visit("about:blank");
    await page.setViewportSize({ width: 390, height: 800 });
    await visit("tour.html");
    await tabTo(page, "mobile navigation");
    await press(page, "Enter");
    await tabTo(page, "Numbers");
    await press(page, "Enter");
    await page.getByRole("heading", { name: "Numbers", level: 1 }).waitFor();
    await tabTo(page, "Menu");
    await press(page, "Enter");
    await page.locator(".VPSidebar.open").waitFor();
    await tabTo(page, "A neural ODE");
    await press(page, "Enter");
    await page.getByRole("heading", { name: "A neural ODE", level: 1 }).waitFor();
    await tabTo(page, "Menu");
    await press(page, "Enter", "Escape");
    await expect.poll(() => page.locator(".VPSidebar.open").count()).toBe(0);
  });

  it("trains on a table of the visitor's, takes the network away and shares the address", async () => {
    const page = await visit("about:blank");
    await page.setViewportSize({ width: 1280, height: 800 });
    await visit("playground/train.html#epochs=3&width=4&depth=2");
    const chooser = page.waitForEvent("filechooser");
    await tabTo(page, "data");
    await press(page, "End");
    await page.locator("input[type=file]").waitFor();
    await tabTo(page, "file");
    await press(page, "Enter");
    const rows = Array.from({ length: 20 }, (_, i) => `${i},${i % 3},${i * i}`);
    const buffer = Buffer.from(["a,b,c", ...rows].join("\n"));
    await (await chooser).setFiles({ name: "keys.csv", mimeType: "text/csv", buffer });
    await page.getByLabel("b", { exact: true }).waitFor();
    await tabTo(page, "b");
    await press(page, "End");
    await tabTo(page, "width");
    await page.keyboard.type("7");
    await press(page, "Enter");
    await expect.poll(() => page.url()).toMatch(/data=csv.*width=7/);
    await expect.poll(() => page.locator("[data-program]").textContent()).toContain(`"inputs":["a"]`);
    await page.locator("button.main:enabled").waitFor();
    for (let k = 0; k < 8; k++) await press(page, "Shift+Tab");
    await tabTo(page, "Train");
    await press(page, "Enter");
    await page.locator("[data-digest=plain]").waitFor();
    await tabTo(page, "the plain network as ONNX");
    const download = page.waitForEvent("download");
    await press(page, "Enter");
    expect((await download).suggestedFilename()).toBe("csv-plain.onnx");
  });

  it("moves the sliders, and leaves the equation that it types", async () => {
    const page = await visit("about:blank");
    await visit("playground/integrate.html");
    await expect.poll(() => page.locator("[data-words]").textContent()).toContain("10 times as many");
    await tabTo(page, "k = 100");
    await press(page, "ArrowRight");
    await expect.poll(() => page.url()).toContain("stiffness=2.1");
    await press(page, "Shift+Tab", "End");
    await expect.poll(() => page.url()).toContain("problem=typed");
    await press(page, "Tab", "Control+a");
    await page.keyboard.type("dy[0] = -k * y[0]; dy[1] = -y[1];");
    await tabTo(page, "Solve");
    await press(page, "Enter");
    await expect.poll(() => page.locator("[data-steps=implicit]").textContent()).toMatch(/^[1-9]\d*$/);
  });
}
