// Builds a working @tensorflow/tfjs-node from the npm package and the TensorFlow library of a Python wheel,
// and links it into @stiffnet/tfjs. For machines on which its own install script cannot download the library.
// Does nothing if the link exists. Linux on x64.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { home, isBuilt, link, packageIn, stamp, stampIn, versions } from "./tfjs-node.mjs";

const help = `node packages/tfjs/scripts/build-tfjs-node.mjs [--into FOLDER] [--no-link]

Builds @tensorflow/tfjs-node ${versions["@tensorflow/tfjs-node"]} on TensorFlow ${versions.tensorflow} in FOLDER
  (default ${home})
and links it to ${link}.
Needs npm, a C++ compiler ($CXX, c++, g++ or clang++), Python 3 with pip or venv ($STIFFNET_PYTHON, python3), and
their registries. Takes about a minute, 0.3 GB of downloads and 1.2 GB of disk.
`;

/** Parts of the wheel: the library, and the files that its C headers include. */
const wanted = [
  "libtensorflow_cc.so.2",
  "libtensorflow_framework.so.2",
  ...["tensorflow/c/", "tensorflow/core/platform/", "tensorflow/tsl/", "tsl/", "xla/tsl/"].map(
    (folder) => `include/${folder}`,
  ),
];
const unpack = `
import sys, zipfile
wheel, target, *wanted = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.startswith(tuple("tensorflow/" + part for part in wanted)):
            archive.extract(name, target)
`;
/** A test of the addon that Node runs in the folder. */
const trial = `
const tf = require("@tensorflow/tfjs-node");
const product = tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0];
if (tf.getBackend() !== "tensorflow" || product !== 11) throw new Error(tf.getBackend() + ": 1 x 3 + 2 x 4 = " + product);
`;

class Problem extends Error {}

try {
  main();
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  say(error.message);
  process.exitCode = 1;
}

function main() {
  const { values } = parseArgs({
    options: {
      into: { type: "string", default: home },
      "no-link": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return process.stdout.write(help);
  const folder = resolve(values.into);
  if (!isBuilt(folder)) build(folder);
  if (!values["no-link"]) linkTo(packageIn(folder));
  say(`@tensorflow/tfjs-node on TensorFlow ${versions.tensorflow} is in ${folder}`);
}

/** Makes the folder aside, and renames it when it computes. */
function build(folder) {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Problem(
      `the wheel is for linux x64, and this is ${process.platform} ${process.arch}; npm install @tensorflow/tfjs-node`,
    );
  }
  const compiler = compilerHere();
  mkdirSync(dirname(folder), { recursive: true });
  const aside = mkdtempSync(`${folder}.building-`);
  try {
    const python = pythonWithPip(aside);
    const own = packageIn(aside);
    say(`fetching tensorflow-cpu ${versions.tensorflow}, 0.3 GB`);
    const tensorflow = fetchLibrary(aside, python);
    say("installing @tensorflow/tfjs-node without its download");
    installPackage(aside);
    say("compiling the addon");
    compile(own, tensorflow, compiler, join(aside, "node_modules", "node-api-headers", "include"));
    const environment = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" };
    run(process.execPath, ["-e", trial], { cwd: aside, env: environment });
    writeFileSync(stampIn(aside), stamp);
    rename(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** If another process was faster, its result is as good. */
function rename(aside, folder) {
  if (isBuilt(folder)) return;
  rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(aside, folder);
  } catch (error) {
    if (!isBuilt(folder)) throw error;
  }
}

function installPackage(aside) {
  writeFileSync(join(aside, "package.json"), '{ "private": true }\n');
  const packages = ["@tensorflow/tfjs-node", "node-api-headers"].map((name) => `${name}@${versions[name]}`);
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  run("npm", ["install", ...quiet, ...packages], { cwd: aside });
}

/** The folder `tensorflow` of the wheel. */
function fetchLibrary(aside, python) {
  const wheels = join(aside, "wheels");
  // The Python version does not matter, because only a library is taken from the wheel.
  const which = ["--only-binary=:all:", "--python-version=3.11", "--platform=manylinux_2_17_x86_64"];
  const pip = [
    "-m",
    "pip",
    "download",
    "--quiet",
    "--retries=1",
    "--disable-pip-version-check",
    "--no-deps",
    ...which,
  ];
  run(python, [...pip, "--dest", wheels, `tensorflow-cpu==${versions.tensorflow}`]);
  run(python, ["-c", unpack, join(wheels, readdirSync(wheels)[0]), aside, ...wanted]);
  rmSync(wheels, { recursive: true });
  return join(aside, "tensorflow");
}

/** tfjs-node's own binding.gyp, but for the names of the libraries. */
function compile(own, tensorflow, compiler, nodeApi) {
  // node-pre-gyp looks here: package.json, binary.module_path, of the newest Node-API both know.
  const module = join(own, "lib", "napi-v8");
  mkdirSync(module, { recursive: true });
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => join(own, "binding", name));
  const includes = [dirname(own), own, nodeApi, join(tensorflow, "include")].map((folder) => `-I${folder}`);
  const libraries = ["cc", "framework"].map((name) => `-l:libtensorflow_${name}.so.2`);
  run(compiler, [
    "-std=c++17",
    "-O2",
    "-fPIC",
    "-shared",
    "-DNAPI_VERSION=8",
    "-w",
    ...includes,
    ...sources,
    `-L${tensorflow}`,
    ...libraries,
    "-Wl,-rpath,$ORIGIN/../../../../../tensorflow",
    "-o",
    join(module, "tfjs_binding.node"),
  ]);
  rmSync(join(tensorflow, "include"), { recursive: true });
}

function compilerHere() {
  const candidates = [process.env.CXX, "c++", "g++", "clang++"].filter(Boolean);
  const found = candidates.find((name) => succeeds(name, ["--version"]));
  if (!found) throw new Problem(`no C++ compiler (${candidates.join(", ")}); apt-get install g++`);
  return found;
}

function pythonWithPip(aside) {
  const python = process.env.STIFFNET_PYTHON ?? "python3";
  if (succeeds(python, ["-m", "pip", "--version"])) return python;
  const made = join(aside, "python");
  if (succeeds(python, ["-m", "venv", made])) return join(made, "bin", "python");
  throw new Problem(`${python} has neither pip nor venv; apt-get install python3 python3-venv`);
}

function linkTo(target) {
  mkdirSync(dirname(link), { recursive: true });
  const made = `${link}.${process.pid}`;
  symlinkSync(target, made, "dir");
  try {
    renameSync(made, link);
  } catch (error) {
    rmSync(made);
    throw new Problem(`${link} is in the way: ${error.message}`);
  }
}

function succeeds(command, args) {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

function run(command, args, options = {}) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    ...options,
  });
  if (status === 0) return;
  const lines = `${stdout ?? ""}\n${stderr ?? ""}`.split("\n").filter((line) => line.trim() !== "");
  const said = lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? `ended with ${signal ?? status}`;
  throw new Problem(
    `'${basename(command)} ${args.slice(0, 3).join(" ")}' failed: ${error?.message ?? said.trim()}`,
  );
}

function say(text) {
  process.stderr.write(`tfjs-node: ${text}\n`);
}
