import type { Activation } from "@stiffnet/core";
import type { Tensor } from "@tensorflow/tfjs";
import type { TensorFlow } from "./tensorflow.ts";

interface TensorActivation {
  value(tf: TensorFlow, z: Tensor): Tensor;
  /** s'(z), where s = s(z) is known. relu'(0) = 0. */
  slope(tf: TensorFlow, z: Tensor, s: Tensor): Tensor;
}

export const tensorActivations: Readonly<Record<Activation, TensorActivation>> = {
  tanh: { value: (tf, z) => tf.tanh(z), slope: (tf, _, s) => tf.sub(1, tf.square(s)) },
  relu: { value: (tf, z) => tf.relu(z), slope: (tf, z) => tf.step(z) },
  softplus: { value: (tf, z) => tf.softplus(z), slope: (tf, z) => tf.sigmoid(z) },
  sin: { value: (tf, z) => tf.sin(z), slope: (tf, z) => tf.cos(z) },
  identity: { value: (_, z) => z, slope: (tf, z) => tf.onesLike(z) },
};
