import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishedPackages } from "../scripts/rehearse/publish.mjs";
import { describePages } from "./in-a-page.ts";
import { describeTutorials } from "./tutorials.ts";

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

describePages(join(work, "page"), installed);
describeTutorials(join(work, "tutorials"), installed);
