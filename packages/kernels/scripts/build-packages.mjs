// Cross-compiles the native kernels for every target into npm/<target>/, each a package to publish:
//   node scripts/build-packages.mjs [target...]
// The compiler is the Python package ziglang (pip install ziglang). PYTHON may name a Python, instead of
// python3.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { def_paths as definitions } from "node-api-headers";
import { buildAddon } from "./native-addon.mjs";
import { targets } from "./native-targets.mjs";
import { root } from "./sources.mjs";

const python = process.env.PYTHON ?? "python3";
const zig = (...args) => [python, "-m", "ziglang", ...args];

/** Windows looks Node's functions up by the name of the program that has them: a library of those names. */
function nodeLibrary(folder) {
  const exported = Object.values(definitions).map((file) => readFileSync(file, "utf8").split("\n").slice(2));
  writeFileSync(join(folder, "node.def"), ["NAME node.exe", "EXPORTS", ...exported.flat()].join("\n"));
  const [program, ...args] = zig("dlltool", "-m", "i386:x86-64", "-d", "node.def", "-l", "node.lib");
  const { status, stderr, error } = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`zig dlltool failed: ${error?.message ?? stderr}`);
  return join(folder, "node.lib");
}

function manifestOf(name, { os, cpu, libc }) {
  const { version, license, engines, repository } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  return {
    name: `@stiffnet/kernels-${name}`,
    version,
    description: `Native kernels of stiffnet for ${name}: @stiffnet/kernels loads them`,
    license,
    ...(repository && { repository }),
    os: [os],
    cpu: [cpu],
    ...(libc && { libc: [libc] }),
    engines,
    files: ["*.node"],
    publishConfig: { access: "public" },
  };
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in targets));
if (unknown.length > 0) {
  process.stderr.write(`target ${unknown.join(", ")}, expected some of ${Object.keys(targets).join(", ")}\n`);
  process.exit(2);
}
for (const [name, target] of Object.entries(targets)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const folder = join(root, "npm", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const link = target.os === "darwin" ? [] : ["-s"];
  if (target.os === "win32") link.push(nodeLibrary(folder));
  const command = zig("cc", "-target", target.zig, "-fno-sanitize=all");
  buildAddon({ command, flagsOf: "zig", link }, target, folder);
  for (const made of ["node.def", "node.lib"]) rmSync(join(folder, made), { force: true });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifestOf(name, target), null, 2)}\n`);
  copyFileSync(join(root, "..", "..", "LICENSE"), join(folder, "LICENSE"));
  const about = `# @stiffnet/kernels-${name}\n\nNative kernels, which \`@stiffnet/kernels\` installs and loads where they fit.\n`;
  writeFileSync(join(folder, "README.md"), about);
  console.log(name);
}
