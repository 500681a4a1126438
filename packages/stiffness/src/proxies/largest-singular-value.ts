import { ConfigError } from "@stiffnet/core";
import { largestLanczos, padded } from "@stiffnet/kernels";
import { createRankGradient } from "../iteration/rank-gradient.ts";
import { createTracks } from "../iteration/start-vectors.ts";
import type { DifferentiableProxy, StiffnessProxy } from "../proxy.ts";
import { denseProxy } from "./dense-proxy.ts";

export interface LanczosOptions {
  /** Relative residual |J^T u - sigma v| / sigma that the number of steps is adapted to, in the median over a layer's
   *  samples. The value's relative error is about its square over the gap to sigma_2. Default 1e-2. */
  readonly tolerance?: number;
  /** Bounds of the number of Lanczos steps, each two products. Defaults 2 and 12. */
  readonly fewest?: number;
  readonly most?: number;
}

/** sigma_1, the largest singular value of J, in 1/time: the most that J stretches any direction, and above the
 *  spectral radius.
 *
 *  "lanczos" (default): the Lanczos method on J^T J for all samples of a layer at once, each from its own vector of the
 *  last time it was seen. The value is |J v| of a unit vector, so never above the exact one by more than rounding.
 *  Gradient: u v^T. Where sigma_1 is multiple it has no derivative: that of the vector found is returned, an element of
 *  the subdifferential. J = 0: value and gradient 0. What is not finite: NaN and gradient 0.
 *
 *  "dense": one-sided Jacobi in float64, exact, not differentiable. */
export function largestSingularValue(options?: { method?: "lanczos" } & LanczosOptions): DifferentiableProxy;
export function largestSingularValue(options: { method: "dense" }): StiffnessProxy;
export function largestSingularValue(
  options: { method?: "lanczos" | "dense" } & LanczosOptions = {},
): StiffnessProxy {
  const { method = "lanczos" } = options;
  if (method === "dense") return denseLargestSingularValue();
  if (method !== "lanczos") {
    throw new ConfigError(`largestSingularValue: method is '${method}', expected lanczos or dense`);
  }
  return lanczos(options);
}

function lanczos({ tolerance = 1e-2, fewest = 2, most = 12 }: LanczosOptions): DifferentiableProxy {
  if (!(tolerance > 0 && tolerance < 1)) {
    throw new ConfigError(
      `largestSingularValue: tolerance is ${tolerance}, expected a number between 0 and 1`,
    );
  }
  const whole = Number.isInteger(fewest) && Number.isInteger(most);
  if (!(whole && 1 <= fewest && fewest <= most && most <= largestLanczos)) {
    throw new ConfigError(
      `largestSingularValue: steps from ${fewest} to ${most}, expected whole numbers within 1 to ${largestLanczos}`,
    );
  }
  return {
    name: `largestSingularValue (lanczos, tolerance ${tolerance}, ${fewest} to ${most})`,
    exact: denseLargestSingularValue(),
    bind(space) {
      const { depth, width, capacity } = space;
      const { arena, call } = space.kernels;
      const longest = Math.min(most, width);
      const shortest = Math.min(fewest, longest);
      const lanes = padded(capacity);
      const tracks = createTracks(space, { vectors: 1, together: 1 });
      const start = tracks.block();
      const rank = createRankGradient(space, 1);
      const values = arena.float32(lanes);
      const residuals = arena.float32(lanes);
      const found = new Float32Array(depth * capacity);
      const scratch = arena.float32(
        (2 * longest + 3) * width * lanes + 2 * (lanes + width + 1) + 2 * lanes * (largestLanczos + 1),
      );
      tracks.perLayer.fill(longest);
      const tally = { pairs: 0, products: 0, residual: 0, worst: 0, above: 0 };
      return {
        evaluate({ batch, stride, weights, slopes }, out, indices) {
          tracks.select(indices, batch);
          const [allWeights, allSlopes] = [arena.blockOf(weights), arena.blockOf(slopes)];
          for (let n = 0; n < depth; n++) {
            const steps = tracks.perLayer[n]!;
            tracks.take(n, 0, start, batch, stride);
            call.singularLayer({
              width,
              batch,
              stride,
              steps,
              weights: allWeights.at(n * width * width),
              slopes: allSlopes.at(n * width * stride),
              start,
              values,
              residuals,
              vectors: rank.vectors(n),
              scratch,
            });
            tracks.put(n, 0, start, batch, stride);
            out.set(values.array.subarray(0, batch), n * batch);
            found.set(residuals.array.subarray(0, batch), n * batch);
            let above = 0;
            for (let i = 0; i < batch; i++) {
              const residual = residuals.array[i]!;
              if (!(residual <= tolerance)) above++;
              tally.residual += residual;
              tally.worst = Math.max(tally.worst, residual);
            }
            tally.pairs += batch;
            tally.products += 2 * steps * batch;
            tally.above += above;
            const next = steps + (2 * above > batch ? 1 : 4 * above < batch ? -1 : 0);
            tracks.perLayer[n] = Math.min(longest, Math.max(shortest, next));
          }
        },
        pullback: rank.pullback,
        residuals: () => found,
        statistics() {
          const { pairs, products, residual, worst, above } = tally;
          Object.assign(tally, { pairs: 0, products: 0, residual: 0, worst: 0, above: 0 });
          return {
            productsPerPair: products / pairs,
            residualMean: residual / pairs,
            residualWorst: worst,
            unconverged: above / pairs,
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

/** sigma_1, exactly. */
function denseLargestSingularValue(): StiffnessProxy {
  return denseProxy("largestSingularValue", (solve) =>
    solve.singularValues() === 0 ? solve.re[0]! : Number.NaN,
  );
}
