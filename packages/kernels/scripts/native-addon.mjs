// Compiles c/ and addon/ into one Node-API addon for each instruction set of an architecture.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { include_dir as nodeApi } from "node-api-headers";
import { assertions, callbacksOf, readAbi } from "./abi.mjs";
import { instructionSets } from "./native-targets.mjs";
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
 *  NAME.node into `folder`, each complete or not at all; returns the names. */
export function buildAddons({ command, flagsOf, link = [] }, { os, cpu }, folder) {
  const sets = instructionSets[cpu];
  if (!sets || !linking[os]) throw new Error(`${os} ${cpu} is not known`);
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
    for (const [name, set] of Object.entries(sets)) {
      const defined = [`-DSOURCE_VERSION="${version}"`, `-DLEVEL=${set.level}`];
      const compile = [...flags, ...position, "-I.", "-c"];
      run([...compile, ...defined, "-I", nodeApi, join(root, "addon", "addon.c"), "-o", "addon.o"]);
      for (const unit of units) run([...compile, ...set[flagsOf], unit, "-o", objectOf(unit)]);
      run([...linking[os], "addon.o", ...units.map(objectOf), ...link, "-o", `${name}.node`]);
      renameSync(join(work, `${name}.node`), join(folder, `${name}.node`));
    }
    return Object.keys(sets);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
