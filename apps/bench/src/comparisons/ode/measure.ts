import type { Watch } from "@stiffnet/trials";
import { type Contestant, ownContestant, type RunResult, usualSolvers } from "./contestants.ts";
import type { PrecisionPoint } from "./precision.ts";
import { errorAtEnd, type OdeCase } from "./problems.ts";

interface MeasureOptions {
  /** Undefined: those that suit each problem. */
  readonly solvers: readonly string[] | undefined;
  /** Undefined: each problem's own. */
  readonly rtol: readonly number[] | undefined;
  readonly rounds: number;
  readonly secondsPerTurn: number;
  /** Times are compared at these errors. */
  readonly errors: readonly number[];
}

/** A run of so many turns is not repeated: what disturbs it has evened out. */
const LONG = 20;

/** At every tolerance all contestants take turns, for several rounds: what slows the machine down for a while
 *  slows all. A contestant that gives up at a tolerance is not asked again. A contestant that has reached the
 *  smallest compared error is not asked at tighter tolerances. */
export async function measurePrecision(
  cases: readonly OdeCase[],
  peers: readonly Contestant[],
  options: MeasureOptions,
  watch: Watch,
): Promise<PrecisionPoint[]> {
  const { rounds, secondsPerTurn: seconds } = options;
  const accurate = Math.min(...options.errors);
  const jobs = cases.map((problem) => ({
    problem,
    rtols: [...(options.rtol ?? problem.rtols)].sort((a, b) => b - a),
    contestants: [
      ...(options.solvers ?? usualSolvers(problem)).map(ownContestant),
      ...peers.filter(({ takes }) => takes?.(problem) ?? true),
    ],
  }));
  const total =
    rounds * jobs.reduce((sum, { contestants, rtols }) => sum + rtols.length * contestants.length, 0);
  const points: PrecisionPoint[] = [];
  let done = 0;
  for (const { problem, rtols, contestants } of jobs) {
    const ended = new Set<Contestant>();
    for (const rtol of rtols) {
      const best = new Map<Contestant, PrecisionPoint>();
      for (let round = 0; round < rounds; round++) {
        for (const contestant of contestants) {
          if (await watch.interrupted()) return points;
          watch.progress({ done: done++, total, details: [problem.name, `tolerance ${rtol}`] });
          const before = best.get(contestant);
          if (ended.has(contestant) || (before && before.seconds > LONG * seconds)) continue;
          const point = await pointOf(problem, contestant, rtol, seconds);
          if (!point.ok) ended.add(contestant);
          if (before === undefined || point.seconds < before.seconds) best.set(contestant, point);
        }
      }
      points.push(...best.values());
      for (const [contestant, { error }] of best) if (error <= accurate) ended.add(contestant);
    }
  }
  return points;
}

async function pointOf(
  problem: OdeCase,
  contestant: Contestant,
  rtol: number,
  seconds: number,
): Promise<PrecisionPoint> {
  const failed = (error: Error): Partial<RunResult> => ({ reason: error.message });
  const run = await contestant.run(problem, rtol, seconds).catch(failed);
  const { ok = false, reason = "", steps = null, compileSeconds } = run;
  return {
    ...{ problem: problem.name, contestant: contestant.name, rtol, ok, reason, steps },
    seconds: run.seconds ?? Number.NaN,
    error: ok ? errorAtEnd(problem, run.y!) : Number.NaN,
    evaluations: run.evaluations ?? Number.NaN,
    ...(compileSeconds !== undefined && { compileSeconds }),
  };
}
