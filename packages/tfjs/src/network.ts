import {
  ConfigError,
  type Discretisation,
  discretisationOf,
  type Layout,
  type ModelConfig,
  type StepMethod,
  stateWidth,
} from "@stiffnet/core";
import type { Tensor, Tensor2D, Tensor3D } from "@tensorflow/tfjs";
import { tensorActivations } from "./activation.ts";
import type { TensorFlow } from "./tensorflow.ts";

/** F(x) and what its Jacobians are made of, at the beginning of each step. */
export interface TensorPass {
  /** [B, outputs] */
  readonly predictions: Tensor2D;
  /** s'(z_n): [N, B, D]. Computed when it is asked for. */
  slopes(): Tensor3D;
  /** W_n: [N, D, D]. */
  weights(): Tensor3D;
}

/** A network as the tensor operations pass through it. */
export interface TensorNetwork {
  readonly config: ModelConfig;
  readonly layout: Layout;
  /** `parameters` has one tensor for each slot of the layout, in its order. `x` is [B, inputs]. `horizon` is
   *  the end time, by default that of the configuration. */
  pass(tf: TensorFlow, parameters: readonly Tensor[], x: Tensor2D, horizon?: number): TensorPass;
}

type ExplicitMethod = Exclude<StepMethod, { share: number }>;
interface Weights {
  readonly weight: Tensor2D;
  readonly bias: Tensor;
}

/** Refuses implicit solvers. */
export function tensorNetwork(config: ModelConfig, layout: Layout): TensorNetwork {
  const discretisation = discretisationOf(config);
  const { method } = discretisation;
  if ("share" in method) {
    const { solver } = config as { solver: string };
    throw new ConfigError(
      `tfjs: the model's solver is ${solver}, which is implicit, expected an explicit one; the default engine trains this`,
    );
  }
  const slot = new Map(layout.slots.map(({ name }, at) => [name, at]));
  return {
    config,
    layout,
    pass(tf, parameters, x, horizon = config.horizon) {
      const at = (name: string): Tensor => parameters[slot.get(name)!]!;
      const terms = layout.blocks.map(({ weight, bias }) => ({
        weight: at(weight.name) as Tensor2D,
        bias: at(bias.name),
      }));
      const nodes = weightsAtNodes(tf, config, discretisation, terms, horizon);
      const steps = takeSteps(tf, config, discretisation, method, nodes, lifted(tf, config, at, x), horizon);
      const { outputs } = config;
      const readOut = (h: Tensor2D): Tensor2D =>
        config.kind === "neuralOde" && config.readout === "none"
          ? tf.slice(h, [0, 0], [-1, outputs])
          : dense(tf, h, at("readout.weight"), at("readout.bias"));
      const { slope } = tensorActivations[config.activation];
      return {
        predictions: readOut(steps.end),
        slopes: () => tf.stack(steps.first.map(({ z, s }) => slope(tf, z, s))) as Tensor3D,
        weights: () => tf.stack(nodes.slice(0, config.depth).map(({ weight }) => weight)) as Tensor3D,
      };
    },
  };
}

/** Not tf.fused.matMul: with a bias and transposeB the wasm backend of 4.22 returns other numbers than the
 *  cpu one. */
function dense(tf: TensorFlow, h: Tensor2D, weight: Tensor, bias: Tensor): Tensor2D {
  return tf.add(tf.matMul(h, weight as Tensor2D, false, true), bias);
}

/** h(0) = (s_lift(A x + a), 0) */
function lifted(tf: TensorFlow, config: ModelConfig, at: (name: string) => Tensor, x: Tensor2D): Tensor2D {
  const { lift, augment = 0 } = config;
  const affine = lift === "none" ? x : dense(tf, x, at("lift.weight"), at("lift.bias"));
  const h = lift === "tanh" ? tf.tanh(affine) : affine;
  return augment === 0 ? h : tf.concat([h, tf.zeros([x.shape[0], augment])], 1);
}

/** W and b where the steps read them: sum_j phi_j Theta_j. */
function weightsAtNodes(
  tf: TensorFlow,
  config: ModelConfig,
  { plain, nodes, terms, phi }: Discretisation,
  theta: readonly Weights[],
  horizon: number,
): readonly Weights[] {
  if (plain) return theta;
  const values = Float32Array.from(phi(horizon));
  if (config.kind === "neuralOde" && config.weights.basis === "perLayer") {
    return Array.from({ length: nodes }, (_, m) => theta[values.indexOf(1, m * terms) - m * terms]!);
  }
  const D = stateWidth(config);
  const coefficients = tf.tensor2d(values, [nodes, terms]);
  const at = (parts: readonly Tensor[], shape: number[]): Tensor[] => {
    const flat = tf.stack(parts.map((part) => tf.reshape(part, [-1]))) as Tensor2D;
    return tf.unstack(tf.matMul(coefficients, flat)).map((part) => tf.reshape(part, shape));
  };
  const [weights, biases] = [
    at(
      theta.map(({ weight }) => weight),
      [D, D],
    ),
    at(
      theta.map(({ bias }) => bias),
      [D],
    ),
  ];
  return weights.map((weight, m) => ({ weight: weight as Tensor2D, bias: biases[m]! }));
}

/** Explicit Runge-Kutta steps; without skip connections h_n = s(z_n). first: z and s of each step's first
 *  stage. */
function takeSteps(
  tf: TensorFlow,
  config: ModelConfig,
  { stages, nodeOf }: Discretisation,
  { a, b }: ExplicitMethod,
  nodes: readonly Weights[],
  start: Tensor2D,
  horizon: number,
): { end: Tensor2D; first: { z: Tensor2D; s: Tensor }[] } {
  const { value } = tensorActivations[config.activation];
  const { depth } = config;
  const skip = config.kind === "neuralOde" || config.skip !== false;
  const along = (h: Tensor2D, c: readonly number[], k: readonly Tensor[]): Tensor2D => {
    let moved = h;
    k.forEach((slope, j) => {
      if (c[j] !== 0) moved = tf.add(moved, tf.mul(slope, (horizon / depth) * c[j]!));
    });
    return moved;
  };
  const first: { z: Tensor2D; s: Tensor }[] = [];
  let h = start;
  for (let n = 0; n < depth; n++) {
    const k: Tensor[] = [];
    for (let i = 0; i < stages; i++) {
      const { weight, bias } = nodes[nodeOf[n * stages + i]!]!;
      const z = dense(tf, along(h, a[i] ?? [], k), weight, bias);
      const s = value(tf, z);
      k.push(s);
      if (i === 0) first.push({ z, s });
    }
    h = skip ? along(h, b, k) : (k[0] as Tensor2D);
  }
  return { end: h, first };
}
