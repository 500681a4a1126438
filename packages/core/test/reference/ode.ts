import { curves } from "../../../kernels/test/reference/curves.ts";
import {
  layoutOf,
  type ModelConfig,
  type NeuralOdeConfig,
  type StepSolver,
  stateWidth,
} from "../../src/index.ts";

type Numbers = ArrayLike<number>;

/** L = sqrt( 1/|S| sum_i ( |F(x_i) - y_i|^2 + weight p_i^2 ) ) in float64 from the formulas, for reading;
 *  p_i is the mean over the steps of |J|_F^2 at their beginning. */
export function odeLoss64(
  config: ModelConfig,
  parameters: Numbers,
  x: Numbers,
  y: Numbers,
  weight = 0,
  end: number = config.horizon,
): number {
  const { inputs, outputs } = config;
  const count = x.length / inputs;
  const pass = network64(config, parameters, end);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const row = Array.from({ length: inputs }, (_, k) => x[i * inputs + k]!);
    const { f, penalty } = pass(row);
    f.forEach((v, o) => {
      total += (v - y[i * outputs + o]!) ** 2;
    });
    total += weight * penalty ** 2;
  }
  return Math.sqrt(total / count);
}

/** F(x) and p of a sample. */
export function network64(config: ModelConfig, parameters: Numbers, end: number) {
  const { depth, augment = 0, outputs } = config;
  const layout = layoutOf(config);
  const state = stateWidth(config);
  const alpha = end / depth;
  const { value, slope } = curves[config.activation];
  const affine = (weight: Numbers, bias: number[], h: number[]): number[] =>
    bias.map((begin, r) => {
      let sum = begin;
      for (let c = 0; c < h.length; c++) sum += weight[r * h.length + c]! * h[c]!;
      return sum;
    });
  const tensor = ({ offset, size }: { offset: number; size: number }): number[] =>
    Array.from({ length: size }, (_, i) => parameters[offset + i]!);

  const known = new Map<string, { w: number[]; b: number[] }>();
  /** W and b at time t of step n. */
  const field = (n: number, t: number): { w: number[]; b: number[] } => {
    const key = `${n} ${t}`;
    const found = known.get(key);
    if (found) return found;
    const phi = config.kind === "resnet" ? unit(depth, n) : basis64(config, n, t / config.horizon);
    const sum = (pick: "weight" | "bias"): number[] => {
      const total = new Array(layout.blocks[0]![pick].size).fill(0);
      layout.blocks.forEach((block, j) => {
        for (let i = 0; phi[j] !== 0 && i < total.length; i++)
          total[i] += phi[j]! * parameters[block[pick].offset + i]!;
      });
      return total;
    };
    const made = { w: sum("weight"), b: sum("bias") };
    known.set(key, made);
    return made;
  };
  const lift = { w: tensor(layout.lift.weight), b: tensor(layout.lift.bias) };
  const readout = { w: tensor(layout.readout.weight), b: tensor(layout.readout.bias) };
  return (row: number[]): { f: number[]; penalty: number } => {
    let h = [...row];
    if (config.lift !== "none") h = affine(lift.w, lift.b, row);
    if (config.lift === "tanh") h = h.map(Math.tanh);
    h = [...h, ...new Array(augment).fill(0)];
    let penalty = 0;
    for (let n = 0; n < depth; n++) {
      const begin = field(n, n * alpha);
      affine(begin.w, begin.b, h).forEach((z, r) => {
        const s = slope(z);
        for (let c = 0; c < state; c++) penalty += (s * begin.w[r * state + c]!) ** 2 / depth;
      });
      if (config.kind === "resnet" && config.skip === false) {
        h = affine(begin.w, begin.b, h).map(value);
        continue;
      }
      const solver: StepSolver = config.kind === "resnet" ? "euler" : config.solver;
      const k = (c: number, u: number[]): number[] => {
        const { w, b } = field(n, (n + c) * alpha);
        return affine(w, b, u).map(value);
      };
      const along = (...terms: [number, number[]][]): number[] =>
        h.map((v, d) => terms.reduce((sum, [c, one]) => sum + alpha * c * one[d]!, v));
      h = steps[solver](k, along, (c, share) => {
        const { w, b } = field(n, (n + c) * alpha);
        let u = h;
        for (let iteration = 0; iteration < 60; iteration++) {
          const z = affine(w, b, u);
          const residual = u.map((v, d) => v - h[d]! - share * alpha * value(z[d]!));
          const s = z.map(slope);
          const jacobian = u.map((_, r) =>
            u.map((__, q) => (r === q ? 1 : 0) - share * alpha * s[r]! * w[r * state + q]!),
          );
          const update = gauss(jacobian, residual);
          u = u.map((v, d) => v - update[d]!);
          if (Math.max(...update.map(Math.abs)) < 1e-14) break;
        }
        return affine(w, b, u).map(value);
      });
    }
    const none = config.kind === "neuralOde" && config.readout === "none";
    const f = none ? h.slice(0, outputs) : affine(readout.w, readout.b, h);
    return { f, penalty };
  };
}

