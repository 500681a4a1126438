import { ConfigError } from "@stiffnet/core";
import { largestLanczos, padded } from "@stiffnet/kernels";
import { adaptToMedian, iterate } from "../iteration/iterate.ts";
import { requireBounds, requireTolerance } from "../iteration/options.ts";
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
  requireTolerance("largestSingularValue", tolerance);
  requireBounds("largestSingularValue", "steps", { fewest, most }, [1, largestLanczos]);
  return iterate({
    name: `largestSingularValue (lanczos, tolerance ${tolerance}, ${fewest} to ${most})`,
    exact: denseLargestSingularValue(),
    terms: 1,
    tolerance,
    effort: (width) => ({ fewest: Math.min(fewest, width), most: Math.min(most, width) }),
    adapt: adaptToMedian,
    bind({ kernels: { arena, call }, width, capacity }) {
      const longest = Math.min(most, width);
      const samples = padded(capacity);
      const start = arena.float32(width * samples);
      const values = arena.float32(samples);
      const residuals = arena.float32(samples);
      const scratch = arena.float32(
        (2 * longest + 3) * width * samples + 2 * (samples + width + 1) + 2 * samples * (largestLanczos + 1),
      );
      return {
        start: [start],
        values,
        residuals,
        run({ effort: steps, ...layer }) {
          call.singularLayer({ ...layer, width, steps, start, values, residuals, scratch });
          return 2 * steps * layer.batch;
        },
      };
    },
  });
}

/** sigma_1, exactly. */
function denseLargestSingularValue(): StiffnessProxy {
  return denseProxy("largestSingularValue", (solve) =>
    solve.singularValues() === 0 ? solve.re[0]! : Number.NaN,
  );
}
