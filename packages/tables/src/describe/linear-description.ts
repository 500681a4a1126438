import { samplingStream, shuffle } from "@stiffnet/base";
import { type Samples, takeRows } from "@stiffnet/preparation";
import { linearFit } from "../linear.ts";
import type { ColumnChoice } from "../table/columns.ts";
import { selectSamples } from "../table/select.ts";
import type { Table } from "../table/table.ts";

/** What a linear fit makes of the outputs. */
export interface LinearDescription {
  readonly inputs: readonly string[];
  readonly outputs: readonly {
    readonly name: string;
    /** Share of the variance explained on the rows that were fitted. */
    readonly explained: number;
    /** R2 on rows that were not fitted, in five folds: what a surrogate has to beat. NaN with fewer than 10
     *  rows. */
    readonly predicted: number;
  }[];
  /** Rows without a gap. */
  readonly rows: number;
}

const folds = 5;

export function linearDescription(
  table: Table,
  choice: { inputs: ColumnChoice; outputs: ColumnChoice },
  step: number,
): LinearDescription {
  const selection = selectSamples(table, { ...choice, missing: "drop", text: "categories" });
  const { inputNames, outputNames, count } = selection;
  const every = takeRows(
    selection,
    Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step),
  );
  const explained = every.count > 0 ? linearFit(every).r2(every) : [];
  const predicted = every.count >= 2 * folds ? crossValidated(every, outputNames.length) : [];
  return {
    inputs: inputNames,
    outputs: outputNames.map((name, o) => ({
      name,
      explained: explained[o] ?? Number.NaN,
      predicted: predicted[o] ?? Number.NaN,
    })),
    rows: every.count,
  };
}

/** R2 of predictions that were each made without their own fold. */
function crossValidated(samples: Samples, outputs: number): number[] {
  const { count } = samples;
  const order = shuffle(new Uint32Array(count), samplingStream(1, "split"));
  const residual = new Float64Array(outputs);
  const total = new Float64Array(outputs);
  const means = Array.from({ length: outputs }, (_, o) => meanOf(samples.outputs, o, outputs));
  const spreads = means.map((mean, o) => spreadOf(samples.outputs, o, outputs, mean));
  for (let k = 0; k < folds; k++) {
    const [from, to] = [Math.floor((k * count) / folds), Math.floor(((k + 1) * count) / folds)];
    const others = [...order.subarray(0, from), ...order.subarray(to)];
    const left = takeRows(samples, order.subarray(from, to));
    const prediction = linearFit(takeRows(samples, others)).predict(left.inputs);
    left.outputs.forEach((y, i) => {
      const o = i % outputs;
      residual[o]! += ((y - prediction[i]!) / spreads[o]!) ** 2;
      total[o]! += ((y - means[o]!) / spreads[o]!) ** 2;
    });
  }
  return Array.from(residual, (sum, o) => (total[o] === 0 ? Number.NaN : 1 - sum / total[o]!));
}

function meanOf(rows: Float64Array, column: number, width: number): number {
  let sum = 0;
  for (let i = column; i < rows.length; i += width) sum += rows[i]! / (rows.length / width);
  return sum;
}

/** Largest deviation, 1 where there is none: squares then neither overflow nor vanish. */
function spreadOf(rows: Float64Array, column: number, width: number, mean: number): number {
  let largest = 0;
  for (let i = column; i < rows.length; i += width) largest = Math.max(largest, Math.abs(rows[i]! - mean));
  return largest || 1;
}
