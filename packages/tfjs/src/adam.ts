import type { AdamOptions } from "@stiffnet/core";
import type { Tensor1D } from "@tensorflow/tfjs";
import type { TensorFlow } from "./tensorflow.ts";

/** Parameters, and the moments of Adam, all flat. */
export interface AdamState {
  readonly parameters: Tensor1D;
  readonly first: Tensor1D;
  readonly second: Tensor1D;
}

/** Adam's update number `time`, from 1. */
export function adamStep(
  tf: TensorFlow,
  { parameters, first, second }: AdamState,
  gradient: Tensor1D,
  time: number,
  { rate, beta1, beta2, epsilon }: AdamOptions,
): AdamState {
  const m: Tensor1D = tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1));
  const v: Tensor1D = tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const size = tf.div(tf.sqrt(v), Math.sqrt(1 - beta2 ** time));
  const step = tf.div(tf.mul(m, rate / (1 - beta1 ** time)), tf.add(size, epsilon));
  return { parameters: tf.sub(parameters, step), first: m, second: v };
}
