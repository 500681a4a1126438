// Compares the derivatives of defineTraced with differences of f and with hand-written ones: evaluations, and
// processor time over that of the hand-written Jacobian. They take turns in one process, and the fastest turn
// counts. The table of docs/guide/integrators.md:
//   node --expose-gc scripts/traced-derivatives.mjs [turns]

import { defineTraced } from "@stiffnet/autodiff";
import { bdf, radau, rodas5P, solve } from "@stiffnet/integrators";
import { brusselator, hires, pollu, rober } from "@stiffnet/integrators/problems";
import * as traced from "../../../packages/autodiff/test/traced-problems.mjs";

const turns = Number(process.argv[2] ?? 9);
const rtol = 1e-6;
const inLine = brusselator(500);
const cases = [
  ["ROBER", rober, traced.rober, rodas5P, rober.atolFor(rtol)],
  ["HIRES", hires, traced.hires, rodas5P, hires.atolFor(rtol)],
  ["POLLU", pollu, traced.pollu, rodas5P, pollu.atolFor(rtol)],
  ["POLLU, bdf", pollu, traced.pollu, bdf, pollu.atolFor(rtol)],
  ["POLLU, radau", pollu, traced.pollu, radau, pollu.atolFor(rtol)],
  ["Brusselator, 1,000", inLine, traced.brusselator(500), rodas5P, rtol],
];
/** A turn lasts at least so many microseconds: the clock of processor time may be coarse. */
const LEAST = 3e5;

function time(run) {
  globalThis.gc?.();
  const from = process.cpuUsage();
  let runs = 0;
  let used = 0;
  while (used < LEAST) {
    run();
    runs++;
    const { user, system } = process.cpuUsage(from);
    used = user + system;
  }
  return used / runs;
}

const short = (x) => (x >= 100 ? String(Math.round(x)) : String(Number(x.toPrecision(2))));
console.log(
  "| problem | ms to define | evaluations: differences, traced | time of a run: differences | traced |",
);
console.log("| --- | --- | --- | --- | --- |");
for (const [name, given, f, solver, atol] of cases) {
  const { y0, tSpan, autonomous } = given;
  const define = (compile) => {
    const problem = defineTraced({ y0, tSpan, f, compile });
    problem.f(tSpan[0], Float64Array.from(y0), new Float64Array(y0.length), new Float64Array(0));
    return problem;
  };
  const { band, sparsity } = given;
  const ways = {
    hand: given,
    differences: { f: given.f, y0, tSpan, autonomous, ...(band && { band }), ...(sparsity && { sparsity }) },
    compiled: define(true),
    interpreted: define(false),
  };
  const run = (way) => solve(ways[way], { solver, rtol, atol, keep: "end" });
  const names = Object.keys(ways);
  const evaluations = Object.fromEntries(names.map((way) => [way, run(way).stats.evaluations]));
  const least = Object.fromEntries(names.map((way) => [way, Number.POSITIVE_INFINITY]));
  for (let turn = 0; turn < turns; turn++) {
    for (const way of names)
      least[way] = Math.min(
        least[way],
        time(() => run(way)),
      );
  }
  const part = (way) => short(least[way] / least.hand);
  console.log(
    `| ${name} | ${short(time(() => define(true)) / 1000)} | ${evaluations.differences}, ${evaluations.compiled} | ` +
      `${part("differences")} | ${part("compiled")} (interpreted: ${part("interpreted")}) |`,
  );
}
