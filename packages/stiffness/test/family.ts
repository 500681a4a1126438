import {
  type DifferentiableProxy,
  eigenRatio,
  frobenius,
  largestSingularValue,
  logarithm,
  logarithmicNorm,
  singularRatio,
  spectralRadius,
  squared,
} from "../src/index.ts";
import { frobenius64, gelfand64, logarithmic64, radius64, sigma64, square64, type Value } from "./float64.ts";

export interface Member {
  proxy: DifferentiableProxy;
  /** The same in float64. */
  value: Value;
  /** Name among PyTorch's reference values. */
  reference: string;
  square: boolean;
  /** The kind of value decides at which matrices it has no derivative. */
  kind: "frobenius" | "sigma" | "logarithmic" | "radius" | "gelfand";
  /** Evaluations from its own vectors until an iteration has converged. */
  visits: number;
  /** Relative errors of values and gradients: float32, times what the method adds. */
  error: { value: number; gradient: number };
}

const plain: Omit<Member, "square">[] = [
  {
    proxy: frobenius(),
    value: frobenius64,
    reference: "frobenius",
    kind: "frobenius",
    visits: 1,
    error: { value: 1e-7, gradient: 1e-6 },
  },
  {
    proxy: largestSingularValue({ tolerance: 1e-6, most: 31 }),
    value: sigma64,
    reference: "largestSingularValue",
    kind: "sigma",
    visits: 4,
    error: { value: 1e-6, gradient: 2e-5 },
  },
  {
    proxy: logarithmicNorm({ tolerance: 1e-6, most: 31 }),
    value: logarithmic64,
    reference: "logarithmicNorm",
    kind: "logarithmic",
    visits: 8,
    error: { value: 1e-6, gradient: 2e-5 },
  },
  {
    proxy: spectralRadius({ method: "power", tolerance: 2e-6, most: 3000 }),
    value: radius64,
    reference: "spectralRadius",
    kind: "radius",
    visits: 1,
    // Float32 vectors times the eigenvalue's condition.
    error: { value: 2e-5, gradient: 5e-4 },
  },
  {
    proxy: spectralRadius({ method: "dense" }),
    value: radius64,
    reference: "spectralRadius",
    kind: "radius",
    visits: 1,
    // Float32 values, slopes and sums.
    error: { value: 1e-7, gradient: 2e-6 },
  },
  {
    proxy: spectralRadius({ fewest: 31, most: 31 }),
    value: radius64,
    reference: "spectralRadius",
    kind: "radius",
    visits: 20,
    // Its gradient is smoother than the derivative of |l_1|. arnoldi.test.ts checks it.
    error: { value: 2e-5, gradient: Number.POSITIVE_INFINITY },
  },
  {
    proxy: spectralRadius({ method: "gelfand" }),
    value: gelfand64,
    reference: "gelfand",
    kind: "gelfand",
    visits: 1,
    // Cancellation in the powers of ill-conditioned matrices.
    error: { value: 2e-6, gradient: 2e-3 },
  },
];

/** Every differentiable proxy and its square. */
export const family: readonly Member[] = plain.flatMap((member) => [
  { ...member, square: false },
  {
    ...member,
    proxy: squared(member.proxy),
    value: square64(member.value),
    error: { value: 2 * member.error.value, gradient: member.error.gradient },
    square: true,
  },
]);

/** The ratios, which no unit of J scales: ratios.test.ts has what holds of them. */
export const ratios: readonly DifferentiableProxy[] = [logarithm(eigenRatio()), logarithm(singularRatio())];
