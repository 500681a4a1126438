import { activationCodes, createKernels } from "@stiffnet/kernels";
import { unchecked } from "@stiffnet/kernels/unchecked";
import { basisAt, termsOf } from "./basis.ts";
import { type Activation, type NeuralOdeConfig, stateWidth } from "./config.ts";
import { type Layout, type Slot, tensor } from "./layout.ts";

/** s and s' in float64 in plain arithmetic: the same bits on every machine. */
export interface Activation64 {
  readonly z: Float64Array;
  readonly value: Float64Array;
  readonly slope: Float64Array;
  /** value and slope of the first `size` numbers in z. */
  run(size: number): void;
}

export function activation64(activation: Activation, largest: number): Activation64 {
  const { arena, call } = unchecked(createKernels());
  const [z, value, slope] = [arena.float64(largest), arena.float64(largest), arena.float64(largest)];
  const kind = activationCodes[activation];
  return {
    // The memory does not grow any more.
    z: z.array,
    value: value.array,
    slope: slope.array,
    run: (size) => call.activate64({ kind, size, z, value, slope, curvature: undefined }),
  };
}

/** A neural ODE in float64: h' = s(W(t) h + b(t)), with lift and readout, on prepared inputs and outputs. */
export interface Field64 {
  readonly dimension: number;
  /** Number of pieces of [0, T]: one for each interval of constant weights (perLayer), otherwise 1. */
  readonly pieces: number;
  /** Times inside (0, T) where the field has a kink. */
  readonly kinks: readonly number[];
  /** Which piece's weights are read. */
  setPiece(piece: number): void;
  readonly autonomous: boolean;
  f(t: number, h: Float64Array, dh: Float64Array): void;
  /** [D, D] by columns. */
  jacobian(t: number, h: Float64Array, matrix: Float64Array): void;
  lift(prepared: Float64Array): Float64Array;
  readout(h: Float64Array): Float64Array;
}

export function createField64(config: NeuralOdeConfig, layout: Layout, parameters: Float32Array): Field64 {
  const { weights, horizon, outputs, width } = config;
  const n = stateWidth(config);
  const s = activation64(config.activation, n);
  const lifting = activation64("tanh", width);
  const terms = termsOf(weights);
  const theta = tensor(parameters, { ...layout.blocks[0]!.weight, size: terms * n * n });
  const thetaBias = tensor(parameters, { ...layout.blocks[0]!.bias, size: terms * n });
  const phi = new Float64Array(terms);
  const w = new Float64Array(n * n);
  const b = new Float64Array(n);
  let piece = 0;
  let read = Number.NaN;

  /** W and b at t, kept while t stays. */
  const weigh = (t: number): void => {
    const at = weights.basis === "perLayer" ? piece : t;
    if (at === read) return;
    read = at;
    if (weights.basis === "perLayer") {
      phi.fill(0);
      phi[piece] = 1;
    } else {
      basisAt(weights, t / horizon, phi);
    }
    w.fill(0);
    b.fill(0);
    for (let j = 0; j < terms; j++) {
      const c = phi[j]!;
      if (c === 0) continue;
      for (let i = 0; i < w.length; i++) w[i] = w[i]! + c * theta[j * w.length + i]!;
      for (let i = 0; i < n; i++) b[i] = b[i]! + c * thetaBias[j * n + i]!;
    }
  };
  const evaluate = (t: number, h: Float64Array): void => {
    weigh(t);
    for (let r = 0; r < n; r++) {
      let z = b[r]!;
      for (let c = 0; c < n; c++) z += w[r * n + c]! * h[c]!;
      s.z[r] = z;
    }
    s.run(n);
  };
  const affine = (slots: { weight: Slot; bias: Slot }, x: Float64Array): Float64Array => {
    const matrix = tensor(parameters, slots.weight);
    return Float64Array.from(tensor(parameters, slots.bias), (bias, r) => {
      let sum = bias;
      for (let k = 0; k < x.length; k++) sum += matrix[r * x.length + k]! * x[k]!;
      return sum;
    });
  };
  const kinks = weights.basis === "piecewiseLinear" ? weights.knots - 2 : 0;
  return {
    dimension: n,
    pieces: weights.basis === "perLayer" ? weights.layers : 1,
    kinks: Array.from({ length: kinks }, (_, j) => ((j + 1) * horizon) / (kinks + 1)),
    autonomous: weights.basis === "perLayer" || (weights.basis === "polynomial" && weights.degree === 0),
    setPiece(to) {
      piece = to;
    },
    f(t, h, dh) {
      evaluate(t, h);
      dh.set(s.value);
    },
    jacobian(t, h, matrix) {
      evaluate(t, h);
      for (let r = 0; r < n; r++) for (let c = 0; c < n; c++) matrix[r + n * c] = s.slope[r]! * w[r * n + c]!;
    },
    lift(prepared) {
      const h = new Float64Array(n);
      if (config.lift === "none") h.set(prepared);
      else h.set(affine(layout.lift, prepared));
      if (config.lift !== "tanh") return h;
      lifting.z.set(h.subarray(0, width));
      lifting.run(width);
      h.set(lifting.value);
      return h;
    },
    readout: (h) => (config.readout === "none" ? h.slice(0, outputs) : affine(layout.readout, h)),
  };
}
