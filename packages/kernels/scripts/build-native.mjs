// Compiles c/ for this machine's processors into native/<platform>-<architecture>/: one Node-API addon for
// each instruction set. Without a C compiler, or where it fails, there is WebAssembly. --quiet: failure is a
// line, and no error.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { include_dir as nodeApi } from "node-api-headers";
import { assertions, callbacksOf, readAbi } from "./abi.mjs";
import { files, root, version } from "./sources.mjs";

/** Instruction sets by architecture: flags of the compiler, and what the processor must have. */
const instructionSets = {
  x64: {
    sse4: { flags: ["-march=x86-64-v2"], features: ["sse4.2", "popcnt"] },
    avx2: { flags: ["-march=x86-64-v3", "-mtune=skylake"], features: ["avx2", "bmi", "bmi2", "fma"] },
    avx512: {
      flags: ["-march=x86-64-v4", "-mtune=icelake-server", "-mprefer-vector-width=256"],
      features: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx2", "bmi", "bmi2", "fma"],
    },
  },
  arm64: { neon: { flags: [], features: [] } },
};

// As in compile.mjs: no product is fused with a sum. Numbers are not flushed to zero, overflow wraps.
const flags = [
  ..."-O3 -std=gnu17 -fPIC -fvisibility=hidden -ffp-contract=off -fno-math-errno -fwrapv".split(" "),
  ..."-fno-strict-aliasing -Wall -Wextra -Wno-psabi".split(" "),
];

const compiler = process.env.CC ?? "cc";
const target = join(root, "native", `${process.platform}-${process.arch}`);

function run(args, cwd) {
  const { status, error, stderr } = spawnSync(compiler, args, { cwd, encoding: "utf8" });
  if (error) throw new Error(`no C compiler: ${error.message}`);
  if (status !== 0) throw new Error(`${compiler} failed:\n${stderr.split("\n").slice(0, 20).join("\n")}`);
  if (stderr) process.stderr.write(stderr);
}

function build(folder) {
  const sets = instructionSets[process.arch];
  if (!sets || process.platform === "win32")
    throw new Error(`${process.platform} ${process.arch} is not known`);
  const abi = readAbi(files);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text + assertions(abi, path));
  }
  writeFileSync(join(folder, "functions.h"), callbacksOf(abi));
  const units = Object.keys(files).filter((path) => path.endsWith(".c"));
  for (const [name, { flags: ofSet, features }] of Object.entries(sets)) {
    const requirement = features.map((feature) => `__builtin_cpu_supports("${feature}")`).join(" && ") || "1";
    const defined = [`-DSOURCE_VERSION="${version}"`, `-DREQUIREMENT=(${requirement})`];
    run(
      [...flags, ...defined, "-pthread", "-I.", "-I", nodeApi, "-c", join(root, "addon", "addon.c")],
      folder,
    );
    run([...flags, ...ofSet, "-I.", "-c", ...units], folder);
    const objects = ["addon.o", ...units.map((path) => path.replace(/^.*\/(.*)c$/, "$1o"))];
    const link =
      process.platform === "darwin" ? ["-bundle", "-undefined", "dynamic_lookup"] : ["-shared", "-pthread"];
    run([...link, ...objects, "-o", `${name}.node`], folder);
    renameSync(join(folder, `${name}.node`), join(target, `${name}.node`));
  }
  return Object.keys(sets);
}

const quiet = process.argv.includes("--quiet");
mkdirSync(target, { recursive: true });
const folder = mkdtempSync(join(target, "build-"));
try {
  console.log(`native kernels: ${build(folder).join(", ")}`);
} catch (error) {
  process.stderr.write(`native kernels are not built, WebAssembly is used: ${error.message}\n`);
  if (!quiet) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
