import type { Watch } from "@stiffnet/trials";
import { type Contestant, ownContestant, usualSolvers } from "./contestants.ts";
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
/** Nor is a peer asked further that took so many times the time of the fastest, in a run as long as that.
 *  (What is computed here does not depend on a clock.) */
const FAR_BEHIND = 20;

/** At every tolerance all contestants take turns, for several rounds: what slows the machine down for a while
 *  slows all. A contestant that gives up at a tolerance is not asked again, nor is a peer that falls far
 *  behind. A contestant that has reached the smallest compared error is not asked at tighter tolerances. */
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
    const behind = new Map<Contestant, string>();
    for (const rtol of rtols) {
      const best = new Map<Contestant, PrecisionPoint>();
      for (let round = 0; round < rounds; round++) {
        for (const contestant of contestants) {
          if (await watch.interrupted()) return points;
          watch.progress({ done: done++, total, details: [problem.name, `tolerance ${rtol}`] });
          const before = best.get(contestant);
          if (ended.has(contestant) || (before && before.seconds > LONG * seconds)) continue;
          const late = behind.get(contestant);
          const point = late
            ? failedPoint(problem, contestant, rtol, late)
            : await pointOf(problem, contestant, rtol, seconds);
          if (!point.ok) ended.add(contestant);
          if (before === undefined || point.seconds < before.seconds) best.set(contestant, point);
        }
      }
      points.push(...best.values());
      const shortest = Math.min(...[...best.values()].flatMap((point) => (point.ok ? point.seconds : [])));
      for (const [contestant, point] of best) {
        const times = point.seconds / shortest;
        if (point.error <= accurate) ended.add(contestant);
        else if (peers.includes(contestant) && point.seconds > LONG * seconds && times > FAR_BEHIND)
          behind.set(contestant, `took ${Math.round(times)} times the shortest time at ${point.rtol}`);
      }
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
  try {
    const run = await contestant.run(problem, rtol, seconds);
    return {
      ...{ problem: problem.name, contestant: contestant.name, rtol },
      ok: run.ok,
      reason: run.reason,
      seconds: run.seconds ?? Number.NaN,
      error: run.ok ? errorAtEnd(problem, run.y) : Number.NaN,
      evaluations: run.evaluations ?? Number.NaN,
      steps: run.steps ?? null,
      ...(run.compileSeconds !== undefined && { compileSeconds: run.compileSeconds }),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failedPoint(problem, contestant, rtol, reason);
  }
}

function failedPoint(
  { name: problem }: OdeCase,
  { name: contestant }: Contestant,
  rtol: number,
  reason: string,
): PrecisionPoint {
  const nothing = { seconds: Number.NaN, error: Number.NaN, evaluations: Number.NaN, steps: null };
  return { problem, contestant, rtol, ok: false, reason, ...nothing };
}
