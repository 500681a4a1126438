import type { DiagonallyImplicitSolver, ExplicitSolver } from "@stiffnet/integrators";
import {
  backwardEuler,
  euler,
  heun,
  implicitMidpoint,
  midpoint,
  rk4,
} from "@stiffnet/integrators/fixed-step";
import { basisAt, termsOf, type WeightBasis } from "./basis.ts";
import type { ModelConfig, StepSolver } from "./config.ts";

/** An explicit Runge-Kutta method, or an implicit one of a single stage: u = h_n + share alpha k, k = s(W u +
 *  b), h_{n+1} = h_n + alpha k. c: where in a step its stages read the weights. */
export type StepMethod =
  | {
      readonly c: readonly number[];
      readonly a: readonly (readonly number[])[];
      readonly b: readonly number[];
    }
  | { readonly c: readonly number[]; readonly share: number };

const solvers: Readonly<Record<StepSolver, ExplicitSolver | DiagonallyImplicitSolver>> = {
  euler,
  midpoint,
  heun,
  rk4,
  backwardEuler,
  implicitMidpoint,
};

function methodOf(name: StepSolver): StepMethod {
  const { kind, tableau } = solvers[name];
  const { a, b, c } = tableau;
  return kind === "explicit" ? { a, b, c } : { c, share: a[0]![0]! };
}

/** A network reads its weights at the nodes. The first N nodes are the starts of the steps. */
export interface Discretisation {
  readonly method: StepMethod;
  readonly stages: number;
  readonly nodes: number;
  /** nodeOf[n * stages + i]: the node of stage i of step n. */
  readonly nodeOf: Int32Array;
  readonly terms: number;
  /** The nodes' weights are the parameters themselves. */
  readonly plain: boolean;
  /** phi[m * terms + j] = phi_j at node m, with the steps spread over `horizon`; training rounds it to
   *  float32. */
  phi(horizon: number): Float64Array;
}

/** The method, and the times and weights of its stages, for a program that takes the steps itself. */
export function discretisationOf(config: ModelConfig): Discretisation {
  const { depth } = config;
  const method = methodOf(config.kind === "neuralOde" ? config.solver : "euler");
  const stages = method.c.length;
  const weights: WeightBasis =
    config.kind === "neuralOde" ? config.weights : { basis: "perLayer", layers: depth };
  const nodeOf = new Int32Array(depth * stages);
  /** In steps. Layers are read by the number of the step, for all stages. */
  const times = Array.from({ length: depth }, (_, n) => n);
  const known = new Map(times.map((time) => [time, time]));
  for (let n = 0; n < depth; n++) {
    method.c.forEach((c, i) => {
      const time = weights.basis === "perLayer" ? n : n + c;
      if (!known.has(time)) known.set(time, times.push(time) - 1);
      nodeOf[n * stages + i] = known.get(time)!;
    });
  }
  const terms = termsOf(weights);
  const ends = config.kind === "neuralOde" && (config.lift === "none" || config.readout === "none");
  return {
    method,
    stages,
    nodes: times.length,
    nodeOf,
    terms,
    plain: weights.basis === "perLayer" && weights.layers === depth && !ends,
    phi(horizon) {
      const phi = new Float64Array(times.length * terms);
      const values = new Float64Array(terms);
      times.forEach((time, m) => {
        if (weights.basis === "perLayer") phi[m * terms + Math.floor((time * weights.layers) / depth)] = 1;
        else phi.set(basisAt(weights, (time / depth) * (horizon / config.horizon), values), m * terms);
      });
      return phi;
    },
  };
}
