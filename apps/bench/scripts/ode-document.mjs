// Writes docs/research/integrators/speed.md from runs of `stiffnet-bench ode` and `stiffnet-bench
// ode-growth`:
//   node scripts/ode-document.mjs --measure         runs `stiffnet-bench ode` (12 quiet minutes), then copies
//   node scripts/ode-document.mjs [results/ode] [results/ode-growth]   copies their results
//   node scripts/ode-document.mjs --words           writes the page again from the committed files
// This script computes every number of the page. It needs a build.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { pipeTable } from "@stiffnet/report";
import { odeTables, overScipy } from "../dist/comparisons/ode/experiment.js";
import { secondsAt } from "../dist/comparisons/ode/precision.js";
import { odeCases } from "../dist/comparisons/ode/problems.js";
import { growthTables } from "../dist/comparisons/ode-growth/experiment.js";
import { drawTogether } from "./panels.mjs";

const docs = fileURLToPath(new URL("../../../docs", import.meta.url));
const page = join(docs, "research", "integrators", "speed.md");
const kept = {
  ode: join(docs, "research", "integrators", "ode.json"),
  growth: join(docs, "research", "integrators", "growth.json"),
};
const read = (file) => JSON.parse(readFileSync(file, "utf8"));

const short = (x) => {
  if (!Number.isFinite(x)) return "-";
  return x >= 100 ? Math.round(x).toLocaleString("en") : String(Number(x.toPrecision(2)));
};
const power = (x) => x.toExponential(0);
const several = (words) =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
const range = (values) =>
  values.length === 0 ? "-" : `${short(Math.min(...values))} to ${short(Math.max(...values))}`;

/** The smallest ratio of the chosen peers in each comparison that has one. */
function against(rows, isPeer) {
  return rows.flatMap(({ problem, ratios }) => {
    const all = Object.keys(ratios).filter(isPeer);
    return all.length === 0 ? [] : [{ problem, ratio: Math.min(...all.map((name) => ratios[name])) }];
  });
}

/** Each problem once, with its ratios. */
function listed(some) {
  const problems = [...new Set(some.map(({ problem }) => problem))];
  return several(
    problems.map((problem) => {
      const own = some.filter((one) => one.problem === problem).map(({ ratio }) => ratio);
      return `${problem} (${own.length === 1 ? short(own[0]) : range(own)})`;
    }),
  );
}

function sentence(who, rows, isPeer, aim) {
  const all = against(rows, isPeer);
  if (all.length === 0) return `- ${who} did not take part.`;
  const lost = all.filter(({ ratio }) => ratio < 1);
  const behind = all.filter(({ ratio }) => ratio >= 1 && ratio < aim);
  const told = [
    `${who} takes ${range(all.map(({ ratio }) => ratio))} times the time of the fastest here, in ${all.length} comparisons.`,
    lost.length > 0 ? `**It is faster on ${listed(lost)}.**` : "It is faster on none.",
    ...(behind.length > 0 ? [`It takes less than ${aim} times as long on ${listed(behind)}.`] : []),
  ];
  return `- ${told.join(" ")}`;
}

/** Evaluations to an error, read off work-precision curves as times are. */
function evaluationsTable({ points, rows }) {
  const pairs = [
    ["bdf", "SciPy BDF"],
    ["dop853", "SciPy DOP853"],
  ];
  const at = (problem, contestant, error) =>
    secondsAt(
      points
        .filter((p) => p.problem === problem && p.contestant === contestant)
        .map((p) => ({ ...p, seconds: p.evaluations })),
      error,
    );
  const lines = pairs.flatMap(([own, peer]) =>
    rows.flatMap(({ problem, error }) => {
      const [mine, theirs] = [at(problem, own, error), at(problem, peer, error)];
      if (mine === undefined || theirs === undefined) return [];
      return [[problem, power(error), own, short(mine), peer, short(theirs), short(mine / theirs)]];
    }),
  );
  const header = ["problem", "error", "here", "evaluations", "there", "evaluations", "ratio"];
  return pipeTable({ header, rows: lines });
}

