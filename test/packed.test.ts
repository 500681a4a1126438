import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch } from "../apps/serve/test/browser.ts";
import { siteServer } from "../apps/site/scripts/serve.mjs";
import { browserEntries, browserSizes, importMap } from "../scripts/browser-files.mjs";
import { needs, programOf } from "../scripts/needs.ts";
import { publishedPackages } from "../scripts/rehearse/publish.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const pnpm = join(root, "node_modules", ".bin", "pnpm");
const work = mkdtempSync(join(tmpdir(), "stiffnet-packed-"));
const published: { folder: string; name: string; bin?: Record<string, string> }[] = publishedPackages(
  root,
).map((manifest: { folder: string; name: string }) => ({ ...manifest, folder: join(root, manifest.folder) }));
const tarballs = new Map<string, string>();
/** Kilobytes that a tarball may weigh: a third more than when it was written down. */
const limits: Readonly<Record<string, number>> = {
  "@stiffnet/base": 31,
  "@stiffnet/bench": 650,
  "@stiffnet/core": 105,
  "@stiffnet/datasets": 330,
  "@stiffnet/inference": 20,
  "@stiffnet/integrators": 455,
  "@stiffnet/kernels": 217,
  "@stiffnet/onnx": 138,
  "@stiffnet/preparation": 38,
  "@stiffnet/serve": 390,
  "@stiffnet/stiffness": 115,
  "@stiffnet/tfjs": 40,
  stiffnet: 5,
  "stiffnet-serve": 5,
};

/** The same of what a page loads of a package, under gzip. */
const pageLimits: Readonly<Record<string, number>> = {
  "@stiffnet/base": 8,
  "@stiffnet/core": 20,
  "@stiffnet/datasets": 105,
  "@stiffnet/integrators": 82,
  "@stiffnet/kernels": 180,
  "@stiffnet/onnx": 56,
  "@stiffnet/preparation": 15,
  "@stiffnet/stiffness": 30,
};

const run = (command: string, args: string[], cwd: string) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

beforeAll(() => {
  for (const { folder, name } of published) {
    const target = join(work, "tarballs", name.replace("/", "-"));
    mkdirSync(target, { recursive: true });
    run(pnpm, ["pack", "--pack-destination", target], folder);
    tarballs.set(name, join(target, readdirSync(target)[0]!));
  }
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Makes a folder in which these packages are installed from their tarballs. */
function installed(folder: string, names: readonly string[]): void {
  mkdirSync(folder);
  const overrides = Object.fromEntries(
    [...tarballs].map(([dependency, file]) => [dependency, `file:${file}`]),
  );
  const dependencies = Object.fromEntries(names.map((name) => [name, overrides[name]]));
  const manifest = { private: true, type: "module", dependencies, pnpm: { overrides } };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  run(pnpm, ["install", "--prefer-offline", "--ignore-scripts", "--ignore-workspace"], folder);
}

/** Each package alone in an empty folder, its @stiffnet dependencies from their tarballs as from a
 *  registry. */
describe.each(published)("$name", ({ name, bin }) => {
  const folder = join(work, name.replace("/", "-"));

  it("installs from its tarball and can be imported", () => {
    installed(folder, [name]);
    writeFileSync(
      join(folder, "use.js"),
      `import * as all from "${name}"; console.log(Object.keys(all).length);`,
    );
    expect(Number(run(process.execPath, ["use.js"], folder))).toBeGreaterThan(0);
  });

  it("weighs no more than it may, and carries its licence", () => {
    const tarball = tarballs.get(name)!;
    expect(statSync(tarball).size / 1000).toBeLessThan(limits[name]!);
    expect(run("tar", ["-tzf", tarball], folder)).toContain("package/LICENSE");
  });

  for (const command of Object.keys(bin ?? {})) {
    it(`${command} --help works there`, () => {
      expect(run(join(folder, "node_modules", ".bin", command), ["--help"], folder)).toContain(
        `Usage: ${command}`,
      );
    });
  }
});

/** Prints what every package makes, the same in Node and in a page. */
const everywhere = `
import { randomStream } from "@stiffnet/base";
import { neuralOde, predict, train } from "@stiffnet/core";
import { branin, readTable, sample, sobol } from "@stiffnet/datasets";
import { radauIIA5, solve } from "@stiffnet/integrators";
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
const stiff = solve({ f: (t, y, dy) => { dy[0] = -1000 * y[0]; }, y0: [1], tSpan: [0, 1] }, { solver: radauIIA5 });
const table = await readTable(new File(["a,b\\n1,2\\n3,x\\n"], "t.csv"));
let fault = "";
try { table.split({ inputs: "a", outputs: "b", test: 1 }); } catch (error) { fault = error.message; }
export const result = JSON.stringify([
  run.digest, Array.from(predict(back, Float64Array.of(1, 2))), measure(run.model, data.test, spectralRadius()).median,
  stiff.status, stiff.stats, randomStream(1, 0).uniform(), typeof standardise, fault,
]);`;

describe("in a page, by an import map", () => {
  const folder = join(work, "page");
  const names = Object.keys(browserEntries).map((name) => `@stiffnet/${name}`);
  let server: Server;
  let url: string;

  beforeAll(async () => {
    installed(folder, names);
    const map = JSON.stringify(importMap());
    const text = readFileSync(join(root, "apps/site/pages/reference/script.md"), "utf8");
    const page = /```html\n([\s\S]*?)```/.exec(text)![1]!.replace("<!-- import map -->", map);
    writeFileSync(join(folder, "documented.html"), `<!doctype html>${page}`);
    writeFileSync(join(folder, "everywhere.js"), everywhere);
    const show = `import("./everywhere.js").then(({ result }) => { document.title = result; }, (error) => { document.title = error.message; });`;
    writeFileSync(
      join(folder, "everywhere.html"),
      `<!doctype html><script type="importmap">${map}</script><script type="module">${show}</script>`,
    );
    server = siteServer(folder);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => server?.close());

  /** What the same program prints in Node. */
  const inNode = (): string =>
    run(
      process.execPath,
      ["--input-type=module", "-e", `import { result } from "./everywhere.js"; console.log(result)`],
      folder,
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
});
