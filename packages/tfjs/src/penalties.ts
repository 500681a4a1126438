import { ConfigError } from "@stiffnet/core";
import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import { type TensorPenalty, tensorPenalty } from "./tensor_penalty.ts";
import type { TensorFlow } from "./tensorflow.ts";

/** `l2Penalty` of `@stiffnet/core` as tensor code: the mean over the parameter tensors of their Euclidean norm. */
export function tensorL2Penalty(weight: number): TensorPenalty {
  return tensorPenalty({
    name: "l2",
    weight,
    of: (tf, { parameters }) =>
      tf.mean(tf.stack(Object.values(parameters).map((t) => rootOf(tf, tf.sum(tf.square(t)))))),
  });
}

/** `stiffnessPenalty(spectralRadius({ method: "gelfand", squarings }), { weight })` of `@stiffnet/stiffness` as tensor
 *  code: the mean over layers of |J^k|_F^(1/k), k = 2^squarings (default 10). J = 0, and a J whose powers vanish, give 0
 *  with gradient 0. */
export function tensorGelfandPenalty(options: { weight: number; squarings?: number }): TensorPenalty {
  const { weight, squarings = 10 } = options;
  if (!Number.isInteger(squarings) || squarings < 0 || squarings > 30) {
    throw new ConfigError(
      `tensorGelfandPenalty: squarings is ${squarings}, expected a whole number from 0 to 30`,
    );
  }
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
  const constant = tf.customGrad((x) => ({
    value: (x as Tensor).clone(),
    gradFunc: (dy: Tensor) => tf.zerosLike(dy),
  }));
  let powers = jacobians;
  let logs: Tensor = tf.zeros([jacobians.shape[0]!, 1, 1]);
  for (let j = 0; j <= squarings; j++) {
    if (j > 0) powers = tf.matMul(powers, powers);
    const scale = oneForZero(tf, constant(tf.max(tf.abs(powers), [1, 2], true)));
    powers = tf.div(powers, scale);
    logs = tf.add(tf.mul(logs, 2), tf.log(scale));
  }
  const squares = tf.sum(tf.square(powers), [1, 2], true);
  const root = tf.div(tf.log(oneForZero(tf, squares)), 2);
  const radii = tf.exp(tf.div(tf.add(logs, root), 2 ** squarings));
  return tf.reshape(tf.mul(radii, tf.step(squares)), [-1]);
}

/** sqrt(x) of x >= 0, with derivative 0 at 0. */
function rootOf(tf: TensorFlow, x: Tensor): Tensor {
  return tf.mul(tf.sqrt(oneForZero(tf, x)), tf.step(x));
}

/** x >= 0, but 1 where it is 0. By arithmetic, since comparisons have no derivative in TensorFlow.js. */
function oneForZero(tf: TensorFlow, x: Tensor): Tensor {
  return tf.add(x, tf.sub(1, tf.step(x)));
}
