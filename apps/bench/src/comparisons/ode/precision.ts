import type { RunResult } from "./contestants.ts";

/** A contestant at one tolerance: its best run over all turns. */
export interface PrecisionPoint extends Omit<RunResult, "y" | "steps"> {
  readonly problem: string;
  readonly contestant: string;
  readonly rtol: number;
  readonly steps: number | null;
  /** Largest relative error of a component at the end. */
  readonly error: number;
}

/** Results of this library, without times and memory. */
export function ownWork({ points, own }: Pick<OdeResult, "points" | "own">): unknown[] {
  return points
    .filter(({ contestant }) => own.includes(contestant))
    .map((p) => [p.problem, p.contestant, p.rtol, p.steps, p.evaluations]);
}

/** Runs that no other of the same contestant beats in time and error both, the most accurate first. */
export function frontOf(points: readonly PrecisionPoint[]): PrecisionPoint[] {
  const usable = points.filter((p) => p.ok && p.error > 0 && p.seconds > 0);
  return usable
    .filter(
      (p, k) =>
        !usable.some(
          (q, j) =>
            q.error <= p.error &&
            q.seconds <= p.seconds &&
            (q.error < p.error || q.seconds < p.seconds || j < k),
        ),
    )
    .sort((a, b) => a.error - b.error);
}

/** Seconds to reach this error, read off the work-precision curve by linear interpolation of logarithms. If
 *  all runs are more accurate, the time of the fastest run. Undefined where none is accurate enough. */
export function secondsAt(points: readonly PrecisionPoint[], error: number): number | undefined {
  const front = frontOf(points);
  if (front.length === 0 || front[0]!.error > error) return undefined;
  const next = front.findIndex((p) => p.error > error);
  if (next < 0) return front.at(-1)!.seconds;
  const [a, b] = [front[next - 1]!, front[next]!];
  const share = Math.log(error / a.error) / Math.log(b.error / a.error);
  return a.seconds * (b.seconds / a.seconds) ** share;
}

/** One problem at one error: who is fastest here, and the others' time as a multiple. */
export interface PrecisionRow {
  readonly problem: string;
  readonly unknowns: number;
  readonly error: number;
  readonly fastest: string;
  /** Time over that of the fastest here, of `auto` and of every peer that gets there. */
  readonly ratios: Readonly<Record<string, number>>;
}

export function comparePrecision(
  points: readonly PrecisionPoint[],
  cases: readonly { readonly name: string; readonly unknowns: number }[],
  own: readonly string[],
  others: readonly string[],
  errors: readonly number[],
): PrecisionRow[] {
  return cases.flatMap(({ name: problem, unknowns }) =>
    errors.flatMap((error): PrecisionRow[] => {
      const timeOf = (contestant: string): number | undefined =>
        secondsAt(
          points.filter((p) => p.problem === problem && p.contestant === contestant),
          error,
        );
      const timed = (names: readonly string[]): [string, number][] =>
        names.flatMap((name) => {
          const seconds = timeOf(name);
          return seconds === undefined ? [] : [[name, seconds] as [string, number]];
        });
      const mine = timed(own).sort((a, b) => a[1] - b[1]);
      if (mine.length === 0) return [];
      const [fastest, seconds] = mine[0]!;
      const ratios = timed(["auto", ...others]).map(([name, t]) => [name, t / seconds] as const);
      return [{ problem, unknowns, error, fastest, ratios: Object.fromEntries(ratios) }];
    }),
  );
}

export interface OdeResult {
  readonly peers: readonly { readonly name: string; readonly version: string }[];
  readonly missing: readonly { readonly name: string; readonly reason: string }[];
  /** Solvers of this library that took part. */
  readonly own: readonly string[];
  readonly points: readonly PrecisionPoint[];
  readonly rows: readonly PrecisionRow[];
}
