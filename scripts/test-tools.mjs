// What some tests need beyond npm's packages, where it is looked for, and how Debian brings it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findTfjsNode } from "../packages/tfjs/scripts/tfjs-node.mjs";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
/** A virtual environment of the project's own. */
export const venv = join(root, "node_modules", ".cache", "python");

/** @typedef {{ missing: string, find: () => string | undefined, apt: string[], pip?: string[],
 *    script?: string }} Tool
 *  `missing` names it in "needs ..."; `find` returns the program to run, or the package; `script` makes
 *  it. */

/** @satisfies {Record<string, Tool>} */
export const tools = {
  redis: {
    missing: "redis-server",
    find: () => firstOf(["redis-server"]),
    apt: ["redis-server"],
  },
  chromium: {
    missing: "Chromium",
    find: () => firstOf(["chromium", "chromium-browser", "google-chrome"]),
    // The page's words need a font to be measured by.
    apt: ["chromium", "fonts-dejavu-core"],
  },
  python: {
    missing: "Python with onnx and onnxruntime",
    find: () => {
      const { STIFFNET_PYTHON } = process.env;
      const candidates = STIFFNET_PYTHON ? [STIFFNET_PYTHON] : [join(venv, "bin", "python"), "python3"];
      return candidates.find((python) => succeeds(python, ["-c", "import numpy, onnx, onnxruntime"]));
    },
    apt: ["python3", "python3-venv"],
    pip: ["numpy~=2.0", "onnx~=1.20", "onnxruntime~=1.22"],
  },
  tensorflow: {
    missing: "@tensorflow/tfjs-node with its library",
    find: findTfjsNode,
    apt: ["python3", "python3-venv"],
    script: "packages/tfjs/scripts/build-tfjs-node.mjs",
  },
};

/** @param {string} command @param {string[]} args */
export function succeeds(command, args) {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

/** The path of the first of these programs that the machine has.
 *  @param {string[]} names */
function firstOf(names) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}
