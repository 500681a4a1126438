import type { Preparation, Samples, TrainingData } from "@stiffnet/preparation";
import { prepare, preparedColumns } from "@stiffnet/preparation";
import { ConfigError } from "./errors.ts";

export type DataSet = "train" | "validation" | "test";

/** Inputs and outputs as the network sees them. Values that are not finite, also after rounding to float32,
 *  are refused. Otherwise every loss would be NaN, or no epoch the best. */
export function preparedRows(
  { preparation, inputNames, outputNames }: TrainingData,
  set: DataSet,
  samples: Samples,
): [inputs: Float64Array, outputs: Float64Array] {
  const part = (by: Preparation, values: Float64Array, names: readonly string[]): Float64Array => {
    requireFinite(set, values, names, Number.isFinite);
    const prepared = prepare(by, values);
    const seen = preparedColumns(by);
    const own = seen === names.length ? names : Array.from({ length: seen }, (_, k) => `component ${k + 1}`);
    requireFinite(set, prepared, own, (value) => Number.isFinite(Math.fround(value)));
    return prepared;
  };
  return [
    part(preparation.inputs, samples.inputs, inputNames),
    part(preparation.outputs, samples.outputs, outputNames),
  ];
}

function requireFinite(
  set: DataSet,
  values: Float64Array,
  names: readonly string[],
  fits: (value: number) => boolean,
): void {
  const at = values.findIndex((value) => !fits(value));
  if (at < 0) return;
  const [row, column] = [Math.floor(at / names.length) + 1, names[at % names.length]];
  throw new ConfigError(
    `train: the ${set} set has ${values[at]} in row ${row}, column '${column}', expected finite numbers`,
  );
}
