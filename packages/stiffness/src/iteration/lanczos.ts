import { anyNumber, withDefaults } from "@stiffnet/base";
import { ConfigError, requireOptions } from "@stiffnet/core";
import { type Block, padded } from "@stiffnet/kernels";
import { type KernelFunctions, largestLanczos, unchecked } from "@stiffnet/kernels/unchecked";
import type { DifferentiableProxy, StiffnessProxy } from "../proxy.ts";
import { eachLayer, type MethodLayer } from "./each-layer.ts";
import { iterated } from "./iterate.ts";
import { requireBounds, share } from "./options.ts";

export interface LanczosOptions {
  /** Relative residual |A v - l v| / |l|, of the symmetric A that the proxy is the largest eigenvalue of,
   *  that the number of steps is adapted to, in the median over a layer's samples. The value's relative error
   *  is about its square over the gap to the second eigenvalue. Default 1e-2; 5e-2 for `logarithmicNorm`. */
  readonly tolerance?: number;
  /** Bounds of the number of Lanczos steps, each two products. Defaults 2 and 12; 1 and 6 for the logarithmic
   *  norm. */
  readonly fewest?: number;
  readonly most?: number;
}

/** Arguments of the kernels' functions for one layer. */
export type LanczosLayer = (
  call: KernelFunctions,
  layer: Omit<MethodLayer, "effort" | "flags" | "start"> & {
    readonly width: number;
    readonly steps: number;
    readonly start: Block;
    readonly scratch: Block;
  },
) => void;

/** The options of a proxy that is told by the Lanczos method, or exactly. */
export type LanczosOrDense = { method?: "lanczos" | "dense" } & LanczosOptions;

/** The proxy by the method that is asked for. */
export function lanczosOrDense(
  name: string,
  dense: StiffnessProxy,
  layerOf: LanczosLayer,
  { method = "lanczos", ...options }: LanczosOrDense,
  usual: LanczosOptions & { readonly subset?: number } = {},
): StiffnessProxy {
  if (method === "dense") {
    requireOptions(name, options as object, {});
    return dense;
  }
  if (method === "lanczos") {
    requireOptions(name, options, { tolerance: share, fewest: anyNumber, most: anyNumber });
    const { subset, ...rest } = usual;
    return { ...lanczos(name, dense, layerOf, withDefaults(rest, options)), ...(subset && { subset }) };
  }
  throw new ConfigError(`${name}: method is '${method}', expected lanczos or dense`);
}

/** A proxy by the Lanczos method on all samples of a layer at once, each from its own vector of the last time
 *  it was seen. */
function lanczos(
  name: string,
  exact: StiffnessProxy,
  layerOf: LanczosLayer,
  { tolerance = 1e-2, fewest = 2, most = 12 }: LanczosOptions,
): DifferentiableProxy {
  requireBounds(name, "steps", { fewest, most }, [1, largestLanczos]);
  return {
    name: `${name} (lanczos, tolerance ${tolerance}, ${fewest} to ${most})`,
    exact,
    bind(space) {
      const { kernels, depth, width, capacity } = space;
      const { arena, call } = unchecked(kernels);
      const longest = Math.min(most, width);
      const samples = padded(capacity);
      const buffers = {
        start: arena.float32(depth * width * samples),
        blocks: 1,
        values: arena.float32(depth * samples),
        residuals: arena.float32(depth * samples),
      };
      const blocks = (2 * longest + 3) * width * samples;
      const tridiagonal = 2 * samples * (largestLanczos + 1);
      const scratch = arena.float32(blocks + 2 * (samples + width + 1) + tridiagonal + width * width);
      return iterated(space, {
        ...buffers,
        terms: 1,
        tolerance,
        fewest: Math.min(fewest, width),
        most: longest,
        adapt({ batch, above }) {
          if (2 * above > batch) return 1;
          return 4 * above < batch ? -1 : 0;
        },
        run: (batch) =>
          eachLayer(space, 1, batch, buffers, ({ effort: steps, start, ...layer }) => {
            layerOf(call, { ...layer, width, steps, start: start[0]!, scratch });
            return 2 * steps * layer.batch;
          }),
      });
    },
  };
}
