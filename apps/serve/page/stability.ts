// One step of the network's own solver multiplies y' = lambda y by R(alpha lambda). This file computes R. No
// DOM, no requests.

/** An explicit Runge-Kutta method. */
interface Method {
  readonly a: readonly (readonly number[])[];
  readonly b: readonly number[];
}

/** The coefficients of R(z) = 1 + z b^T (I - z A)^-1 1, a polynomial for an explicit method: 1, then b^T A^k
 *  1. */
export function stabilityPolynomial({ a, b }: Method): number[] {
  const coefficients = [1];
  let stages = b.map(() => 1);
  for (let k = 0; k < b.length; k++) {
    coefficients.push(b.reduce((sum, weight, i) => sum + weight * stages[i]!, 0));
    stages = a.map((row) => row.reduce((sum, weight, j) => sum + weight * stages[j]!, 0));
  }
  return coefficients;
}

type Four = [number, number, number, number];

/** R and dR/dz at re + i im, by Horner's rule: [re, im, re, im]. */
function evaluatePolynomial(coefficients: readonly number[], re: number, im: number): Four {
  let [r, i, slopeR, slopeI]: Four = [0, 0, 0, 0];
  for (const coefficient of coefficients.toReversed()) {
    [slopeR, slopeI] = [slopeR * re - slopeI * im + r, slopeR * im + slopeI * re + i];
    [r, i] = [r * re - i * im + coefficient, r * im + i * re];
  }
  return [r, i, slopeR, slopeI];
}

/** |R(z)|: a step is stable where it is at most 1. */
export function stepGrowth(coefficients: readonly number[], re: number, im: number): number {
  const [r, i] = evaluatePolynomial(coefficients, re, im);
  return Math.hypot(r, i);
}

/** The edge |R(z)| = 1 of the region that touches 0, as points [re, im] from 0 to 0: R(z) = exp(i t) is
 *  followed by Newton's method from R(0) = 1, until R has gone round the unit circle once for each of its
 *  zeros, which all lie in that region for the methods that a file can hold. */
export function stabilityBoundary(coefficients: readonly number[], pointsARound = 180): [number, number][] {
  const points: [number, number][] = [[0, 0]];
  let [re, im] = [0, 0];
  for (let k = 1; k <= (coefficients.length - 1) * pointsARound; k++) {
    const angle = (2 * Math.PI * k) / pointsARound;
    for (let iteration = 0; iteration < 8; iteration++) {
      const [r, i, slopeR, slopeI] = evaluatePolynomial(coefficients, re, im);
      const [errorR, errorI] = [r - Math.cos(angle), i - Math.sin(angle)];
      const square = slopeR ** 2 + slopeI ** 2;
      re -= (errorR * slopeR + errorI * slopeI) / square;
      im -= (errorI * slopeR - errorR * slopeI) / square;
      if (Math.hypot(errorR, errorI) < 1e-14) break;
    }
    points.push([re, im]);
  }
  return points;
}

/** "1 + z + z²/2". */
export function polynomialText(coefficients: readonly number[]): string {
  const powers = ["", "", "²", "³", "⁴"];
  const terms = coefficients.slice(1).map((coefficient, k) => {
    const divisor = Math.round(1 / coefficient);
    return `z${powers[k + 1]}${divisor === 1 ? "" : `/${divisor}`}`;
  });
  return ["1", ...terms].join(" + ");
}
