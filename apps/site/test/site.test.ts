// biome-ignore-all lint/style/noExcessiveLinesPerFile: one site and one browser serve all of these tests
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { inspectOnnx } from "@stiffnet/onnx";
import { encodeTfjs } from "@stiffnet/tfjs/graph";
import type { BrowserContext, Page } from "playwright-core";
import { surrogateHtml } from "stiffnet-serve/html";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { needs } from "../../../scripts/needs.ts";
import { launch } from "../../serve/test/browser.ts";
import { siteServer } from "../scripts/serve.mjs";
import { keyboardTests } from "./keyboard.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** One of each kind of page. */
const pages = [
  "index",
  "playground/train",
  "playground/integrate",
  "reference/index",
  "reference/commands",
  "reference/core",
  "reference/api/core",
  "reference/script",
  "numbers",
  "notebooks/spectral-radius",
  "notebooks/the-study",
  "study-report",
];

const site = fileURLToPath(new URL("../", import.meta.url));
const work = join(site, "node_modules/.cache", `site-${process.pid}`);

/** Output of a program that runs in a folder, with the built packages. */
async function printed(program: string, folder: string): Promise<string> {
  writeFileSync(join(folder, "program.mjs"), program);
  const { stdout } = await promisify(execFile)(process.execPath, ["program.mjs"], { cwd: folder });
  return stdout.trim();
}

it("every link within the site leads to a page and to a heading that are there", () => {
  const dist = join(site, "dist");
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).map((name) =>
    name.replaceAll("\\", "/"),
  );
  const there = new Set(files);
  const ids = new Map<string, Set<string>>();
  const idsOf = (name: string): Set<string> => {
    if (!ids.has(name)) {
      const found = readFileSync(join(dist, name), "utf8").matchAll(/\sid="([^"]+)"/g);
      ids.set(name, new Set([...found].map(([, id]) => id!)));
    }
    return ids.get(name)!;
  };
  const nowhere: string[] = [];
  for (const name of files.filter((file) => file.endsWith(".html"))) {
    for (const [, address] of readFileSync(join(dist, name), "utf8").matchAll(/<a [^>]*?href="([^"]+)"/g)) {
      if (/^[a-z]+:/.test(address!)) continue;
      const [path, anchor] = address!.split("#");
      const asked = path === "" ? name : posix.join(path!.startsWith("/") ? "" : dirname(name), path!);
      const file = [asked, `${asked}.html`, posix.join(asked, "index.html")]
        .map((one) => one.replace(/^\//, ""))
        .find((one) => there.has(one) && one.includes("."));
      const heading = decodeURIComponent(anchor ?? "");
      const found = file && (!heading || name.startsWith("playground/") || idsOf(file).has(heading));
      if (!found) nowhere.push(`${name}: ${address}`);
    }
  }
  // A link of the repository's to a page of the site's own is one here, too.
  expect(readFileSync(join(dist, "guide", "stiffness.html"), "utf8")).toContain(
    "See it in the playground</a>",
  );
  expect(files.length).toBeGreaterThan(40);
  expect(nowhere).toEqual([]);
});

