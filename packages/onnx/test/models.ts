import { randomStream } from "@stiffnet/base";
import { activations, type Model, type ResNetOptions, resnet } from "@stiffnet/core";
import { chain, logarithm, principalComponents, standardise } from "@stiffnet/preparation";

/** A model whose inputs and outputs have a preparation of the given offsets and sizes. */
export function modelOf(
  options: ResNetOptions & { seed?: number; trial?: number },
  sizes: { input?: [number, number]; output?: [number, number] } = {},
): Model {
  return withSizes(resnet(options), sizes, options.trial);
}

export function withSizes(
  model: Model,
  sizes: { input?: [number, number]; output?: [number, number] } = {},
  trial = 0,
): Model {
  const random = randomStream(5, trial);
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
      inputs: affine(model.config.inputs, sizes.input ?? [3, 2]),
      outputs: affine(model.config.outputs, sizes.output ?? [-1, 0.5]),
    },
  };
}

/** The same network behind longer preparations. Inputs have the logarithm of every other column,
 *  standardisation and, from one column more, principal components. Outputs have logarithms that span
 *  decades. */
export function chained(model: Model, trial = 0): Model {
  const random = randomStream(31, trial);
  const { inputs, outputs } = model.config;
  const columns = inputs + 1;
  const numbered = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, j) => `${prefix}${j + 1}`);
  const rows = Float64Array.from(
    { length: columns * 60 },
    (_, k) => 10 ** ((k % columns) - 4) * (0.2 + random.uniform()),
  );
  const values = Float64Array.from({ length: outputs * 60 }, () => 1e-9 * 50 ** random.uniform());
  const names = numbered("x", columns);
  const inputFit = chain(
    (x, all) => logarithm(x, all, { columns: all.filter((_, j) => j % 2 === 0) }),
    standardise,
    (x, all) => principalComponents(x, all, { keep: inputs }),
    standardise,
  );
  return {
    ...model,
    inputNames: names,
    outputNames: numbered("y", outputs),
    preparation: {
      inputs: inputFit(rows, names),
      outputs: chain(logarithm, standardise)(values, numbered("y", outputs)),
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
