// One file for each entry of a package, and for what entries share: loading a hundred small files takes
// longer than most commands run. Entries are what the `exports` and `imports` of the package name.
//
//   node ../../scripts/bundle.mjs    in a package's folder, after tsc, which writes the declarations
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { rolldown } from "rolldown";

const { exports, imports = {} } = JSON.parse(readFileSync("package.json", "utf8"));
const input = {};
const collect = (target) => {
  if (typeof target !== "object") return;
  const { "@stiffnet/source": source, default: built } = target;
  if (source) input[built.replace(/^\.\/dist\/|\.js$/g, "")] = resolve(source);
  else for (const inner of Object.values(target)) collect(inner);
};
collect(exports);
collect(imports);

const bundle = await rolldown({
  input,
  platform: "node",
  external: (id) => !id.startsWith(".") && !isAbsolute(id),
});
for (const file of readdirSync("dist", { recursive: true })) {
  if (/\.js(\.map)?$/.test(file)) rmSync(join("dist", file));
}
await bundle.write({
  dir: "dist",
  format: "es",
  chunkFileNames: "[name].js",
  sourcemap: true,
  sourcemapExcludeSources: true,
});
await bundle.close();
