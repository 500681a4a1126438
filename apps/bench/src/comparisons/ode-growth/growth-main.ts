import { bdf, type OdeProblem, rkc, type Solver, solve } from "@stiffnet/integrators";
import { bestOf } from "../ode/contestants.ts";
import { answerLines } from "../peers/json-process.ts";
import type { GrowthFigures, GrowthMethod, GrowthTask } from "./measure.ts";
import { matrixFree, planes, sampled } from "./planes.ts";

// Solves one problem by one method, and tells what the process took.
const solvers: Readonly<Record<GrowthMethod, Solver>> = { sparse: bdf, krylov: bdf, rkc };

function figuresOf({ plane, side, method, rtol, seconds }: GrowthTask): GrowthFigures {
  const solver = solvers[method];
  const { tStops, problem } = planes[plane];
  const given = method === "krylov" ? matrixFree(plane, side) : problem(side);
  const best = bestOf(seconds, () => {
    const options = { solver, rtol, atol: rtol, keep: "end", tStops } as const;
    const { status, stats, yEnd } = solve(anew(given), options);
    const { steps, evaluations, factorisations } = stats;
    const ok = status === "finished";
    return { ok, reason: ok ? "" : status, steps, evaluations, factorisations, y: sampled(yEnd) };
  });
  // In KiB on every platform.
  return { ...best, peakMiB: process.resourceUsage().maxRSS / 1024 };
}

/** Plans are kept with a pattern: each run plans for itself, as a first one has to. */
function anew(problem: OdeProblem): OdeProblem {
  const { sparsity } = problem;
  return Array.isArray(sparsity) ? { ...problem, sparsity: sparsity.slice() } : problem;
}

await answerLines(figuresOf);
