// Makes a fresh clone usable with nothing but Node and npm: installs the dependencies with the pinned pnpm
// and builds every package. Skipped when no source has changed since it last succeeded.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const stamp = join(root, "node_modules", ".stiffnet-setup");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const minimum = [20, 19];
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < minimum[0] || (major === minimum[0] && minor < minimum[1])) {
  fail(`Node ${process.versions.node} is too old: stiffnet needs ${minimum.join(".")} or newer.`);
}

const digests = { install: digestOf(installInputs()), build: digestOf(sourceFiles()) };
const done = existsSync(stamp) ? JSON.parse(readFileSync(stamp, "utf8")) : {};
if (done.install === digests.install && done.build === digests.build) process.exit(0);

if (done.install !== digests.install) {
  say(`installing dependencies with ${manifest.packageManager} (about a minute the first time)`);
  run("npx", ["--yes", manifest.packageManager, "install", "--frozen-lockfile", "--reporter=append-only"]);
}
say("building all packages");
run(process.execPath, [
  join(root, "node_modules", "turbo", "bin", "turbo"),
  "run",
  "build",
  // The native addons of the kernels; no other task depends on them.
  "native",
  "--output-logs=errors-only",
]);
mkdirSync(dirname(stamp), { recursive: true });
writeFileSync(`${stamp}.tmp`, JSON.stringify(digests));
renameSync(`${stamp}.tmp`, stamp);
say("ready");

function installInputs() {
  const files = ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"];
  for (const group of ["packages", "apps"]) {
    for (const name of readdirSync(join(root, group))) files.push(`${group}/${name}/package.json`);
  }
  return files.filter((file) => existsSync(join(root, file)));
}

function sourceFiles() {
  const scripts = ["scripts/browser-files.mjs", "scripts/bundle.mjs"];
  const files = [...installInputs(), "tsconfig.base.json", ...scripts];
  const skipped = new Set(["node_modules", "dist", "generated", "native", "test", ".turbo"]);
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (skipped.has(entry.name)) continue;
      if (entry.isDirectory()) walk(`${folder}/${entry.name}`);
      else files.push(`${folder}/${entry.name}`);
    }
  };
  walk("packages");
  walk("apps");
  return files;
}

function digestOf(files) {
  const hash = createHash("sha256").update(
    `node ${process.versions.modules} ${process.platform} ${process.arch}\n`,
  );
  for (const file of [...files].sort()) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

function run(command, args) {
  // Output goes to stderr: stdout belongs to the command that called the set-up (it may print JSON).
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    // npx is a batch file there; node itself may stand in a folder with a space, which a shell would part.
    shell: process.platform === "win32" && command === "npx",
    // turbo asks for the pnpm that is among the dependencies.
    env: {
      ...process.env,
      PATH: `${join(root, "node_modules", ".bin")}${delimiter}${process.env.PATH}`,
      CI: "true",
      TURBO_TELEMETRY_DISABLED: "1",
      DO_NOT_TRACK: "1",
    },
  });
  if (status !== 0)
    fail(`'${command} ${args.join(" ")}' failed${error ? `: ${error.message}` : ` (exit ${status})`}.`);
}

function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
