import type { Watch } from "../run-experiment.ts";
import { type Contestant, ownContestant, usualSolvers } from "./contestants.ts";
import type { PrecisionPoint } from "./precision.ts";
import { errorAtEnd, type OdeCase } from "./problems.ts";

export interface OdeMeasureOptions {
  /** Undefined: those that suit each problem. */
  readonly solvers: readonly string[] | undefined;
  readonly rtols: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
}

/** At every tolerance all contestants take turns, for several rounds: what slows the machine down for a while
 *  slows all. Who gives up at a tolerance is not asked at tighter ones, nor again. */
export async function measurePrecision(
  cases: readonly OdeCase[],
  peers: readonly Contestant[],
  options: OdeMeasureOptions,
  watch: Watch,
): Promise<PrecisionPoint[]> {
  const { rounds, seconds } = options;
  const rtols = [...options.rtols].sort((a, b) => b - a);
  const jobs = cases.map((problem) => ({
    problem,
    contestants: [
      ...(options.solvers ?? usualSolvers(problem)).map(ownContestant),
      ...peers.filter(({ takes }) => takes?.(problem) ?? true),
    ],
  }));
  const total = rtols.length * rounds * jobs.reduce((sum, { contestants }) => sum + contestants.length, 0);
  const points: PrecisionPoint[] = [];
  let done = 0;
  for (const { problem, contestants } of jobs) {
    const gaveUp = new Set<Contestant>();
    for (const rtol of rtols) {
      const best = new Map<Contestant, PrecisionPoint>();
      for (let round = 0; round < rounds; round++) {
        for (const contestant of contestants) {
          if (await watch.interrupted()) return points;
          watch.progress({ done: done++, total, details: [problem.name, `tolerance ${rtol}`] });
          if (gaveUp.has(contestant)) continue;
          const point = await pointOf(problem, contestant, rtol, seconds);
          if (!point.ok) gaveUp.add(contestant);
          const before = best.get(contestant);
          if (before === undefined || point.seconds < before.seconds) best.set(contestant, point);
        }
      }
      points.push(...best.values());
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
  const common = { problem: problem.name, contestant: contestant.name, rtol };
  try {
    const run = await contestant.run(problem, rtol, seconds);
    return {
      ...common,
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
    return { ...common, ok: false, reason, seconds: NaN, error: NaN, evaluations: NaN, steps: null };
  }
}
