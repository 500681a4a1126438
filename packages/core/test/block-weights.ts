import { discretisationOf, type Model, tensor } from "../src/index.ts";

/** The weights at the start of every step as one [N, D, D] (a residual network's block weights), summed over
 *  the terms of the basis as the kernels do: the same bits. */
export function blockWeights({ config, layout, parameters }: Model): Float32Array {
  const { size, offset } = layout.blocks[0]!.weight;
  const theta = tensor(parameters, {
    ...layout.blocks[0]!.weight,
    size: size * layout.blocks.length,
    offset,
  });
  const { terms, phi } = discretisationOf(config);
  const values = Float32Array.from(phi(config.horizon));
  const weights = new Float32Array(config.depth * size);
  for (let n = 0; n < config.depth; n++) {
    for (let j = 0; j < terms; j++) {
      const c = values[n * terms + j]!;
      if (c === 0) continue;
      for (let i = 0; i < size; i++) {
        weights[n * size + i] = weights[n * size + i]! + Math.fround(c * theta[j * size + i]!);
      }
    }
  }
  return weights;
}
