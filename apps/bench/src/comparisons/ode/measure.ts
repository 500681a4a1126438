import type { Watch } from "@stiffnet/trials";
import type { Contestant, RunResult } from "./contestants.ts";
import type { PrecisionPoint } from "./precision.ts";
import { type EndState, errorAtEnd } from "./problems.ts";

/** A problem, and who solves it at which tolerances. */
export interface Job<Problem> {
  readonly problem: Problem;
  readonly rtols: readonly number[];
  readonly contestants: readonly Contestant<Problem>[];
}

interface MeasureOptions {
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
export async function measurePrecision<Problem extends EndState>(
  jobs: readonly Job<Problem>[],
  { rounds, secondsPerTurn: seconds, errors }: MeasureOptions,
  watch: Watch,
): Promise<PrecisionPoint[]> {
  const accurate = Math.min(...errors);
  const total =
    rounds * jobs.reduce((sum, { contestants, rtols }) => sum + rtols.length * contestants.length, 0);
  const points: PrecisionPoint[] = [];
  let done = 0;
  for (const { problem, rtols, contestants } of jobs) {
    const ended = new Set<Contestant<Problem>>();
    for (const rtol of [...rtols].sort((a, b) => b - a)) {
      const best = new Map<Contestant<Problem>, PrecisionPoint>();
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

async function pointOf<Problem extends EndState>(
  problem: Problem,
  contestant: Contestant<Problem>,
  rtol: number,
  seconds: number,
): Promise<PrecisionPoint> {
  const failed = (error: Error): RunResult => ({
    ok: false,
    reason: error.message,
    seconds: Number.NaN,
    evaluations: Number.NaN,
    y: [],
  });
  const { y, steps = null, ...run } = await contestant.run(problem, rtol, seconds).catch(failed);
  const error = run.ok ? errorAtEnd(problem, y) : Number.NaN;
  return { problem: problem.name, contestant: contestant.name, rtol, ...run, steps, error };
}
