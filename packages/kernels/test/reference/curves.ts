import type { ActivationName } from "../../src/index.ts";

/** s, s' and s'' in float64, from the formulas, for references in tests. */
export interface Curve {
  value(z: number): number;
  slope(z: number): number;
  curvature(z: number): number;
}

/** Phi(z) by Marsaglia's series of positive terms: an absolute error of a few roundings of 1. */
function normal(z: number): number {
  if (Math.abs(z) > 9) return z > 0 ? 1 : 0;
  let [sum, term] = [0, z];
  for (let k = 3; sum + term !== sum; k += 2) {
    sum += term;
    term *= (z * z) / k;
  }
  return 0.5 + sum * density(z);
}
const density = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

export const curves: Readonly<Record<ActivationName, Curve>> = {
  tanh: {
    value: Math.tanh,
    slope: (z) => 1 - Math.tanh(z) ** 2,
    curvature: (z) => -2 * Math.tanh(z) * (1 - Math.tanh(z) ** 2),
  },
  relu: { value: (z) => Math.max(z, 0), slope: (z) => (z > 0 ? 1 : 0), curvature: () => 0 },
  softplus: {
    value: (z) => Math.log1p(Math.exp(z)),
    slope: sigmoid,
    curvature: (z) => sigmoid(z) * (1 - sigmoid(z)),
  },
  sin: { value: Math.sin, slope: Math.cos, curvature: (z) => -Math.sin(z) },
  identity: { value: (z) => z, slope: () => 1, curvature: () => 0 },
  gelu: {
    value: (z) => z * normal(z),
    slope: (z) => normal(z) + z * density(z),
    curvature: (z) => density(z) * (2 - z * z),
  },
  silu: {
    value: (z) => z * sigmoid(z),
    slope: (z) => sigmoid(z) * (1 + z * sigmoid(-z)),
    curvature: (z) => sigmoid(z) * sigmoid(-z) * (2 + z * (1 - 2 * sigmoid(z))),
  },
};
