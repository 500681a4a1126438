/* What is wrong with a value, to go behind its name in a message: "is -1, expected a positive number".
   Undefined where nothing is. */

export function faultUnless(fits: boolean, value: unknown, expected: string): string | undefined {
  return fits ? undefined : `is ${value}, expected ${expected}`;
}

export function wholeFault(
  value: unknown,
  least: number,
  most: number = Number.POSITIVE_INFINITY,
): string | undefined {
  const whole = typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
  const range = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  return faultUnless(whole, value, `a whole number ${range}`);
}

/** Finite and above 0. */
export function positiveFault(value: unknown): string | undefined {
  const positive = typeof value === "number" && value > 0 && Number.isFinite(value);
  return faultUnless(positive, value, "a positive number");
}

/** Finite and not below 0. */
export function nonNegativeFault(value: unknown): string | undefined {
  const fits = typeof value === "number" && value >= 0 && Number.isFinite(value);
  return faultUnless(fits, value, "a number of at least 0");
}

/** The first fault behind its field's name: "rate is -1, expected a positive number". */
export function firstFault(faults: Readonly<Record<string, string | undefined>>): string | undefined {
  for (const [field, fault] of Object.entries(faults)) if (fault !== undefined) return `${field} ${fault}`;
  return undefined;
}
