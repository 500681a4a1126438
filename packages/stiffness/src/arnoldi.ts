import { ConfigError } from "@stiffnet/core";
import { arnoldiFlags, createArnoldi, largestKrylov } from "@stiffnet/kernels";
import { denseSpectralRadius } from "./dense.ts";
import type { DifferentiableProxy } from "./proxy.ts";
import { createTracks, padded } from "./tracks.ts";

export interface ArnoldiOptions {
  /** Median over a layer's samples of the relative residual |J v - l v| / |l| that the Krylov dimension is adapted
   *  to; more than a tenth of them beyond three times as much lengthens it too. Default 1.5e-2, which keeps most
   *  values within 1e-3. */
  readonly tolerance?: number;
  /** Bounds of the Krylov dimension. Defaults 7 and 12. */
  readonly fewest?: number;
  readonly most?: number;
  /** "twoSided" (default): from right and left vectors, exact where both have converged. "oneSided": the left vector
   *  is taken for the conjugate of the right one, exact for normal J; cheaper and gentler. */
  readonly gradient?: "twoSided" | "oneSided";
  /** Relative distance of the left value from the right one beyond which the left vector is not used. Default 0.05. With 1
   *  nearly every one is, and the gradient is nearer to the exact one; not always for the better, see
   *  docs/spectral-radius.md. */
  readonly mismatch?: number;
}

/** A left vector is wanted to about the square root of the right one's accuracy: fewer products will do. */
const leftShare = 0.5;
/** Condition |u| |v| / |<u, v>| beyond which the exact gradient, unbounded at defective matrices, is not followed. */
const cap = 20;
/** Where more than this share of a layer's samples had no use for their left vectors, the next batches do without: in a
 *  penalised network, whose eigenvalues are crowded at one modulus, that is most of them. */
const futile = 0.8;
const restBatches = 9;
/** A share of fewer samples says nothing. */
const fewestToJudge = 8;

/** |l_1| by Arnoldi iteration on all samples of a layer at once. Each (layer, sample) starts from its own vector of the
 *  last time it was seen; the dimension of the Krylov space follows the residuals, layer by layer.
 *
 *  Gradient: d|l| = Re( conj(l)/|l| u^T dJ v / u^T v ) with the right and left Ritz vectors. Where the left value does
 *  not match the right one, or the eigenvalue's condition exceeds 20, u = conj(v) is used instead (counted in the
 *  statistics). Several eigenvalues of equal modulus: the gradient of the one that was found. J = 0: value and
 *  gradient 0. NaN in gives NaN out, gradient 0.
 *
 *  Values are approximations, for training; what is reported is computed by `exact`. */
