/** What is wrong with `value` as a whole number from `least` to `most`, to go behind its name in a message; undefined where
 *  nothing is. */
export function wholeFault(
  value: unknown,
  least: number,
  most: number = Number.POSITIVE_INFINITY,
): string | undefined {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most)
    return undefined;
  const range = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  return `is ${value}, expected a whole number ${range}`;
}
