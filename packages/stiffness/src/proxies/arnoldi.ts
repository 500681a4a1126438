import { ConfigError } from "@stiffnet/core";
import { createArnoldi, largestKrylov } from "@stiffnet/kernels";
import { createRankGradient } from "../iteration/rank-gradient.ts";
import { createTracks } from "../iteration/start-vectors.ts";
import type { DifferentiableProxy } from "../proxy.ts";
import { denseSpectralRadius } from "./dense-spectral-radius.ts";

export interface ArnoldiOptions {
  /** Median over a layer's samples of the relative residual |J v - l v| / |l| that the Krylov dimension is adapted
   *  to; more than a tenth of them beyond three times as much lengthens it too. Default 1.5e-2, which keeps most
   *  values within 1e-3. */
  readonly tolerance?: number;
  /** Bounds of the Krylov dimension. Defaults 7 and 14. */
  readonly fewest?: number;
  readonly most?: number;
  /** Powers of J that the gradient is taken over, 1 to 32. Default 4. The more, the nearer it is to the derivative of |l_1|
   *  alone; the fewer, the smoother where eigenvalues are crowded, which training wants: see docs/spectral-radius.md. */
  readonly powers?: number;
}

/** |l_1| by Arnoldi iteration on all samples of a layer at once. Each (layer, sample) starts from its own vector of the
 *  last time it was seen; the dimension of the Krylov space follows the residuals, layer by layer.
 *
 *  Gradient: d|l| = |l| u^T dJ x / (u^T J x), with x the start vector after 16 products with the projected J, and
 *  u = (J^T)^(k-1) J^k x, k = `powers`. For large k that is the derivative of |l_1| where l_1 is real and simple; of a complex
 *  pair u and x show one phase, and it is the derivative in the mean over phases, thus over samples and visits. For small k it is
 *  spread over the eigenvalues that are nearly as large. |u| |x| / |u^T J x| is cut at 1000 / |l| (counted as `capped`): the
 *  derivative is unbounded at defective matrices, and 0 where |l| is beyond float32's range beside |J|. J = 0: value and gradient 0. NaN in gives NaN out, gradient 0.
 *
 *  Values are approximations, for training; what is reported is computed by `exact`. */
export function arnoldi(options: ArnoldiOptions = {}): DifferentiableProxy {
  const { tolerance = 1.5e-2, fewest = 7, most = 14, powers = 4 } = options;
  if (!(tolerance > 0 && tolerance < 1)) {
    throw new ConfigError(`spectralRadius: tolerance is ${tolerance}, expected a number between 0 and 1`);
  }
  if (
    !(
      Number.isInteger(fewest) &&
      Number.isInteger(most) &&
      2 <= fewest &&
      fewest <= most &&
      most <= largestKrylov
    )
  ) {
    throw new ConfigError(
      `spectralRadius: Krylov dimensions from ${fewest} to ${most}, expected whole numbers within 2 to ${largestKrylov}`,
    );
  }
  if (!(Number.isInteger(powers) && 1 <= powers && powers <= 32)) {
    throw new ConfigError(`spectralRadius: powers is ${powers}, expected a whole number from 1 to 32`);
  }
  return {
    name: `spectralRadius (arnoldi, tolerance ${tolerance}, ${fewest} to ${most}, ${powers} powers)`,
    exact: denseSpectralRadius(),
    bind(space) {
      const { kernels, depth, width, capacity, gradient } = space;
      const layer = createArnoldi(kernels, width, capacity);
      const rank = createRankGradient(space, 1);
      const longest = Math.min(most, width);
      const shortest = Math.min(fewest, longest);
      // A start vector for each layer and row, and for each layer its Krylov dimension.
      const tracks = createTracks(space, { vectors: 1, together: 1 });
      tracks.perLayer.fill(longest);
      const found = new Float32Array(depth * capacity);
      const tally = { pairs: 0, products: 0, residual: 0, worst: 0, capped: 0 };

      return {
        evaluate({ batch, stride, weights, slopes }, values, indices) {
          tracks.select(indices, batch);
          const { arena } = kernels;
          const [allWeights, allSlopes] = [arena.blockOf(weights), arena.blockOf(slopes)];
          for (let n = 0; n < depth; n++) {
            const length = tracks.perLayer[n]!;
            tracks.take(n, 0, layer.start, batch, stride);
            layer.run({
              batch,
              stride,
              length,
              powers: gradient ? powers : 0,
              weights: allWeights.at(n * width * width),
              slopes: allSlopes.at(n * width * stride),
              vectors: rank.vectors(n),
            });
            tracks.put(n, 0, layer.start, batch, stride);
            values.set(layer.values.array.subarray(0, batch), n * batch);

            const residuals = layer.residuals.array;
            const cut = layer.capped.array;
            found.set(residuals.subarray(0, batch), n * batch);
            let above = 0;
            let far = 0;
            for (let i = 0; i < batch; i++) {
              const residual = residuals[i]!;
              if (residual > tolerance) above++;
              if (residual > 3 * tolerance) far++;
              tally.residual += residual;
              tally.worst = Math.max(tally.worst, residual);
              if (gradient) tally.capped += cut[i]!;
            }
            tally.pairs += batch;
            tally.products += batch * (length + (gradient ? powers - 1 : 0));
            const longer = 2 * above > batch || 10 * far > batch;
            const next = length + (longer ? 1 : 4 * above < batch && 20 * far < batch ? -1 : 0);
            tracks.perLayer[n] = Math.min(longest, Math.max(shortest, next));
          }
        },
        pullback: rank.pullback,
        residuals: () => found,
        statistics() {
          const { pairs, products, residual, worst, capped } = tally;
          for (const name of Object.keys(tally) as (keyof typeof tally)[]) tally[name] = 0;
          return {
            productsPerPair: products / pairs,
            residualMean: residual / pairs,
            residualWorst: worst,
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
