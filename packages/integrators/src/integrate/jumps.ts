import type { System } from "../system.ts";

/** Where a time counts as that of a jump: fixed steps come to it by sums. */
const near = (t: number, jump: number): boolean => Math.abs(t - jump) <= 8 * Number.EPSILON * Math.abs(jump);

/** The jump at t among times in the direction of integration, if there is one. */
export function jumpAt(jumps: Float64Array, t: number, direction: number): number | undefined {
  let low = 0;
  let high = jumps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const jump = jumps[middle]!;
    if (near(t, jump)) return jump;
    if ((jump - t) * direction < 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

/** The double after t in a direction, or the one after that. */
function beyond(t: number, direction: number): number {
  return t === 0 ? direction * 2 ** -1022 : t + direction * Math.abs(t) * Number.EPSILON;
}

/** What a step from t to tNew evaluates belongs to its own side of the jumps that it begins and ends at.
 *  @param direction of integration: tNew may be t, where a run begins */
export function confine(
  system: System,
  jumps: Float64Array,
  t: number,
  tNew: number,
  direction: number,
): void {
  if (jumps.length === 0) return;
  const side = direction < 0 ? -1 : 1;
  const from = jumpAt(jumps, t, direction);
  const to = tNew === t ? undefined : jumpAt(jumps, tNew, direction);
  const first = from === undefined ? -side * Number.POSITIVE_INFINITY : beyond(from, side);
  const last = to === undefined ? side * Number.POSITIVE_INFINITY : beyond(to, -side);
  system.confine(Math.min(first, last), Math.max(first, last));
}
