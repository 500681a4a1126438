import { ConfigError } from "@stiffnet/core";
import { padded, powerFlags } from "@stiffnet/kernels";
import { createRankGradient } from "../iteration/rank-gradient.ts";
import { createTracks } from "../iteration/start-vectors.ts";
import type { DifferentiableProxy } from "../proxy.ts";
import { denseSpectralRadius } from "./dense-spectral-radius.ts";

export interface PowerOptions {
  /** Relative residual |J v - l v| / |l| at which a sample counts as converged. Default 1e-2. */
  readonly tolerance?: number;
  /** Most iterations a visit, two products with J each, and as many with J^T for the gradient. Default 10. */
  readonly most?: number;
}

/** Relative distance of the left value beyond which it belongs to another eigenvalue. */
const mismatch = 0.05;
/** Condition |u| |v| / |<u, v>| beyond which the exact gradient, unbounded at defective matrices, is not followed. */
const cap = 20;

/** |l_1| by the complex power method (slides p. 12). The real and imaginary part of the iterate v <- J v are a block of
 *  two real vectors whose 2 x 2 projection of J gives the eigenvalue, so that a complex or a plus-minus pair is found
 *  like a single one. All samples of a layer at once, each from its own block of the last time it was seen, until it
 *  is within the tolerance or `most` times. Converges as |l_3 / l_1|^k: slowly where eigenvalues crowd at one
 *  modulus, as training with the penalty makes them. The residual says so, sample by sample.
 *
 *  Gradient: d|l| = Re( conj(l)/|l| u^T dJ v / u^T v ), u from the same iteration on J^T. Where u belongs to another
 *  eigenvalue (unmatched), or the eigenvalue's condition exceeds 20 (capped), u = conj(v) is used. Several eigenvalues of
 *  equal modulus, where |l_1| has no derivative: that of the one found. J = 0: value and gradient 0. What is not
 *  finite: NaN and gradient 0. */
export function power({ tolerance = 1e-2, most = 10 }: PowerOptions = {}): DifferentiableProxy {
  if (!(tolerance > 0 && tolerance < 1)) {
    throw new ConfigError(`spectralRadius: tolerance is ${tolerance}, expected a number between 0 and 1`);
  }
  if (!(Number.isInteger(most) && most >= 1 && most <= 10_000)) {
    throw new ConfigError(
      `spectralRadius: most is ${most} iterations, expected a whole number from 1 to 10000`,
    );
  }
  return {
    name: `spectralRadius (power, tolerance ${tolerance}, at most ${most})`,
    exact: denseSpectralRadius(),
    bind(space) {
      const { depth, width, capacity, gradient } = space;
      const { arena, call } = space.kernels;
      const lanes = padded(capacity);
      const tracks = createTracks(space, { vectors: gradient ? 4 : 2, together: 2 });
      const right = tracks.block();
      const left = gradient ? tracks.block() : right;
      const rank = createRankGradient(space, 2);
      const values = arena.float32(lanes);
      const residuals = arena.float32(lanes);
      const flags = arena.float32(lanes);
      const found = new Float32Array(depth * capacity);
      const scratch = arena.float32(7 * width * lanes + 2 * (lanes + width + 1) + 9 * lanes);
      const tally = { pairs: 0, products: 0, residual: 0, worst: 0, above: 0, unmatched: 0, capped: 0 };
      return {
        evaluate({ batch, stride, weights, slopes }, out, indices) {
          tracks.select(indices, batch);
          const [allWeights, allSlopes] = [arena.blockOf(weights), arena.blockOf(slopes)];
          for (let n = 0; n < depth; n++) {
            tracks.take(n, 0, right, batch, stride);
            if (gradient) tracks.take(n, 2, left, batch, stride);
            const products = call.powerLayer({
              width,
              batch,
              stride,
              most,
              tolerance,
              mismatch,
              cap,
              gradient: gradient ? 1 : 0,
              weights: allWeights.at(n * width * width),
              slopes: allSlopes.at(n * width * stride),
              right,
              left,
              values,
              residuals,
              flags,
              vectors: rank.vectors(n),
              scratch,
            });
            tracks.put(n, 0, right, batch, stride);
            if (gradient) tracks.put(n, 2, left, batch, stride);
            out.set(values.array.subarray(0, batch), n * batch);
            found.set(residuals.array.subarray(0, batch), n * batch);
            for (let i = 0; i < batch; i++) {
              const residual = residuals.array[i]!;
              if (!(residual <= tolerance)) tally.above++;
              tally.residual += residual;
              tally.worst = Math.max(tally.worst, residual);
              if (flags.array[i] === powerFlags.unmatched) tally.unmatched++;
              if (flags.array[i] === powerFlags.capped) tally.capped++;
            }
            tally.pairs += batch;
            tally.products += products;
          }
        },
        pullback: rank.pullback,
        residuals: () => found,
        statistics() {
          const { pairs, products, residual, worst, above, unmatched, capped } = tally;
          for (const key of Object.keys(tally) as (keyof typeof tally)[]) tally[key] = 0;
          return {
            productsPerPair: products / pairs,
            residualMean: residual / pairs,
            residualWorst: worst,
            unconverged: above / pairs,
            unmatched: unmatched / pairs,
            capped: capped / pairs,
          };
        },
        state: () => tracks.all,
        restore(state) {
          tracks.all.set(state);
        },
      };
    },
  };
}
