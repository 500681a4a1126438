import { whole } from "@stiffnet/base";
import { type JacobianBatch, requireOptions } from "@stiffnet/core";
import { padded } from "@stiffnet/kernels";
import { unchecked } from "@stiffnet/kernels/unchecked";
import { type DifferentiableProxy, guarded } from "../proxy.ts";
import { denseSpectralRadius } from "./dense-spectral-radius.ts";

/** Gelfand's formula |J^k|_F^(1/k), k = 2^squarings (10 in the slides), each power normalised: the slides'
 *  way to the spectral radius. It is above the exact value, by up to log(sqrt D) / k for normal J and by more
 *  for ill-conditioned eigenvectors. Its derivative is that of the formula, not of the spectral radius. J =
 *  0, and a J whose powers vanish, have value 0 and gradient 0.
 *
 *  Costs squarings products of D x D matrices a (layer, sample), and twice as many for the gradient. */
export function gelfand(options: { readonly squarings?: number } = {}): DifferentiableProxy {
  requireOptions("spectralRadius", options, { squarings: whole(0, 30) });
  const { squarings = 10 } = options;
  return {
    name: squarings === 10 ? "spectralRadius (gelfand)" : `spectralRadius (gelfand, ${squarings} squarings)`,
    exact: denseSpectralRadius(),
    bind(space) {
      const { kernels, depth, width, capacity, gradient } = space;
      const { call, arena, threads } = unchecked(kernels);
      const square = width * padded(width);
      const computed = arena.float32(depth * capacity);
      const pulled = arena.float32(depth * capacity);
      const gradients = arena.float32(gradient ? depth * capacity * square : 0);
      const byWeights = arena.float32(gradient ? depth * width * width : 0);
      const scratch = arena.float32(threads * (squarings + 2) * square);
      const taken = ({ depth, width, batch, stride, weights, slopes }: JacobianBatch) => ({
        depth,
        width,
        batch,
        stride,
        weights: arena.blockOf(weights),
        slopes: arena.blockOf(slopes),
      });
      return guarded(space, {
        evaluate(jacobians, values) {
          const { depth, batch } = jacobians;
          call.gelfand({
            ...taken(jacobians),
            squarings,
            values: computed,
            gradients: gradient ? gradients : undefined,
            scratch,
          });
          for (let i = 0; i < depth * batch; i++) values[i] = computed.array[i]!;
        },
        pullbackSlopes(jacobians, cotangent, slopes) {
          const { depth, batch } = jacobians;
          for (let i = 0; i < depth * batch; i++) pulled.array[i] = cotangent[i]!;
          byWeights.array.fill(0);
          call.gelfandPullback({
            ...taken(jacobians),
            gradients,
            cotangent: pulled,
            gradWeights: byWeights,
            gradSlopes: arena.blockOf(slopes),
          });
        },
        pullbackWeights(weights) {
          call.addScaled({ y: arena.blockOf(weights), x: byWeights, a: 1, size: byWeights.length });
        },
      });
    },
  };
}