const steps: Record<
  StepSolver,
  (
    k: (c: number, u: number[]) => number[],
    along: (...terms: [number, number[]][]) => number[],
    implicit: (c: number, share: number) => number[],
  ) => number[]
> = {
  euler: (k, along) => along([1, k(0, along())]),
  midpoint: (k, along) => along([1, k(1 / 2, along([1 / 2, k(0, along())]))]),
  heun: (k, along) => {
    const first = k(0, along());
    return along([1 / 2, first], [1 / 2, k(1, along([1, first]))]);
  },
  rk4: (k, along) => {
    const k1 = k(0, along());
    const k2 = k(1 / 2, along([1 / 2, k1]));
    const k3 = k(1 / 2, along([1 / 2, k2]));
    const k4 = k(1, along([1, k3]));
    return along([1 / 6, k1], [1 / 3, k2], [1 / 3, k3], [1 / 6, k4]);
  },
  backwardEuler: (_, along, implicit) => along([1, implicit(1, 1)]),
  implicitMidpoint: (_, along, implicit) => along([1, implicit(1 / 2, 1 / 2)]),
};

const unit = (length: number, at: number): number[] => Array.from({ length }, (_, j) => (j === at ? 1 : 0));

/** Closed forms, to degree 4. */
const legendre = [
  () => 1,
  (x: number) => x,
  (x: number) => (3 * x * x - 1) / 2,
  (x: number) => (5 * x ** 3 - 3 * x) / 2,
  (x: number) => (35 * x ** 4 - 30 * x * x + 3) / 8,
];

function basis64({ weights, depth }: NeuralOdeConfig, n: number, tau: number): number[] {
  if (weights.basis === "perLayer") return unit(weights.layers, Math.floor((n * weights.layers) / depth));
  if (weights.basis === "polynomial") {
    return Array.from({ length: weights.degree + 1 }, (_, j) => legendre[j]!(2 * tau - 1));
  }
  const last = weights.knots - 1;
  return Array.from({ length: weights.knots }, (_, j) =>
    Math.max(0, 1 - Math.abs(Math.min(tau, 1) * last - j)),
  );
}

function gauss(matrix: number[][], rhs: number[]): number[] {
  const a = matrix.map((row, i) => [...row, rhs[i]!]);
  const n = rhs.length;
  for (let k = 0; k < n; k++) {
    const p = a.reduce(
      (best, row, i) => (i >= k && Math.abs(row[k]!) > Math.abs(a[best]![k]!) ? i : best),
      k,
    );
    [a[k], a[p]] = [a[p]!, a[k]!];
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const c = a[i]![k]! / a[k]![k]!;
      for (let j = k; j <= n; j++) a[i]![j]! -= c * a[k]![j]!;
    }
  }
  return a.map((row, i) => row[n]! / row[i]!);
}
