import { needed, nonNegative, whole } from "@stiffnet/base";
import { requireOptions } from "@stiffnet/core";
import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import type { TensorFlow } from "../tensorflow.ts";
import { type TensorPenalty, tensorPenalty } from "./tensor-penalty.ts";

/** `stiffnessPenalty(spectralRadius({ method: "gelfand", squarings }), { weight })` of `@stiffnet/stiffness`
 *  as tensor code: the mean over layers of |J^k|_F^(1/k), k = 2^squarings (default 10). J = 0, and a J whose
 *  powers vanish, give 0 with gradient 0. */
export function tensorGelfandPenalty(options: { weight: number; squarings?: number }): TensorPenalty {
  requireOptions("tensorGelfandPenalty", options, {
    weight: needed(nonNegative),
    squarings: whole(0, 30),
  });
  const { weight, squarings = 10 } = options;
  const method = squarings === 10 ? "gelfand" : `gelfand, ${squarings} squarings`;
  return tensorPenalty({
    name: `stiffness spectralRadius (${method}) mean`,
    weight,
    of(tf, { weights, slopes }) {
      const [N, B, D] = slopes.shape;
      const jacobians = tf.mul(tf.expandDims(slopes, 3), tf.expandDims(weights, 1));
      const radii = gelfandRadii(tf, tf.reshape(jacobians, [N * B, D, D]), squarings);
      return tf.mean(tf.reshape(radii, [N, B]), 0) as Tensor1D;
    },
  });
}

/** |J^k|_F^(1/k) of jacobians [M, D, D]; returns [M]. Each power is divided by its largest entry. In
 *
 *      log |J^k| = log |P_K| + sum_j 2^(K-j) log s_j,   P_0 = J / s_0,   P_j = P_{j-1}^2 / s_j,
 *
 *  the scales cancel, so that they are constants of the derivative. */
function gelfandRadii(tf: TensorFlow, jacobians: Tensor, squarings: number): Tensor {
  const count = jacobians.shape[0]!;
  const logs = new Float64Array(count);
  const scaled = tf.customGrad((...given) => {
    const [powers, save] = given as [Tensor, (tensors: Tensor[]) => void];
    const largest = tf.max(tf.abs(powers), [1, 2], true);
    const scale = tf.add(largest, tf.sub(1, tf.step(largest)));
    save([scale]);
    scale.dataSync().forEach((s, i) => {
      logs[i] = 2 * logs[i]! + Math.log(s);
    });
    return {
      value: tf.div(powers, scale),
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.div(dy, saved[0]!),
    };
  });
  let powers = scaled(jacobians);
  for (let j = 1; j <= squarings; j++) powers = scaled(tf.matMul(powers, powers));
  const squares = tf.sum(tf.square(powers), [1, 2]);
  const some = tf.step(squares);
  const root = tf.div(tf.log(tf.add(squares, tf.sub(1, some))), 2);
  const radii = tf.exp(tf.div(tf.add(root, tf.tensor1d(Float32Array.from(logs))), 2 ** squarings));
  return tf.mul(radii, some);
}
