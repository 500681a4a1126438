import type { ActivationName } from "../../src/index.ts";

/** s, s' and s'' in float64, from the formulas, for references in tests. */
export interface Curve {
  value(z: number): number;
  slope(z: number): number;
  curvature(z: number): number;
}

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
};
