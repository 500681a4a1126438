/** The zero of a function in (near, far] to the rounding of t, from values of opposite signs: regula falsi
 *  with Illinois weights, every third step a bisection. The result lies on the far side of the zero. */
export function findZero(
  value: (t: number) => number,
  from: number,
  to: number,
  before: number,
  after: number,
): number {
  let near = from;
  let nearValue = before;
  let far = to;
  let farValue = after;
  let side = 0;
  const rounding = 2 * Number.EPSILON * Math.max(Math.abs(near), Math.abs(far));
  for (let k = 1; k < 200 && Math.abs(far - near) > rounding; k++) {
    let t = k % 3 === 0 ? (near + far) / 2 : far - (farValue * (far - near)) / (farValue - nearValue);
    if (!((t - near) * (far - t) > 0)) t = (near + far) / 2;
    const here = value(t);
    if (here === 0) return t;
    if (here > 0 === before > 0) {
      near = t;
      nearValue = here;
      if (side === 1) farValue /= 2;
      side = 1;
    } else {
      far = t;
      farValue = here;
      if (side === -1) nearValue /= 2;
      side = -1;
    }
  }
  return far;
}