/** Cases grouped by what `tell` says, the largest group first: [told, names]. */
function alike(cases, tell) {
  const groups = new Map();
  for (const each of cases) groups.set(tell(each), [...(groups.get(tell(each)) ?? []), each.name]);
  return [...groups].sort((a, b) => b[1].length - a[1].length);
}

const casesOf = ({ config }) => odeCases.filter(({ name }) => config.problems.includes(name));

/** The least divisors of the error of a small component. */
function floors(ode) {
  const floored = casesOf(ode).filter(({ floor }) => floor > 0);
  return alike(floored, ({ floor }) => power(floor))
    .map(([floor, some]) => `- ${floor}: ${some.join(", ")}`)
    .join("\n");
}

/** The tolerances of the run, or else the problems' own. */
function tolerances(ode) {
  const told = ({ rtols }) => {
    const [first, ...rest] = (ode.config.rtol ?? rtols).map(power);
    return rest.length === 0 ? first : `${first} to ${rest.at(-1)}`;
  };
  const [[usual], ...others] = alike(casesOf(ode), told);
  const lines = others.map(([other, some]) => `- ${other}: ${some.join(", ")}`);
  return `The tolerances are ${usual}${lines.length > 0 ? `, except:\n\n${lines.join("\n")}\n` : "."}`;
}

/** The aim: SciPy takes so many times as long on every problem. */
const AIM = 1.5;

/** The error of the first table, and its most rows. */
const SHOWN = 1e-5;
const MOST_ROWS = 20;

/** The result in a sentence, and a row for each problem. */
function summary(ode) {
  const rows = ode.rows
    .filter(({ error, ratios }) => error === SHOWN && (ratios.CVODE ?? overScipy({ ratios })) !== undefined)
    .slice(0, MOST_ROWS);
  const peers = [
    ["SciPy's best method", overScipy],
    ["CVODE", ({ ratios }) => ratios.CVODE],
  ].flatMap(([name, ratioOf]) => {
    const all = rows.map(ratioOf).filter((ratio) => ratio !== undefined);
    return all.length === 0 ? [] : [`${name} takes ${range(all)} times as long.`];
  });
  const cell = (ratio) => (ratio === undefined ? "-" : short(ratio));
  const table = pipeTable({
    header: ["problem", "unknowns", "fastest here", "auto", "SciPy's best", "CVODE"],
    rows: rows.map((row) => [
      row.problem,
      String(row.unknowns),
      row.fastest,
      ...[row.ratios.auto, overScipy(row), row.ratios.CVODE].map(cell),
    ]),
  });
  return `**Compared with the fastest method here at an error of ${power(SHOWN)}: ${peers.join(" ")}**\n\n${table}`;
}

