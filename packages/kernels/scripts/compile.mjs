// Compiles c/ to one WebAssembly module and embeds it in src/generated/wasm.ts, so that the package starts
// without file access and bundlers need no loader. Also writes src/generated/abi.ts, TypeScript's side of the
// C interface. The compiler is an npm package, so a system compiler is not needed.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runClang } from "@yowasp/clang";
import { assertions, readAbi, typescriptOf } from "./abi.mjs";
import { files, root, version } from "./sources.mjs";

const generated = join(root, "src", "generated");

const fail = (message) => {
  process.stderr.write(`compile: ${message}\n`);
  process.exit(1);
};

// -ffp-contract=off: a fused multiply-add would change bits between compilers and targets.
const flags = [
  ..."--target=wasm32 -O3 -msimd128 -ffp-contract=off -fno-math-errno -nostdlib -ffreestanding".split(" "),
  ..."-Wall -Wextra -Werror -std=c17 -I.".split(" "),
];
const link =
  "-Wl,--no-entry,--export-dynamic,--export=__heap_base,--import-memory,-z,stack-size=65536,--strip-all".split(
    " ",
  );

async function compile(abi) {
  const tree = {};
  for (const [path, text] of Object.entries(files)) {
    const [folder, name] = path.split("/");
    // The compiler itself confirms the offsets that abi.mjs counted.
    tree[folder] = { ...tree[folder], [name]: text + assertions(abi, path) };
  }
  const units = Object.keys(files).filter((path) => path.endsWith(".c"));
  let log = "";
  const collect = (bytes) => {
    if (bytes) log += new TextDecoder().decode(bytes);
  };
  const command = ["clang", ...flags, ...link, ...units, "-o", "kernels.wasm"];
  try {
    const output = await runClang(command, tree, { stdout: collect, stderr: collect });
    return { bytes: output["kernels.wasm"], units };
  } catch (error) {
    return fail(`clang failed on ${units.join(", ")}: ${error.message}\n${log}`);
  }
}

function read() {
  try {
    return readAbi(files);
  } catch (error) {
    return fail(error.message);
  }
}

/** Every function that TypeScript will call is there, and none that it does not know. */
function confirmExports(bytes, abi) {
  const functions = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).filter(
    (e) => e.kind === "function",
  );
  const found = functions.map(({ name }) => name).sort();
  const expected = abi.functions.map(({ name }) => name).sort();
  if (found.join() !== expected.join()) fail(`the module exports ${found}, abi.mjs read ${expected}`);
}

function write(name, text) {
  const target = join(generated, name);
  mkdirSync(generated, { recursive: true });
  writeFileSync(`${target}.tmp`, text);
  renameSync(`${target}.tmp`, target);
}

const abi = read();
const { bytes, units } = await compile(abi);
confirmExports(bytes, abi);
const text = Buffer.from(bytes).toString("base64");
write(
  "wasm.ts",
  `// Made by scripts/compile.mjs from c/.\nexport const sourceVersion = "${version}";\nexport const wasmBase64: string =\n  "${text}";\n`,
);
write("abi.ts", typescriptOf(abi));
console.log(`kernels.wasm: ${bytes.length} bytes from ${units.length} files`);
