// Compiles c/ and addon/ into a Node-API addon.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { include_dir as nodeApi } from "node-api-headers";
import { assertions, callbacksOf, readAbi } from "./abi.mjs";
import { processors } from "./native-targets.mjs";
import { files, root, version } from "./sources.mjs";

// As in compile.mjs: no product is fused with a sum. Numbers are not flushed to zero, overflow wraps.
const flags = [
  ..."-O3 -std=gnu17 -fvisibility=hidden -ffp-contract=off -fno-math-errno -fwrapv".split(" "),
  ..."-fno-strict-aliasing -Wall -Wextra -Wno-psabi".split(" "),
];

/** How an addon is linked: Node's own symbols are found when it is loaded. */
const linking = {
  linux: ["-shared", "-pthread"],
  // zig cannot make what Apple calls a bundle; Node loads either.
  darwin: ["-shared", "-undefined", "dynamic_lookup"],
  win32: ["-shared"],
};

/** compiler: { command: [program, ...arguments], flagsOf: "cc" | "zig", link: more to link with }. Writes
 *  kernels.node into `folder`, complete or not at all. */
export function buildAddon({ command, flagsOf, link = [] }, { os, cpu }, folder) {
  const processor = processors[cpu];
  if (!processor || !linking[os]) throw new Error(`${os} ${cpu} is not known`);
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, "build-"));
  const run = (args) => {
    const { status, error, stderr } = spawnSync(command[0], [...command.slice(1), ...args], {
      cwd: work,
      encoding: "utf8",
    });
    if (error) throw new Error(`no C compiler: ${error.message}`);
    if (status !== 0) {
      throw new Error(`${command.join(" ")} failed:\n${stderr.split("\n").slice(0, 20).join("\n")}`);
    }
    if (stderr) process.stderr.write(stderr);
  };
  try {
    const abi = readAbi(files);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(work, path, ".."), { recursive: true });
      writeFileSync(join(work, path), text + assertions(abi, path));
    }
    writeFileSync(join(work, "functions.h"), callbacksOf(abi));
    const position = os === "win32" ? [] : ["-fPIC"];
    const units = Object.keys(files).filter((path) => path.endsWith(".c"));
    const objectOf = (path) => path.replace(/^.*\/(.*)c$/, "$1o");
    const compile = [...flags, ...position, "-I.", "-c"];
    const addon = [`-DSOURCE_VERSION="${version}"`, "-I", nodeApi, join(root, "addon", "addon.c")];
    run([...compile, ...addon, "-o", "addon.o"]);
    for (const unit of units) run([...compile, ...processor[flagsOf], unit, "-o", objectOf(unit)]);
    run([...linking[os], "addon.o", ...units.map(objectOf), ...link, "-o", "kernels.node"]);
    renameSync(join(work, "kernels.node"), join(folder, "kernels.node"));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
