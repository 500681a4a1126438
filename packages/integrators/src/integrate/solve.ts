import type { OdeProblem } from "../problem.ts";
import { RecordedRun } from "./recorded-run.ts";
import type { Solution } from "./solution.ts";
import type { SolveOptions } from "./solve-options.ts";
import type { Status } from "./status.ts";

/** Integrates an initial value problem. Misuse throws `IntegratorError`; numerical failure is the solution's
 *  `status`. */
export function solve(problem: OdeProblem, options: SolveOptions = {}): Solution {
  const run = new RecordedRun(problem, options);
  let status: Status | undefined;
  while (status === undefined) status = run.step();
  return run.solution(status);
}

/** Milliseconds between the breaks of `solveAsync`. */
const SLICE = 12;

/** `solve` in slices of some milliseconds, between which timers, input and an aborted `signal` have their
 *  turn: for pages and servers that stay responsive. The breaks are between steps. For steps that take
 *  seconds (large factorisations) give `maxSeconds`, which ends a step inside. The same bits as `solve`. */
export async function solveAsync(problem: OdeProblem, options: SolveOptions = {}): Promise<Solution> {
  const run = new RecordedRun(problem, options);
  let status: Status | undefined;
  let since = Date.now();
  while (status === undefined) {
    status = run.step();
    if (status !== undefined || Date.now() - since < SLICE) continue;
    await breathe();
    since = Date.now();
  }
  return run.solution(status);
}

/** A turn of the event loop, in every environment that has timers. */
function breathe(): Promise<void> {
  const { setTimeout } = globalThis as unknown as { setTimeout(f: () => void, ms: number): unknown };
  return new Promise((resolve) => setTimeout(resolve, 0));
}
