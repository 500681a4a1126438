// Compiles c/*.c to one WebAssembly module and embeds it in src/generated/wasm.ts, so that the package needs no
// file access to start and bundlers need no loader. The compiler is an npm package: no system compiler is used.
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runClang } from "@yowasp/clang";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "..", "c");
const generated = join(here, "..", "src", "generated");

const files = readdirSync(source).sort();
const tree = Object.fromEntries(files.map((name) => [name, readFileSync(join(source, name), "utf8")]));
const units = files.filter((name) => name.endsWith(".c"));

// -ffp-contract=off: a fused multiply-add would change bits between compilers and targets.
const flags = [
  ..."--target=wasm32 -O3 -msimd128 -ffp-contract=off -fno-math-errno -nostdlib -ffreestanding".split(" "),
  ..."-Wall -Wextra -Werror -std=c17".split(" "),
];
const link =
  "-Wl,--no-entry,--export-dynamic,--export=__heap_base,--import-memory,-z,stack-size=65536,--strip-all".split(
    " ",
  );
let log = "";
const collect = (bytes) => {
  if (bytes) log += new TextDecoder().decode(bytes);
};
let output;
try {
  output = await runClang(["clang", ...flags, ...link, ...units, "-o", "kernels.wasm"], tree, {
    stdout: collect,
    stderr: collect,
  });
} catch (error) {
  process.stderr.write(`${log}\ncompile: clang failed on ${units.join(", ")}: ${error.message}\n`);
  process.exit(1);
}
const bytes = output["kernels.wasm"];
const target = join(generated, "wasm.ts");
mkdirSync(generated, { recursive: true });
const text = `// Made by scripts/compile.mjs from c/.\nexport const wasmBase64: string =\n  "${Buffer.from(bytes).toString("base64")}";\n`;
writeFileSync(`${target}.tmp`, text);
renameSync(`${target}.tmp`, target);
console.log(`kernels.wasm: ${bytes.length} bytes from ${units.length} files`);
