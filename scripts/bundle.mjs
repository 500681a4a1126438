// One file for each entry of a package, and for what entries share: loading a hundred small files takes
// longer than most commands run. Entries are what the `exports` and `imports` of the package name.
// The functions of @stdlib are written into the files, since they would be 168 packages to install.
//
//   node ../../scripts/bundle.mjs    in a package's folder, after tsc, which writes the declarations
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  external: (id) => !id.startsWith(".") && !isAbsolute(id) && !id.startsWith("@stdlib/"),
});
for (const file of readdirSync("dist", { recursive: true })) {
  if (/\.js(\.map)?$/.test(file)) rmSync(join("dist", file));
}
const { output } = await bundle.write({
  dir: "dist",
  format: "es",
  comments: { legal: true, annotation: true, jsdoc: false },
  chunkFileNames: "[name].js",
  sourcemap: true,
  sourcemapExcludeSources: true,
});
await bundle.close();

const owners = new Map();
for (const id of output.flatMap(({ moduleIds = [] }) => moduleIds)) {
  const [home] = /^.*\/node_modules\/@stdlib\/[^/]+/.exec(id) ?? [];
  if (home) owners.set(home, JSON.parse(readFileSync(join(home, "package.json"), "utf8")));
}
if (owners.size > 0) {
  const names = [...owners.values()].map(({ name, version }) => `${name} ${version}`).sort();
  const terms = ["NOTICE", "LICENSE"].flatMap((file) => [
    ...new Set([...owners.keys()].map((home) => readFileSync(join(home, file), "utf8"))),
  ]);
  writeFileSync(
    join("dist", "THIRD-PARTY.txt"),
    ["Parts of these files are:", names.join("\n"), ...terms].join("\n\n"),
  );
}