function document(ode, growth) {
  const scipy = (name) => name.startsWith("SciPy");
  const npm = (name) => name === "odex" || name === "ode45-cash-karp";
  const [time, memory] = growthTables(growth);
  const compilers = [...new Set(ode.points.filter((p) => p.compileSeconds > 0).map((p) => p.contestant))];
  const compiled = compilers.map((name) => {
    const all = ode.points.filter((p) => p.contestant === name && p.compileSeconds > 0);
    return `${name} ${range(all.map((p) => p.compileSeconds))} s`;
  });
  const autos = against(ode.rows, (name) => name === "auto");
  const slow = autos.filter(({ ratio }) => ratio > 2);
  return `# Integrators: speed

${summary(ode)}

Each number is a peer's processor time over that of the fastest method here. A dash means that the peer did not reach the error or
cannot solve the problem.

## How it was measured

In \`stiffnet-bench ode\` all solvers take turns in one run. There are ${ode.config.rounds} rounds of ${ode.config.secondsPerTurn} s, and the fastest counts. Read the
ratios as factors, not as digits. Times are read off work-precision curves at equal error of the final state. The error is the largest
relative error of a component. On these problems it divides by at least a fraction of the largest component:

${floors(ode)}

The right-hand sides of SciPy, CVODE and IDA are written in C, those of diffrax are compiled, and those here are JavaScript. IDA solves the
problems that have algebraic equations. \`odeint\` is LSODA without Python between its steps. All solvers know which Jacobians are banded.
The peers are ${several(ode.peers.map(({ name, version }) => `${name} ${version}`))}. Node is ${ode.versions.node ?? ""}, and the processor ${ode.machine.processor}.${ode.missing.length > 0 ? ` Missing: ${several(ode.missing.map(({ name }) => name))}.` : ""}

## Every comparison

${sentence("SciPy (its best method each time)", ode.rows, scipy, AIM)}
${sentence("CVODE or IDA", ode.rows, (name) => name === "CVODE", 1)}
${sentence("diffrax", ode.rows, (name) => name.startsWith("diffrax"), 2)}
${sentence("A solver of npm", ode.rows, npm, 1)}
- \`auto\`, the default, takes ${range(autos.map(({ ratio }) => ratio))} times the time of the best of its row.${slow.length > 0 ? ` It takes more than twice as long on ${slow.length} rows.` : ""}
${compiled.length > 0 ? `- Compiling is not in these times: ${several(compiled)} a problem.\n` : ""}
${pipeTable(odeTables(ode)[0])}

A dash means that the solver did not reach the error. A solver that gave up at a tolerance did not run at tighter ones.
${tolerances(ode)}
[Every run](ode.json).

## Evaluations

The table counts calls of the right-hand side to the same errors in the same run, including differences of Jacobians.
\`test/work.test.ts\` of the package allows at most 1.5 times SciPy's calls on five problems.

${evaluationsTable(ode)}

## A hundred thousand unknowns

\`stiffnet-bench ode-growth\` solves the heat equation and the Brusselator on a square at an error of ${growth.config.error}. Each run is its own process.
\`bdf, sparse\` has a sparse Jacobian, and CVODE solves the same systems by KLU with minimum degree. Both precondition GMRES by alternating directions.
\`rkc\` needs no matrix. The reference of the heat equation is its closed solution. The reference of the Brusselator is ${growth.missing === null ? "a run of CVODE" : "a run of bdf"} with a far smaller
tolerance.

![Time and memory against the number of unknowns](../../images/ode-growth.png)

Processor time as a multiple of the shortest of the row:

${pipeTable(time)}

Peak memory of a process, in MiB (Node itself takes about 50):

${pipeTable(memory)}

[Every run](growth.json).
`;
}

const bin = fileURLToPath(new URL("../bin/stiffnet-bench.js", import.meta.url));
const given = process.argv.slice(2).filter((each) => !each.startsWith("--"));
if (process.argv.includes("--measure")) {
  const { status } = spawnSync(process.execPath, [bin, "ode"], { stdio: "inherit" });
  if (status !== 0) process.exit(1);
}
if (!process.argv.includes("--words")) {
  const [ode = "results/ode", growth = "results/ode-growth"] = given;
  keep(ode, kept.ode);
  // Growth is measured apart, and seldom.
  if (existsSync(join(growth, "summary.json"))) {
    keep(growth, kept.growth);
    const planes = ["heat2d", "bruss2d"].filter((name) =>
      existsSync(join(growth, "figures", `time-${name}.svg`)),
    );
    const panels = ["time", "memory"].flatMap((figure) => planes.map((name) => `${figure}-${name}`));
    await drawTogether(growth, panels, planes.length, join(docs, "images", "ode-growth.png"));
  }
}
writeFileSync(page, document(read(kept.ode), read(kept.growth)));

/** Copies the summary of a folder of results, without the place of the folder on this machine. */
function keep(folder, to) {
  const text = readFileSync(join(folder, "summary.json"), "utf8");
  writeFileSync(to, text.replaceAll(resolve(folder), folder));
}