describe("the site in Chromium", needs("chromium"), () => {
  let server: Server;
  let context: BrowserContext;
  let page: Page;
  let url: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    mkdirSync(work, { recursive: true });
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
    rmSync(work, { recursive: true, force: true });
  });

  const text = (selector: string) => page.locator(selector).first().textContent();

  it.each(pages.flatMap((name) => [390, 1280].map((width) => [name, width] as const)))(
    "%s at %i pixels: no error, no request elsewhere, nothing serious for axe, no wider than that",
    async (name, width) => {
      await page.setViewportSize({ width, height: 844 });
      await page.goto(`${url}${name}.html`);
      await page.locator("h1").first().waitFor();
      await page.evaluate(axe);
      // This is text because Node lacks a document.
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
    expect(Number(await text("[data-error=plain]"))).toBeGreaterThan(0);
    await expect.poll(() => text("[role=status]")).toContain("The training has ended. Test error:");
    // The address holds the choices.
    await page.getByLabel("depth").fill("3");
    await page.keyboard.press("Tab");
    await expect.poll(() => page.url()).toContain("depth=3");
    // Results stand only under the settings that made them.
    await expect.poll(() => page.locator("[data-digest]").count()).toBe(0);
    await page.getByLabel("weight").fill("-1");
    await page.keyboard.press("Tab");
    await expect.poll(() => text("[role=status]")).toContain("penalty's weight: expected a number from 0");
    expect(await page.getByRole("button", { name: "Train" }).isDisabled()).toBe(true);
    expect(await text("[data-epoch=penalised]")).toBe("–");
  });

  it("begins by itself with two networks of which the plain one loses more with fewer layers", async () => {
    const asked: string[] = [];
    const listen = ({ url: address }: { url?: string }) => asked.push(address ?? "");
    server.on("request", listen);
    const session = await context.newCDPSession(page);
    await session.send("Network.clearBrowserCache");
    await page.goto("about:blank");
    await page.goto(`${url}playground/train.html`);
    const finding = () => text("[data-finding]");
    await expect.poll(() => text("[role=status]")).toContain("The training has ended.");
    const [, plain, penalised] =
      /^2 of 8 layers multiply the plain network's error by ([\d.]+), the penalised one's by ([\d.]+)\.$/.exec(
        (await finding())!,
      ) ?? [];
    expect(Number(plain)).toBeGreaterThan(3);
    expect(Number(penalised)).toBeLessThan(Number(plain));
    // The canvas says what it shows.
    const canvas = page.getByRole("img", { name: "what the plain network answers" });
    expect(await canvas.getAttribute("aria-label")).toContain(
      `test error ${await text("[data-shown=plain]")} with 2`,
    );
    // Both networks load one worker.
    expect(asked.filter((address) => /worker.*\.js$/.test(address))).toHaveLength(1);
    server.off("request", listen);
    const before = await text("[data-shown=plain]");
    await page.getByLabel("evaluated with").fill("4");
    await expect.poll(finding).toContain("Half the layers multiply");
    expect(await text("[data-shown=plain]")).not.toBe(before);
    await page.getByRole("button", { name: "2 Penalise it" }).click();
    await page.getByLabel("weight of the penalty").fill("-4");
    await page.keyboard.press("Tab");
    await expect.poll(() => text("[role=status]")).toContain("The training has ended.");
    expect(await page.getByRole("heading", { name: "weight 0.0001" }).count()).toBe(1);
    await page.getByRole("button", { name: "3 Your data" }).click();
    await page.locator("input[type=file]").waitFor();
  });

  it("leaves out the index that pandas writes, and draws the output that is chosen", async () => {
    // Another fragment alone would not load the page anew.
    await page.goto("about:blank");
    await page.goto(`${url}playground/train.html#data=csv&epochs=2&width=4&depth=2`);
    const rows = Array.from({ length: 40 }, (_, i) => `${i},${(i * 7) % 5},${i % 3},${i * i}`);
    await page.locator("input[type=file]").setInputFiles({
      name: "pandas.csv",
      mimeType: "text/csv",
      buffer: Buffer.from([",a,b,c", ...rows].join("\n")),
    });
    await expect
      .poll(() => text("[role=status]"))
      .toContain(
        "Column 1 ('c1') is left out, because it only counts the rows (an index, as pandas writes it).",
      );
    expect(await page.getByLabel("c1", { exact: true }).inputValue()).toBe("unused");
    await page.getByLabel("b", { exact: true }).selectOption("output");
    await expect.poll(() => text("[data-program]")).toContain(`{"inputs":["a"],"outputs":["b","c"]}`);
    const pixels = () => page.locator("canvas.learnt").first().screenshot();
    await page.getByRole("button", { name: "Train" }).click();
    await expect.poll(() => text("[role=status]")).toContain("The training has ended.");
    const before = await pixels();
    await page.getByLabel("output that is drawn").selectOption("c");
    await expect.poll(async () => before.equals(await pixels())).toBe(false);
  });

  it.each([
    ["upload csv", "guide/how-to"],
    ["categorical", "guide/how-to"],
    ["GPU", "guide/how-to"],
    ["uncertainty", "guide/how-to"],
    ["stiff", "guide/stiffness"],
    ["missing values", "guide/how-to"],
    ["rodas5P", "integrators"],
  ])("the search for '%s' leads to %s first, or nearly", async (words, where) => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${url}tour.html`);
    await page.getByRole("button", { name: "Search" }).first().click();
    await page.locator(".VPLocalSearchBox input").fill(words);
    const found = () =>
      page
        .locator(".VPLocalSearchBox .result")
        .evaluateAll((all) => all.slice(0, 3).map((one) => one.getAttribute("href")));
    await expect
      .poll(async () => (await found()).filter((address) => address?.includes(where)))
      .not.toEqual([]);
    expect((await found()).filter((address) => address?.includes("/api/"))).toEqual([]);
  });

  it.each(["index", "no-such-page", "guide/start", "playground/train"])(
    "%s has one main region",
    async (name) => {
      await page.goto(`${url}${name}.html`);
      await page.locator("h1").first().waitFor();
      // Chromium reports what is not there.
      if (name === "no-such-page") complaints.splice(0);
      expect(await page.locator("main").count()).toBe(1);
    },
  );

  it("shows the spectral radius in the study's first table on a phone", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${url}study-report.html`);
    const heading = page.locator("table").first().getByRole("columnheader", { name: "spectral radius" });
    const { x, width } = (await heading.boundingBox())!;
    expect(x + width).toBeLessThanOrEqual(390);
  });

  it("answers in the explorer of the first page", async () => {
    await page.goto(`${url}index.html`);
    const explorer = page.frameLocator(".home iframe");
    const answer = () => explorer.locator("#answer").textContent();
    await expect.poll(answer).toMatch(/\d/);
    const before = await answer();
    await explorer.getByRole("button", { name: "Random" }).click();
    await expect.poll(answer).not.toBe(before);
  });

  it("says that it could not load, without a connection", async () => {
    await page.route("**/*worker*", (route) => route.abort());
    await page.goto(`${url}playground/train.html#width=6&depth=2&rows=40&epochs=30`);
    await expect.poll(() => text(".results")).toContain("Check your connection, then press Restart");
    // Chromium reports what it could not load.
    complaints.splice(0);
    await page.unroute("**/*worker*");
    await page.getByRole("button", { name: "Restart" }).click();
    await expect.poll(() => page.getByRole("button", { name: "Step" }).isEnabled()).toBe(true);
  });

  it("trains on a dropped table, and names the cell that is no number", async () => {
    await page.goto(`${url}playground/train.html#data=csv&epochs=5&width=4&depth=2`);
    const rows = Array.from({ length: 40 }, (_, i) => `${i},${(i * 7) % 5},${i === 2 ? "wet" : i * i}`);
    const drop = (name: string, body: string) =>
      page
        .locator("input[type=file]")
        .setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(body) });
    const large = join(work, "large.csv");
    writeFileSync(large, "a,b\n1,2\n");
    truncateSync(large, 210_000_000);
    await page.locator("input[type=file]").setInputFiles(large);
    await expect.poll(() => text("[role=status]")).toContain("large.csv has 210 MB, and this page takes 50");
    await drop("empty.csv", "");
    await expect.poll(() => text("[role=status]")).toContain("empty.csv: is empty, expected a header");
    await drop("ragged.csv", "a,b\n1,2\n3\n");
    await expect.poll(() => text("[role=status]")).toContain("ragged.csv, line 3: 1 cell, expected 2");
    await drop("bad.csv", ["a,b,c", ...rows].join("\n"));
    await expect
      .poll(() => text("[role=status]"))
      .toContain("bad.csv, line 4, column 3 'c': 'wet', expected a finite number");
    await page.getByLabel("c", { exact: true }).selectOption("unused");
    await page.getByLabel("b", { exact: true }).selectOption("output");
    await page.getByRole("button", { name: "Train" }).click();
    await expect.poll(() => text("[data-digest=penalised]")).toMatch(/^[0-9a-f]{64}$/);
    // A later table that cannot be read changes nothing.
    const digest = await text("[data-digest=penalised]");
    await drop("worse.csv", "a\n1\n");
    await expect.poll(() => text("[role=status]")).toContain("worse.csv has one column, expected at least");
    expect(await text("[data-digest=penalised]")).toBe(digest);
    // The program that the page shows reads the same file in Node, to the same digest.
    writeFileSync(join(work, "bad.csv"), ["a,b,c", ...rows].join("\n"));
    const program = (await text("[data-program]"))!;
    expect(await printed(program, work)).toBe(await text("[data-digest=penalised]"));
  });

  it("leaves a network with the visitor as ONNX, as one HTML file that predicts, and for TensorFlow.js", async () => {
    await page.goto(`${url}playground/train.html#width=4&depth=2&rows=40&epochs=3`);
    await page.getByRole("button", { name: "Train" }).click();
    await expect.poll(() => text("[data-digest=plain]")).toMatch(/^[0-9a-f]{64}$/);
    const files = new Map<string, string>();
    page.on("download", async (download) => {
      const file = join(work, download.suggestedFilename());
      await download.saveAs(file);
      files.set(download.suggestedFilename(), file);
    });
    for (const name of ["ONNX", "HTML", "TensorFlow.js"]) {
      await page.getByRole("button", { name: `the plain network as ${name}` }).click();
    }
    const named = ["bump-plain.html", "bump-plain.json", "bump-plain.onnx"];
    await expect.poll(() => [...files.keys()].sort()).toEqual([...named, "bump-plain.weights.bin"]);
    const onnx = new Uint8Array(readFileSync(files.get("bump-plain.onnx")!));
    expect((await inspectOnnx(onnx)).surrogate!.config).toMatchObject({ width: 4, depth: 2 });
    const { weightsManifest } = JSON.parse(readFileSync(files.get("bump-plain.json")!, "utf8"));
    expect(weightsManifest[0].paths).toEqual(["bump-plain.weights.bin"]);
    const model = await encodeTfjs(onnx);
    expect(readFileSync(files.get("bump-plain.weights.bin")!)).toEqual(Buffer.from(model.weightData));
    expect(readFileSync(files.get("bump-plain.html")!, "utf8")).toBe(await surrogateHtml(onnx, "bump-plain"));
  });

  it("says that a worker is gone, whether it failed or went without a word, and keeps what was seen", async () => {
    const begin = async () => {
      await page.goto("about:blank");
      await page.goto(`${url}playground/train.html#width=6&depth=2&rows=40&epochs=100000`);
      await page.getByRole("button", { name: "Train" }).click();
      await expect.poll(async () => Number(await text("[data-epoch=plain]"))).toBeGreaterThan(2);
    };
    await begin();
    for (const worker of page.workers()) {
      await worker.evaluate("setTimeout(() => { throw new Error('out of memory') })");
    }
    await expect.poll(() => text(".results .complaint")).toContain("The worker of this network ended");
    expect(await text(".results .complaint")).toContain("out of memory");
    expect(Number(await text("[data-epoch=plain]"))).toBeGreaterThan(2);
    await page.getByRole("button", { name: "Restart" }).click();
    await expect.poll(() => text("[data-epoch=plain]")).toBe("0");
    await begin();
    for (const worker of page.workers()) await worker.evaluate("setTimeout(() => self.close())");
    await expect.poll(() => text(".results .complaint")).toContain("No answer for 15 s");
    expect(Number(await text("[data-epoch=plain]"))).toBeGreaterThan(2);
  });

  it("says what a browser without WebAssembly SIMD lacks, and still integrates there", async () => {
    const other = await context.newPage();
    try {
      await other.addInitScript("WebAssembly.validate = () => false");
      await other.goto(`${url}playground/train.html`);
      const said = () => other.locator("[role=status]").first().textContent();
      await expect.poll(said).toContain("Training needs WebAssembly SIMD, which this browser lacks");
      expect(await other.getByRole("button", { name: "Train" }).isEnabled()).toBe(false);
      await other.goto(`${url}playground/integrate.html`);
      await expect
        .poll(() => other.locator("[data-words]").first().textContent())
        .toContain("times as many steps");
    } finally {
      await other.close();
    }
  });

  it("says what an address that was tampered with holds, and goes on with what is usual", async () => {
    await page.goto(`${url}playground/train.html#width=1e9&data=<b>&nonsense=1`);
    await expect.poll(() => text("[role=status]")).toContain("The address has");
    const words = await text("[role=status]");
    expect(words).toContain("'1e9' for the width: expected a whole number from 1 to 100");
    expect(words).toContain("'<b>' for the data: expected one of bump");
    expect(words).toContain("'nonsense', which this page does not know");
    expect(await page.getByLabel("width").inputValue()).toBe("16");
  });

  it("solves by both solvers, and outlives right-hand sides that throw, loop or return NaN", async () => {
    await page.goto(`${url}playground/integrate.html`);
    await expect.poll(() => text("[data-words]")).toMatch(/dopri5 takes [\d.]+ times as many steps as radau/);
    // A solver that gives up does not silence the page, nor does it speak of options that the page lacks.
    await page.goto("about:blank");
    await page.goto(`${url}playground/integrate.html#stiffness=5`);
    await expect
      .poll(() => text("[data-words]"))
      .toMatch(/dopri5 gives up after \d+ steps, and radau takes \d+ steps/);
    expect(await text(".results .complaint")).not.toMatch(/auto\(\)|maxSteps|rodas5P/);
    await page.goto("about:blank");
    await page.goto(`${url}playground/integrate.html#problem=typed`);
    const solve = async (code: string) => {
      await page.getByLabel("dy").fill(code);
      await page.getByRole("button", { name: "Solve" }).click();
    };
    await solve("dy[0] = oops;");
    await expect.poll(() => text("[role=status]")).toContain("oops is not defined");
    await solve("dy[0] = y[1]; dy[1] = -y[0];");
    await expect.poll(() => text("[data-steps=explicit]")).toMatch(/^[1-9]\d+$/);
    expect(await page.locator("[data-failure]").count()).toBe(0);
    // Nor do results of another right-hand side stand under a complaint.
    await solve("dy[0] = oops;");
    await expect.poll(() => text("[data-steps=explicit]")).toBe("–");
    await solve("dy[0] = = 1");
    await expect.poll(() => text("[role=status]")).toContain("The right-hand side cannot be read");
    await solve("dy[0] = NaN; dy[1] = 0;");
    await expect.poll(() => text(".results .complaint")).toContain("non_finite");
    await solve("for (;;) {}");
    await page.waitForTimeout(600);
    // The next question does not wait for that.
    await solve("throw new Error('mine')");
    await expect.poll(() => text("[role=status]"), { timeout: 5000 }).toContain("t = 0: mine.");
    await solve("for (;;) {}");
    await expect.poll(() => text("[role=status]"), { timeout: 30_000 }).toContain("may loop for ever");
    // Nor does what an address brings reach anybody: the page's policy holds for its worker.
    let reached = 0;
    const other = createServer((_, response) => response.end(`${reached++}`)).listen(0, "127.0.0.1");
    await once(other, "listening");
    const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/x.js`;
    await solve(`dy[0] = y[1]; dy[1] = -y[0]; globalThis.asked ??= import("${elsewhere}");`);
    await expect.poll(() => text("[data-steps=explicit]")).toMatch(/^[1-9]\d+$/);
    await expect.poll(() => page.locator("[data-failure]").count()).toBe(0);
    await expect.poll(() => complaints.splice(0)).toEqual([expect.stringContaining(`asks ${elsewhere}`)]);
    other.close();
    expect(reached).toBe(0);
  });

  describe("by keyboard alone", () => {
    keyboardTests(async (address) => {
      await page.goto(address.includes(":") ? address : `${url}${address}`);
      return page;
    });
  });
});