export function arnoldi(options: ArnoldiOptions = {}): DifferentiableProxy {
  const { tolerance = 1.5e-2, fewest = 7, most = 12, gradient: kind = "twoSided", mismatch = 0.05 } = options;
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
  if (kind !== "twoSided" && kind !== "oneSided") {
    throw new ConfigError(`spectralRadius: gradient is '${kind}', expected twoSided or oneSided`);
  }
  if (!(mismatch > 0)) {
    throw new ConfigError(`spectralRadius: mismatch is ${mismatch}, expected a positive number`);
  }
  const settings = [`tolerance ${tolerance}`, `${fewest} to ${most}`, kind];
  if (mismatch !== 0.05) settings.push(`mismatch ${mismatch}`);
  return {
    name: `spectralRadius (arnoldi, ${settings.join(", ")})`,
    exact: denseSpectralRadius(),
    bind(space) {
      const { kernels, depth, width, capacity, gradient } = space;
      const { arena, call } = kernels;
      const layer = createArnoldi(kernels, width, capacity);
      const oneSided = gradient && kind === "oneSided";
      const twoSided = gradient && kind === "twoSided";
      const longest = Math.min(most, width);
      const shortest = Math.min(fewest, longest);
      const vectorsOf = layer.vectorSize(padded(capacity));
      const vectors = arena.float32((gradient ? depth : 1) * vectorsOf);
      const cotangents = arena.float32(padded(capacity));
      // A right and a left start vector for each layer and row; for each layer its Krylov dimension and for how many
      // more batches it does without left vectors.
      const tracks = createTracks(space, { vectors: 2, together: 1, numbers: 2 });
      tracks.perLayer.fill(longest, 0, depth);
      const found = new Float32Array(depth * capacity);
      const tally = { pairs: 0, products: 0, residual: 0, worst: 0, unmatched: 0, capped: 0, rested: 0 };

      return {
        evaluate({ batch, stride, weights, slopes }, values, indices) {
          tracks.select(indices, batch);
          for (let n = 0; n < depth; n++) {
            const right = tracks.perLayer[n]!;
            const resting = twoSided && tracks.perLayer[depth + n]! > 0;
            const left =
              twoSided && !resting ? Math.min(right, Math.max(4, Math.ceil(leftShare * right))) : 0;
            const { startRight, startLeft } = layer;
            tracks.take(n, 0, startRight, batch, stride);
            if (left) tracks.take(n, 1, startLeft, batch, stride);
            layer.run({
              batch,
              stride,
              right,
              left,
              oneSided: oneSided || resting,
              mismatch,
              cap,
              weights: weights.byteOffset + 4 * n * width * width,
              slopes: slopes.byteOffset + 4 * n * width * stride,
              vectors: vectors.address + (gradient ? 4 * n * vectorsOf : 0),
            });
            tracks.put(n, 0, startRight, batch, stride);
            if (left) tracks.put(n, 1, startLeft, batch, stride);
            values.set(layer.values.array.subarray(0, batch), n * batch);

            const residuals = layer.residuals.array;
            found.set(residuals.subarray(0, batch), n * batch);
            const flags = layer.flags.array;
            let above = 0;
            let far = 0;
            let useless = 0;
            for (let i = 0; i < batch; i++) {
              const residual = residuals[i]!;
              if (residual > tolerance) above++;
              if (residual > 3 * tolerance) far++;
              tally.residual += residual;
              tally.worst = Math.max(tally.worst, residual);
              if (left === 0) continue;
              if (flags[i] !== arnoldiFlags.twoSided) useless++;
              if (flags[i] === arnoldiFlags.unmatched) tally.unmatched++;
              if (flags[i] === arnoldiFlags.capped) tally.capped++;
            }
            if (resting) {
              tracks.perLayer[depth + n]!--;
              tally.rested += batch;
            } else if (batch >= fewestToJudge && useless > futile * batch)
              tracks.perLayer[depth + n] = restBatches;
            tally.pairs += batch;
            tally.products += batch * (right + left);
            const longer = 2 * above > batch || 10 * far > batch;
            const next = right + (longer ? 1 : 4 * above < batch && 20 * far < batch ? -1 : 0);
            tracks.perLayer[n] = Math.min(longest, Math.max(shortest, next));
          }
        },
        pullback({ batch, stride, slopes }, cotangent, gradWeights, gradSlopes) {
          for (let n = 0; n < depth; n++) {
            cotangents.array.fill(0);
            for (let i = 0; i < batch; i++) cotangents.array[i] = cotangent[n * batch + i]!;
            call.arnoldi_pullback(
              width,
              stride,
              slopes.byteOffset + 4 * n * width * stride,
              vectors.address + 4 * n * vectorsOf,
              cotangents.address,
              gradWeights.byteOffset + 4 * n * width * width,
              gradSlopes.byteOffset + 4 * n * width * stride,
              layer.scratch.address,
            );
          }
        },
        residuals: () => found,
        statistics() {
          const { pairs, products, residual, worst, unmatched, capped, rested } = tally;
          for (const name of Object.keys(tally) as (keyof typeof tally)[]) tally[name] = 0;
          return {
            productsPerPair: products / pairs,
            residualMean: residual / pairs,
            residualWorst: worst,
            unmatched: unmatched / pairs,
            capped: capped / pairs,
            rested: rested / pairs,
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
