import type { System } from "../system.ts";

/** A time this close counts as the time of a jump, because fixed steps add up to it. */
const near = (t: number, jump: number): boolean => Math.abs(t - jump) <= 8 * Number.EPSILON * Math.abs(jump);

/** How many of the jumps, in the direction of integration, are at t or before it. */
function countUpTo(jumps: Float64Array, t: number, direction: number): number {
  let low = 0;
  let high = jumps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const jump = jumps[middle]!;
    if (near(t, jump) || (jump - t) * direction < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function isJump(jumps: Float64Array, t: number, direction: number): boolean {
  const count = countUpTo(jumps, t, direction);
  return count > 0 && near(t, jumps[count - 1]!);
}

/** The double after t in a direction, or the one after that. */
function beyond(t: number, direction: number): number {
  return t === 0 ? direction * 2 ** -1022 : t + direction * Math.abs(t) * Number.EPSILON;
}

/** A step from t evaluates nothing outside of the jumps that it lies between, not even where a stage lies
 *  behind its end. */
export function confine(system: System, jumps: Float64Array, t: number, direction: number): void {
  if (jumps.length === 0) return;
  const side = direction < 0 ? -1 : 1;
  const count = countUpTo(jumps, t, side);
  const first = count === 0 ? -side * Number.POSITIVE_INFINITY : beyond(jumps[count - 1]!, side);
  const last = count === jumps.length ? side * Number.POSITIVE_INFINITY : beyond(jumps[count]!, -side);
  system.confine(Math.min(first, last), Math.max(first, last));
}
