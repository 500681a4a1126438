import { largestChunk, whole } from "@stiffnet/base";
import {
  createEngine,
  type ForwardChunk,
  type Model,
  requireModel,
  requireOptions,
  ShapeError,
} from "@stiffnet/core";
import type { Kernels } from "@stiffnet/kernels";
import { prepare } from "@stiffnet/preparation";

/** Some rows of a table of samples. */
export interface ChosenSamples {
  readonly count: number;
  /** Their numbers in the table, ascending. */
  readonly rows: Uint32Array;
  /** Physical units, row-major. */
  readonly inputs: Float64Array;
}

/** At most `most` rows, evenly spread; all without it. */
export function chooseRows(
  model: Model,
  samples: { readonly inputs: Float64Array },
  options: { readonly most?: number },
  who: string,
): ChosenSamples {
  requireOptions(who, options, { most: whole(1) });
  requireModel(who, model);
  const { most } = options;
  // Physical columns: a preparation may leave the network fewer.
  const { columns } = model.preparation.inputs;
  const total = samples.inputs.length / columns;
  if (!Number.isInteger(total) || total === 0) {
    throw new ShapeError(
      `${who}: ${samples.inputs.length} values are not rows of the model's ${columns} inputs`,
    );
  }
  const count = Math.min(total, most ?? total);
  const rows = Uint32Array.from({ length: count }, (_, i) => Math.floor((i * total) / count));
  const values = new Float64Array(count * columns);
  rows.forEach((row, i) => {
    values.set(samples.inputs.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return { count, rows, inputs: values };
}

/** Passes the Jacobians of the chosen samples, chunk by chunk, to the function that `open` returns. `open`
 *  must make all arrays, because a later allocation would move the memory of a chunk. */
export function visitJacobians(
  model: Model,
  chosen: ChosenSamples,
  open: (kernels: Kernels) => (chunk: ForwardChunk) => void,
): void {
  const engine = createEngine(model.config, { batchSize: largestChunk });
  engine.write({ parameters: model.parameters });
  const table = engine.table(prepare(model.preparation.inputs, chosen.inputs));
  engine.forward(table, open(engine.kernels));
}
