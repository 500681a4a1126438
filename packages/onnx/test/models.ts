import { activations, type Model, type ResNetOptions, randomStream, resnet } from "@stiffnet/core";

/** A model whose inputs and outputs have a preparation of the given offsets and sizes. */
export function modelOf(
  options: ResNetOptions & { seed?: number; trial?: number },
  sizes: { input?: [number, number]; output?: [number, number] } = {},
): Model {
  const model = resnet(options);
  const random = randomStream(5, options.trial ?? 0);
  const affine = (columns: number, [mean, scale]: [number, number]) => ({
    columns,
    steps: [
      {
        kind: "affine" as const,
        mean: Array.from({ length: columns }, () => mean * (1 + 0.1 * random.uniform())),
        scale: Array.from({ length: columns }, () => scale * (1 + random.uniform())),
      },
    ],
  });
  return {
    ...model,
    preparation: {
      inputs: affine(options.inputs, sizes.input ?? [3, 2]),
      outputs: affine(options.outputs, sizes.output ?? [-1, 0.5]),
    },
  };
}

/** Activations times lifts, with odd sizes and a horizon. */
export const kinds: { name: string; options: ResNetOptions }[] = activations.flatMap((activation) =>
  (["tanh", "identity"] as const).map((lift) => ({
    name: `${activation}, ${lift} lift`,
    options: { inputs: 3, outputs: 2, width: 7, depth: 5, activation, lift, horizon: 1.5 },
  })),
);
