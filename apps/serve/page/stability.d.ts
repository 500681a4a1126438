export function stabilityPolynomial(method: {
  readonly a: readonly (readonly number[])[];
  readonly b: readonly number[];
}): number[];
export function stepGrowth(coefficients: readonly number[], re: number, im: number): number;
export function stabilityBoundary(coefficients: readonly number[], pointsARound?: number): [number, number][];
export function polynomialText(coefficients: readonly number[]): string;
