import { ConfigError, type ModelConfig, type ResNetConfig } from "@stiffnet/core";
import type { Tensor, Tensor2D, Tensor3D } from "@tensorflow/tfjs";
import { tensorActivations } from "./activation.ts";
import type { TensorFlow } from "./tensorflow.ts";

/** F(x) and what its Jacobians are made of. */
export interface TensorPass {
  /** [B, outputs] */
  readonly predictions: Tensor2D;
  /** s'(z_n): [N, B, D]. Computed when it is asked for. */
  slopes(): Tensor3D;
}

/** Refuses what `tensorPass` is not written for. */
export function requireResidual(config: ModelConfig): ResNetConfig {
  if (config.kind === "resnet" && config.skip !== false && !config.augment) return config;
  const given =
    config.kind === "neuralOde"
      ? `a neural ODE (solver ${config.solver}, weights ${config.weights.basis})`
      : config.skip === false
        ? "a network without skip connections (skip: false)"
        : `a residual network with ${config.augment} augmented dimensions (augment)`;
  throw new ConfigError(
    `tfjs: the model is ${given}, expected a residual network with skip connections and nothing augmented; the default engine trains this`,
  );
}

/** The network as tensor operations. parameters: one tensor a slot of the layout, in its order; x: [B,
 *  inputs]; horizon: the end time. */
export function tensorPass(
  tf: TensorFlow,
  config: ResNetConfig,
  parameters: readonly Tensor[],
  x: Tensor2D,
  horizon: number = config.horizon,
): TensorPass {
  const { depth, lift } = config;
  const { value, slope } = tensorActivations[config.activation];
  // Not tf.fused.matMul: with a bias and transposeB the wasm backend of 4.22 returns other numbers than the
  // cpu one.
  const dense = (h: Tensor2D, weight: Tensor, bias: Tensor): Tensor2D =>
    tf.add(tf.matMul(h, weight as Tensor2D, false, true), bias);
  const lifted = dense(x, parameters[0]!, parameters[1]!);
  let h: Tensor2D = lift === "tanh" ? tf.tanh(lifted) : lifted;
  const layers: { z: Tensor2D; s: Tensor }[] = [];
  for (let n = 0; n < depth; n++) {
    const z = dense(h, parameters[2 + n]!, parameters[2 + depth + n]!);
    const s = value(tf, z);
    layers.push({ z, s });
    h = tf.add(h, tf.mul(s, horizon / depth));
  }
  const [weight, bias] = parameters.slice(-2) as [Tensor, Tensor];
  return {
    predictions: dense(h, weight, bias),
    slopes: () => tf.stack(layers.map(({ z, s }) => slope(tf, z, s))) as Tensor3D,
  };
}
