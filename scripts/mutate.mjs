// Mutation tests of chosen files: changes one sign, comparison, number or order of arguments at a time, runs
// the tests that should notice, and puts the file back. A change that no test notices has survived.
//
//     npm run mutate                              all groups, 12 changes each
//     npm run mutate -- readers --count 40 --seed 2
//
// Not part of `npm test`: a run takes minutes, and changes sources while it lasts.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const compileKernels = ["packages/kernels/scripts/compile.mjs"];

const sourcesIn = (folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name}`);

/** `files` are changed. `tests` are files or flags. `slow` tests run for changes that `tests`
 *  do not notice. `build` must run after a change. */
const groups = {
  kernels: {
    files: [
      "packages/kernels/c/network/network.c",
      "packages/kernels/c/network/runge-kutta.c",
      "packages/kernels/c/network/implicit.c",
      "packages/kernels/c/network/lift-readout.c",
      "packages/kernels/c/network/adam.c",
    ],
    tests: ["engine", "neural-ode", "implicit"].map((name) => `packages/core/test/${name}`),
    build: compileKernels,
  },
  proxies: {
    files: [
      ...["proxies", "iteration", "spectra"].flatMap((name) => sourcesIn(`packages/stiffness/src/${name}`)),
      "packages/stiffness/src/sample-subset.ts",
      "packages/stiffness/src/penalty.ts",
    ],
    tests: ["packages/stiffness", "--exclude=**/{gradients,loss}.test.ts"],
    slow: ["gradients", "loss"].map((name) => `packages/stiffness/test/${name}`),
  },
  readers: {
    files: [
      "packages/tables/src/text/scanner.ts",
      "packages/tables/src/text/dialect.ts",
      "packages/tables/src/text/head.ts",
      "packages/tables/src/formats/npy.ts",
    ],
    tests: ["table.test", "text", "formats", "odd-cells", "malformed"].map(
      (name) => `packages/tables/test/${name}`,
    ),
  },
  numbers: {
    files: ["packages/tables/src/text/decimal.ts"],
    tests: ["packages/tables/test/decimal"],
  },
};

/** Patterns in code, and their replacements. */
const changes = [
  [/ \+ /g, " - "],
  [/ - /g, " + "],
  [/ \* /g, " / "],
  [/ < /g, " <= "],
  [/ <= /g, " < "],
  [/ > /g, " >= "],
  [/ >= /g, " > "],
  [/ === /g, " !== "],
  [/ !== /g, " === "],
  [/ == /g, " != "],
  [/ && /g, " || "],
  [/ \|\| /g, " && "],
  [/ \+= /g, " -= "],
  [/(?<=[ (])1(?=[;,) ])/g, "2"],
  [/(?<=[ (])0(?=[;,) ])/g, "1"],
  [/\btrue\b/g, "false"],
  [/\bfalse\b/g, "true"],
  // Swapped arguments.
  [/(?<=\w\()([a-z][\w.]*), ([a-z][\w.]*)(?=[,)])/g, "$2, $1"],
];

/** Changes that do not alter the results: part of the line, old text, new text, reason. */
const equivalent = [
  ["subtract_row(0, i, x, x[i], lu + i * n)", " >= ", " > ", "above row 0 there is no other"],
  ["close < 0", "0", "1", "a closing quote stands behind the opening one"],
  ["from; at < to; at++", " < ", " <= ", "what ends a cell is no point"],
  ["productError(first, power, back)", "first, power", "power, first", "a product has no order"],
];

/** The text with comments, texts and lines that only declare or import blanked, at the same places. */
function codeOf(text) {
  const blank = (found) => found.replace(/[^\n]/g, " ");
  return text
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, blank)
    .replace(/`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\\n])*"/g, blank)
    .replace(/^\s*(?:import|export type|export interface|type|interface|#)\b[^\n]*|^#[^\n]*/gm, blank);
}

function mutantsOf(file) {
  const text = readFileSync(join(root, file), "utf8");
  const code = codeOf(text);
  const lines = text.split("\n");
  const all = changes.flatMap(([pattern, by]) =>
    [...code.matchAll(pattern)].map((found) => {
      const to = by.startsWith("$") ? `${found[2]}, ${found[1]}` : by;
      const line = text.slice(0, found.index).split("\n").length;
      return { file, line, from: found[0], to, at: found.index, text };
    }),
  );
  const isNone = ({ line, from, to }) =>
    equivalent.some(([part, a, b]) => lines[line - 1].includes(part) && from === a && to === b);
  return all.filter((mutant) => !isNone(mutant));
}

/** The same numbers for the same seed, from 0 to 1 (Park and Miller). */
function randomFrom(seed) {
  let state = (seed * 48271) % 2147483647;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

function chosen(files, count, seed) {
  const all = files.flatMap(mutantsOf);
  const random = randomFrom(seed);
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return { all: all.length, some: all.slice(0, count) };
}

/** Ends a process and those that it has started: a test that does not end would go on for ever. */
function endAll({ pid }) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // None is left.
  }
}

