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
  silu: {
    value: (tf, z) => tf.mul(z, tf.sigmoid(z)),
    slope: (tf, z, s) => tf.add(tf.sigmoid(z), tf.mul(s, tf.sigmoid(tf.neg(z)))),
  },
  gelu: {
    value: (tf, z) => tf.mul(z, normal(tf, z)),
    slope: (tf, z) => tf.add(normal(tf, z), tf.mul(z, density(tf, z))),
  },
};

/** The distribution function and the density of the standard normal distribution. */
function normal(tf: TensorFlow, z: Tensor): Tensor {
  return tf.mul(0.5, tf.add(1, tf.erf(tf.mul(z, Math.SQRT1_2))));
}
function density(tf: TensorFlow, z: Tensor): Tensor {
  return tf.mul(1 / Math.sqrt(2 * Math.PI), tf.exp(tf.mul(-0.5, tf.square(z))));
}
