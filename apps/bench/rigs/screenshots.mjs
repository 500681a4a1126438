// Takes the pictures of the README in Chromium, of the model that demo.mjs trains:
//
//     node apps/bench/rigs/demo.mjs FOLDER
//     node apps/bench/rigs/screenshots.mjs FOLDER/surface.onnx [--out screenshots]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { createServer } from "stiffnet-serve";
import { readCommand } from "./command.mjs";

const {
  path,
  out,
  browser: program,
} = readCommand({
  name: "screenshots",
  about: "Takes the pictures of the README in Chromium, of the model that rigs/demo.mjs trains.",
  example: "FOLDER/surface.onnx",
  options: [
    ["--out <folder>", "where they go", fileURLToPath(new URL("../../serve/screenshots", import.meta.url))],
    ["--browser <file>", "the program", "/usr/bin/chromium"],
  ],
});
const server = await createServer([path], { workers: 1, log: "error", watch: 0 });
const url = await server.listen({ port: 0 });
const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
mkdirSync(out, { recursive: true });

/** The page at a size, once every number and figure has come. */
async function open(width, height) {
  const page = await browser.newPage({ viewport: { width, height } });
  await page.goto(url);
  await settled(page);
  return page;
}
async function settled(page) {
  await page.waitForLoadState("networkidle");
  await page.locator("#view *").first().waitFor();
}
async function show(page, tab, choices = {}) {
  await page.getByRole("tab", { name: tab }).click();
  await page.locator("#view").getByRole("img").waitFor();
  for (const [label, choice] of Object.entries(choices)) {
    await page.locator("#view").getByLabel(label).selectOption(choice);
    await settled(page);
  }
}
async function save(page, name, fullPage = true) {
  // No frame round what was chosen last, and no cursor over it.
  await page.evaluate("document.activeElement.blur()");
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(out, `${name}.png`), fullPage });
}

const desktop = await open(1280, 960);
await desktop.getByRole("spinbutton", { name: "soil moisture" }).fill("0.16");
await desktop.getByRole("button", { name: "Compare" }).click();
await desktop.getByRole("spinbutton", { name: "leaf area index" }).fill("4.6");
await show(desktop, "Map", { Across: "net radiation", Up: "soil moisture" });
await save(desktop, "desktop-map");
await show(desktop, "Spectrum");
await save(desktop, "desktop-spectrum");
const phone = await open(390, 844);
await phone.getByRole("spinbutton", { name: "wind speed" }).fill("12");
await settled(phone);
await save(phone, "phone", false);
await browser.close();
await server.close();
