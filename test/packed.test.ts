import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { checkPackage, createPackageFromTarballData, type Problem } from "@arethetypeswrong/core";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishedPackages } from "../scripts/rehearse/publish.mjs";
import { describePages, pagePackages } from "./in-a-page.ts";
import { describeTutorials, tutorialPackages } from "./tutorials.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const pnpm = join(root, "node_modules", ".bin", "pnpm");
const work = mkdtempSync(join(tmpdir(), "stiffnet-packed-"));
const published: { name: string; version: string; bin?: Record<string, string> }[] = publishedPackages(root);
const tarballs = new Map<string, string>();
/** Kilobytes that a tarball may weigh: a third more than when it was written down. */
const limits: Readonly<Record<string, number>> = {
  "@stiffnet/autodiff": 40,
  "@stiffnet/base": 33,
  "@stiffnet/bench": 440,
  "@stiffnet/core": 105,
  "@stiffnet/tables": 200,
  "@stiffnet/datasets": 190,
  "@stiffnet/uncertainty": 135,
  "@stiffnet/integrators": 455,
  "@stiffnet/kernels": 217,
  "@stiffnet/onnx": 138,
  "@stiffnet/preparation": 72,
  "@stiffnet/report": 60,
  "@stiffnet/stiffness": 115,
  "@stiffnet/terminal": 30,
  "@stiffnet/trials": 160,
  "@stiffnet/tfjs": 55,
  stiffnet: 110,
  "stiffnet-serve": 1090,
};

const run = (command: string, args: string[], cwd: string) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

const folderOf = (name: string): string => join(work, name.replace("/", "-"));
const [pages, tutorials] = [join(work, "page"), join(work, "tutorials")];

beforeAll(() => {
  for (const scope of ["@stiffnet", ""]) {
    const names = published.map(({ name }) => name).filter((name) => name.startsWith("@") === (scope !== ""));
    const target = join(work, "tarballs", scope);
    mkdirSync(target, { recursive: true });
    const filters = names.map((name) => `--filter=${name}`);
    run(pnpm, ["-r", ...filters, "pack", "--pack-destination", target], root);
    for (const { name, version } of published.filter((each) => names.includes(each.name)))
      tarballs.set(name, join(target, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`));
  }
  install([
    ...published.map(({ name }) => [folderOf(name), [name]] as const),
    [pages, pagePackages],
    [tutorials, tutorialPackages],
  ]);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Makes folders with these packages installed from their tarballs, by one command. Without hoisting a
 *  package sees only its own dependencies. */
function install(folders: readonly (readonly [folder: string, names: readonly string[]])[]): void {
  const overrides = Object.fromEntries([...tarballs].map(([name, file]) => [name, `file:${file}`]));
  for (const [folder, names] of folders) {
    mkdirSync(folder);
    const dependencies = Object.fromEntries(names.map((name) => [name, overrides[name]]));
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ private: true, type: "module", dependencies }),
    );
  }
  const packages = folders.map(([folder]) => relative(work, folder));
  writeFileSync(join(work, "pnpm-workspace.yaml"), JSON.stringify({ packages, overrides, hoist: false }));
  run(pnpm, ["install", "--prefer-offline", "--ignore-scripts"], work);
}

function isOfCommonJs(fault: Problem): boolean {
  const resolution = "resolutionKind" in fault ? fault.resolutionKind : "";
  return fault.kind === "CJSResolvesToESM" || resolution === "node10" || resolution === "node16-cjs";
}

/** Each package alone in an empty folder, its @stiffnet dependencies from their tarballs as from a
 *  registry. */
describe.each(published)("$name", ({ name, bin }) => {
  const folder = folderOf(name);

  it("installs from its tarball and can be imported", () => {
    writeFileSync(
      join(folder, "use.js"),
      `import * as all from "${name}"; console.log(Object.keys(all).length);`,
    );
    expect(Number(run(process.execPath, ["use.js"], folder))).toBeGreaterThan(0);
  });

  it("weighs no more than it may, carries its licence, and has no fault that publint or attw finds", async () => {
    const tarball = new Uint8Array(readFileSync(tarballs.get(name)!));
    expect(tarball.byteLength / 1000).toBeLessThan(limits[name]!);
    const { messages } = await publint({ strict: true, pack: { tarball: tarball.buffer } });
    expect(messages).toEqual([]);
    const files = createPackageFromTarballData(tarball);
    expect(files.listFiles()).toContain(`/node_modules/${name}/LICENSE`);
    const analysis = await checkPackage(files);
    const faults = (analysis.types ? analysis.problems : ["no types"]).filter(
      // Packages are ES modules for Node 20 and bundlers.
      (fault) => typeof fault === "string" || !isOfCommonJs(fault),
    );
    expect(faults).toEqual([]);
  });

  for (const command of Object.keys(bin ?? {})) {
    it(`${command} --help works there`, () => {
      expect(run(join(folder, "node_modules", ".bin", command), ["--help"], folder)).toContain(
        `Usage: ${command}`,
      );
    });
  }
});

describePages(pages);
describeTutorials(tutorials);
