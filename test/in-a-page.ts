import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch } from "../apps/serve/test/browser.ts";
import { siteServer } from "../apps/site/scripts/serve.mjs";
import { browserEntries, browserSizes, importMap } from "../scripts/browser-files.mjs";
import { needs, programOf } from "../scripts/needs.ts";

/** Packages in the folder of the pages. */
export const pagePackages: readonly string[] = Object.keys(browserEntries).map((name) => `@stiffnet/${name}`);

const documented = new URL("../apps/site/pages/reference/script.md", import.meta.url);

/** Kilobytes under gzip that a page may load of a package: a third more than when it was written down. */
const pageLimits: Readonly<Record<string, number>> = {
  "@stiffnet/base": 8,
  "@stiffnet/autodiff": 6,
  "@stiffnet/core": 20,
  "@stiffnet/tables": 130,
  "@stiffnet/datasets": 70,
  "@stiffnet/uncertainty": 28,
  "@stiffnet/integrators": 82,
  "@stiffnet/kernels": 180,
  "@stiffnet/onnx": 56,
  "@stiffnet/preparation": 15,
  "@stiffnet/stiffness": 30,
};

/** Prints what every package makes, the same in Node and in a page. */
const everywhere = `
import { randomStream } from "@stiffnet/base";
import { neuralOde, predict, train } from "@stiffnet/core";
import { branin, sample, sobol } from "@stiffnet/datasets";
import { readTable } from "@stiffnet/tables";
import { radau, solve } from "@stiffnet/integrators";
import { rk4 } from "@stiffnet/integrators/fixed-step";
import { encodeOnnx, importOnnx } from "@stiffnet/onnx";
import { standardise } from "@stiffnet/preparation";
import { l2Penalty } from "@stiffnet/core";
import { measure, spectralRadius } from "@stiffnet/stiffness";

const data = sample(branin(), { train: 60, test: 20, seed: 3, sampler: sobol() });
const { inputNames, outputNames, preparation } = data;
const start = { ...neuralOde({ inputs: 2, outputs: 1, width: 5, depth: 3, solver: rk4.name, seed: 2 }), inputNames, outputNames, preparation };
const run = await train(start, data, { epochs: 4, penalty: l2Penalty(1e-3) });
const [back] = await importOnnx(encodeOnnx(run.model));
const stiff = solve({ f: (t, y, dy) => { dy[0] = -1000 * y[0]; }, y0: [1], tSpan: [0, 1] }, { solver: radau });
const table = await readTable(new File(["a,b\\n1,2\\n3,x\\n"], "t.csv"));
let fault = "";
try { table.split({ inputs: "a", outputs: "b", test: 1 }); } catch (error) { fault = error.message; }
export const result = JSON.stringify([
  run.digest, Array.from(predict(back, Float64Array.of(1, 2))), measure(run.model, data.test, spectralRadius()).median,
  stiff.status, stiff.stats, randomStream(1, 0).uniform(), typeof standardise, fault,
]);`;

/** Solves Robertson's reaction and a clock, traced once, by compiled code and by a table. Compares the steps
 *  to the last bit, and tells whether the page allows compiled code. */
const traced = `
import { radau, solve } from "@stiffnet/integrators";
import { defineTraced } from "@stiffnet/autodiff";

const solved = (options) => {
  const problem = defineTraced({
    f: ({ t, y, p, math }) => {
      const fast = math.mul(p.k2, math.mul(y[1], y[1]));
      const back = math.mul(p.k3, math.mul(y[1], y[2]));
      const slow = math.sub(math.mul(p.k1, y[0]), back);
      return [math.neg(slow), math.sub(slow, fast), fast, math.exp(math.neg(math.sin(t)))];
    },
    y0: [1, 0, 0, 0], tSpan: [0, 40], parameters: { k1: 0.04, k2: 3e7, k3: 1e4 }, ...options,
  });
  const { status, stats, t, y } = solve(problem, { solver: radau, rtol: 1e-6, keep: "steps" });
  const bits = [...t, ...y].map((value) => new BigUint64Array(Float64Array.of(value).buffer)[0].toString(16));
  return JSON.stringify([status, stats, bits]);
};
const table = solved({ compile: false });
let how = "compiled";
try { new Function("return 1")(); } catch { how = "a table"; }
export const result = how + " " + (solved({}) === table ? table : "differs");`;

