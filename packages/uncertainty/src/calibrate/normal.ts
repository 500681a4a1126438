import erfcinv from "@stdlib/math-base-special-erfcinv";

/** The standard normal's value at a share u in (0, 1), in plain arithmetic: the same on every machine. */
export const normalQuantile = (u: number): number => -Math.SQRT2 * erfcinv(2 * u);
