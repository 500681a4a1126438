import { type TensorPenalty, tensorPenalty } from "./tensor-penalty.ts";

/** `l2Penalty` of `@stiffnet/core` as tensor code: the mean over the parameter tensors of their Euclidean
 *  norm. */
export function tensorL2Penalty(weight: number): TensorPenalty {
  return tensorPenalty({
    name: "l2",
    weight,
    of(tf, { parameters }) {
      const squares = tf.stack(Object.values(parameters).map((t) => tf.sum(tf.square(t))));
      // The root has no derivative at 0, so 0 is used. TensorFlow.js cannot differentiate past comparisons.
      const some = tf.step(squares);
      return tf.mean(tf.mul(tf.sqrt(tf.add(squares, tf.sub(1, some))), some));
    },
  });
}