/** Tests in browsers what a page loads, in a folder that has `pagePackages` in it. */
export function describePages(folder: string): void {
  describe("in a page, by an import map", () => pageTests(folder));
}

function pageTests(folder: string): void {
  let server: Server;
  let url: string;

  beforeAll(async () => {
    const map = JSON.stringify(importMap());
    const text = readFileSync(documented, "utf8");
    const page = /```html\n([\s\S]*?)```/.exec(text)![1]!.replace("<!-- import map -->", map);
    writeFileSync(join(folder, "documented.html"), `<!doctype html>${page}`);
    writeFileSync(join(folder, "everywhere.js"), everywhere);
    writeFileSync(join(folder, "traced.js"), traced);
    const shown = (program: string, head = "") => {
      const show = `import("./${program}.js").then(({ result }) => { document.title = result; }, (error) => { document.title = error.message; });`;
      return `<!doctype html>${head}<script type="importmap" nonce="n">${map}</script><script type="module" nonce="n">${show}</script>`;
    };
    writeFileSync(join(folder, "everywhere.html"), shown("everywhere"));
    writeFileSync(join(folder, "traced.html"), shown("traced"));
    const policy = "default-src 'none'; script-src 'self' 'nonce-n'";
    const strict = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
    writeFileSync(join(folder, "strict.html"), shown("traced", strict));
    server = siteServer(folder);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => server?.close());

  /** Output of the same program in Node. */
  const inNode = (): string =>
    execFileSync(
      process.execPath,
      ["--input-type=module", "-e", `import { result } from "./everywhere.js"; console.log(result)`],
      { cwd: folder, encoding: "utf8" },
    ).trim();

  it(
    "every package works in Chromium as in Node, and so does the page in the documentation",
    needs("chromium"),
    async () => {
      const context = await launch();
      try {
        const page = context.pages()[0]!;
        const complaints: string[] = [];
        page.on("pageerror", (error) => complaints.push(error.message));
        await page.goto(`${url}everywhere.html`);
        await expect.poll(() => page.title()).not.toBe("");
        expect(await page.title()).toBe(inNode());
        await page.goto(`${url}documented.html`);
        await expect.poll(() => page.title()).toMatch(/^finished [0-9a-f]{64}$/);
        expect(await page.evaluate("onnx.length")).toBeGreaterThan(1000);
        // If a policy forbids compiled code, a table computes the same bits.
        const titles = [];
        for (const name of ["traced", "strict"]) {
          await page.goto(`${url}${name}.html`);
          await expect
            .poll(() => page.title())
            .toMatch(/^(compiled|a table) \["finished",.*"3ff0000000000000"/);
          titles.push(await page.title());
        }
        expect(titles[0]).toMatch(/^compiled/);
        expect(titles[1]).toBe(titles[0]!.replace("compiled", "a table"));
        expect(complaints).toEqual([]);
      } finally {
        await context.close();
      }
    },
  );

  it("every package works in Firefox as in Node", needs("firefox"), async () => {
    const { launch: start } = await import("puppeteer-core");
    const browser = await start({
      browser: "firefox",
      executablePath: programOf("firefox")!,
      headless: true,
    });
    try {
      const page = await browser.newPage();
      await page.goto(`${url}everywhere.html`);
      await expect.poll(() => page.title()).not.toBe("");
      expect(await page.title()).toBe(inNode());
    } finally {
      await browser.close();
    }
  });

  it.each(browserSizes())("$name weighs no more than it may", ({ name, gzip }) => {
    expect(gzip / 1000).toBeLessThan(pageLimits[name]!);
  });
}
