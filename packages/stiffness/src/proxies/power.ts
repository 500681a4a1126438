import { whole } from "@stiffnet/base";
import { requireOptions } from "@stiffnet/core";
import { padded } from "@stiffnet/kernels";
import { powerFlags, unchecked } from "@stiffnet/kernels/unchecked";
import { eachLayer } from "../iteration/each-layer.ts";
import { iterated } from "../iteration/iterate.ts";
import { share } from "../iteration/options.ts";
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
/** Condition |u| |v| / |<u, v>| beyond which the exact gradient, unbounded at defective matrices, is not
 *  followed. */
const cap = 20;

/** |l_1| by the complex power method (slides p. 12). The real and imaginary part of the iterate v <- J v are
 *  a block of two real vectors. The 2 x 2 projection of J on them gives the eigenvalue. So complex pairs and
 *  plus-minus pairs are found like single eigenvalues. All samples of a layer iterate together. Each starts
 *  from its own block of the last visit, and stops within the tolerance or after `most` steps. Converges as
 *  |l_3 / l_1|^k. This is slow if several moduli are almost equal, and the penalty makes them so. Each
 *  sample's residual shows it.
 *
 *  Gradient: d|l| = Re( conj(l)/|l| u^T dJ v / u^T v ), u from the same iteration on J^T. If u belongs to
 *  another eigenvalue (unmatched), or the eigenvalue's condition exceeds 20 (capped), u = conj(v) is used.
 *  |l_1| has no derivative if several eigenvalues share the largest modulus. Then the derivative of the one
 *  found is used. J = 0: value and gradient 0. Entries that are not finite give NaN and gradient 0. */
export function power(options: PowerOptions = {}): DifferentiableProxy {
  requireOptions("spectralRadius", options, { tolerance: share, most: whole(1, 10_000) });
  const { tolerance = 1e-2, most = 10 } = options;
  return {
    name: `spectralRadius (power, tolerance ${tolerance}, at most ${most})`,
    exact: denseSpectralRadius(),
    bind(space) {
      const { kernels, depth, width, capacity, gradient } = space;
      const { arena, call } = unchecked(kernels);
      const samples = padded(capacity);
      const blocks = gradient ? 2 : 1;
      const buffers = {
        start: arena.float32(depth * blocks * 2 * width * samples),
        blocks,
        values: arena.float32(depth * samples),
        residuals: arena.float32(depth * samples),
        flagged: arena.float32(depth * samples),
      };
      const scratch = arena.float32(7 * width * samples + 2 * (samples + width + 1) + 9 * samples);
      const options = { width, tolerance, mismatch, cap, gradient: gradient ? 1 : 0, scratch };
      return iterated(space, {
        ...buffers,
        // Each visit ends by itself.
        terms: 2,
        tolerance,
        fewest: most,
        most,
        flags: { unmatched: powerFlags.unmatched, capped: powerFlags.capped },
        run: (batch) =>
          eachLayer(space, 2, batch, buffers, ({ effort, start: [right, left = right], ...layer }) =>
            call.powerLayer({ ...options, ...layer, most: effort, right: right!, left: left! }),
          ),
      });
    },
  };
}
