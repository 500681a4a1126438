import { bdf, oneStepSolvers, rkc, solve } from "@stiffnet/integrators";
import { solverOf } from "../../solvers.ts";
import { type OdeCase, ofIndexOne } from "./problems.ts";

/** One run, or the best of several. */
export interface RunResult {
  readonly ok: boolean;
  /** Why not; empty where `ok`. */
  readonly reason: string;
  /** Processor time: what else the machine does at the moment is not in it. */
  readonly seconds: number;
  readonly evaluations: number;
  /** Accepted steps, where they are told. */
  readonly steps?: number;
  readonly y: ArrayLike<number>;
  /** Seconds of compiling, if the contestant compiles; they are not in `seconds`. */
  readonly compileSeconds?: number;
}

/** A peer that there is, or why there is none. */
export type Started<Problem = OdeCase> =
  | { readonly version: string; readonly contestants: readonly Contestant<Problem>[]; stop?(): void }
  | { readonly reason: string };

/** Somebody who solves the problems. */
export interface Contestant<Problem = OdeCase> {
  readonly name: string;
  /** Which problems it can be asked; all if not given. */
  readonly takes?: (problem: Problem) => boolean;
  /** The best of at least one run and of as many as begin within `seconds`. */
  run(problem: Problem, rtol: number, seconds: number): Promise<RunResult>;
}

export const odeSolvers: readonly string[] = [
  // Methods of order 1 and 2 are never the fastest.
  ...oneStepSolvers.filter(({ embeddedOrder }) => (embeddedOrder ?? 0) >= 2).map(({ name }) => name),
  bdf.name,
  rkc.name,
  "auto",
];

/** The solvers that suit each kind of problem. */
export function usualSolvers({ stiff, problem, unknowns, diffusive }: OdeCase): string[] {
  return odeSolvers.filter((name) => {
    const solver = solverOf(name);
    if (!ofIndexOne(problem)) return name === "radau";
    if (problem.mass !== undefined) return takesMass.includes(name);
    if (name === rkc.name) return diffusive === true;
    if (unknowns > LARGE && tooSlow.includes(name)) return false;
    return solver.kind === "switching" || (solver.kind === "explicit") === !stiff;
  });
}

const takesMass = ["rodas3", "rodas5P", "radau", "bdf"];

/** With so many unknowns or more, only suitable solvers take part. */
export const LARGE = 1000;
const tooSlow = ["rodas3", "esdirk43", "kvaerno54", "radau"];

/** Explicit methods on stiff problems are ended here. */
const maxSteps = 100_000;

export function ownContestant(name: string): Contestant {
  const solver = solverOf(name);
  return {
    name,
    async run({ problem, atolFor, tStops = [] }, rtol, seconds) {
      const atol = atolFor(rtol);
      const options = { solver, rtol, atol, keep: "end", maxSteps, tStops } as const;
      return bestOf(seconds, () => {
        const { status, stats, yEnd } = solve(problem, options);
        const { evaluations, steps } = stats;
        const ok = status === "finished";
        return { ok, reason: ok ? "" : status, evaluations, steps, y: yEnd };
      });
    },
  };
}

/** The clock of the processor counts microseconds: shorter runs are timed several at once. */
const SHORTEST = 1e-3;

/** Repeats a run as long as it begins within `seconds`, and returns the shortest processor time. A failed run
 *  is not repeated. */
export function bestOf<Result extends Omit<RunResult, "seconds">>(
  seconds: number,
  once: () => Result,
): Result & Pick<RunResult, "seconds"> {
  let best = Number.POSITIVE_INFINITY;
  let runs = 1;
  const began = processorSeconds();
  for (;;) {
    const start = processorSeconds();
    let result = once();
    for (let run = 1; run < runs && result.ok; run++) result = once();
    const end = processorSeconds();
    const each = (end - start) / runs;
    if (!result.ok || end - began >= seconds) return { ...result, seconds: Math.min(best, each) };
    if (end - start < SHORTEST) runs *= 2;
    else best = Math.min(best, each);
  }
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