let running;
let putBack = () => {};
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    putBack();
    if (running) endAll(running);
    process.exit(130);
  });
}

/** The exit code, null where the time was up. Not spawnSync, during which no signal arrives here. */
async function node(words, timeout) {
  const child = spawn(process.execPath, words, {
    cwd: root,
    stdio: "ignore",
    detached: true,
    env: { ...process.env, STIFFNET_KERNELS: "wasm", STIFFNET_SET_UP: "1" },
  });
  running = child;
  const timer = timeout && setTimeout(() => endAll(child), timeout);
  const [code] = await once(child, "exit");
  clearTimeout(timer);
  endAll(child);
  return code;
}

/** Whether the tests pass within so many milliseconds. A build that fails counts as noticed, and so do tests
 *  that do not end. */
async function passes({ tests, slow, build }, limit) {
  if (build && (await node(build, limit)) !== 0) return false;
  const words = ["node_modules/vitest/vitest.mjs", "run", "--bail=1", "--project", "packages"];
  for (const part of slow ? [tests, slow] : [tests]) {
    if ((await node([...words, ...part], limit)) !== 0) return false;
  }
  return true;
}

async function run(name, count, seed) {
  const group = groups[name];
  const { all, some } = chosen(group.files, count, seed);
  const begin = Date.now();
  if (!(await passes(group)))
    throw new Error(`mutate: the tests of ${name} fail as they are, expected them to pass`);
  // However busy the machine is, a change may slow the tests down this much and no more.
  const limit = 60_000 + 5 * (Date.now() - begin);
  const survivors = [];
  for (const mutant of some) {
    const { file, at, from, to, text, line } = mutant;
    const path = join(root, file);
    putBack = () => writeFileSync(path, text);
    try {
      writeFileSync(path, text.slice(0, at) + to + text.slice(at + from.length));
      if (await passes(group, limit)) survivors.push(`${file}:${line}: ${from.trim()} became ${to.trim()}`);
    } finally {
      putBack();
    }
  }
  if (group.build) await node(group.build);
  const killed = some.length - survivors.length;
  console.log(
    `${name}: ${killed} of ${some.length} changes noticed (${Math.round((100 * killed) / some.length)} %), drawn from ${all} with seed ${seed}`,
  );
  for (const survivor of survivors) console.log(`  survived: ${survivor}`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: "string", default: "12" }, seed: { type: "string", default: "1" } },
});
const unknown = positionals.find((name) => !Object.hasOwn(groups, name));
if (unknown !== undefined) {
  console.error(`mutate: group is '${unknown}', expected one of ${Object.keys(groups).join(", ")}`);
  process.exit(2);
}
for (const name of positionals.length > 0 ? positionals : Object.keys(groups)) {
  await run(name, Number(values.count), Number(values.seed));
}
