// A part of `npm run release`, before changesets publish the rest: publishes the packages that
// build-packages.mjs made, at the version of @stiffnet/kernels, whose manifest then names them as optional
// dependencies. Without any, users compute by WebAssembly.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./sources.mjs";

const made = join(root, "npm");
const own = join(root, "package.json");
const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const write = (file, manifest) => writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
const npm = (args, cwd, stdio) => spawnSync("npm", args, { cwd, stdio, encoding: "utf8" });

const folders = existsSync(made)
  ? readdirSync(made).filter((name) => existsSync(join(made, name, "package.json")))
  : [];
if (folders.length === 0) {
  process.stderr.write(
    "kernels: no native packages to publish (node scripts/build-packages.mjs makes them)\n",
  );
}
const kernels = read(own);
const { version, repository } = kernels;
const optional = {};
for (const folder of folders) {
  const file = join(made, folder, "package.json");
  const manifest = { ...read(file), version, ...(repository && { repository }) };
  write(file, manifest);
  optional[manifest.name] = version;
  const known = npm(["view", `${manifest.name}@${version}`, "version"], root, "pipe");
  if (known.status === 0 && known.stdout.trim() === version) continue;
  const { status } = npm(["publish", "--access", "public"], join(made, folder), ["ignore", 2, 2]);
  if (status !== 0) {
    process.stderr.write(`kernels: ${manifest.name} was not published\n`);
    process.exit(1);
  }
}
if (folders.length > 0) write(own, { ...kernels, optionalDependencies: optional });
