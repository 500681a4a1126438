import { samplingStream } from "@stiffnet/base";
import { latinHypercube } from "@stiffnet/datasets";
import { tableColumns } from "@stiffnet/preparation";
import type { Table } from "@stiffnet/tables";
import { BenchError } from "@stiffnet/terminal";
import { modelInputs, type Surrogate } from "@stiffnet/trials/surrogate";
import { inputRows, rangeOver } from "../sensitivity/ranges.ts";

/** Inputs of a model, physical units, row-major. */
export interface InputSamples {
  readonly inputs: Float64Array;
  readonly count: number;
  /** Where they are from, in words. */
  readonly origin: string;
  /** Rows of a table that were left out. */
  readonly dropped?: number;
}

type Examined = Pick<Surrogate, "inputNames" | "categories" | "logarithmic" | "box" | "file">;

/** A Latin hypercube over the box of the training inputs, as the file tells it. The values of a text column
 *  are equally likely. */
export function fromRanges(model: Examined, count: number, seed: number): InputSamples {
  const ranges = tableColumns(model.inputNames, model).map((column) => rangeOver(model.box, column));
  const unknown = ranges.find(({ low }) => Number.isNaN(low));
  if (unknown) {
    throw new BenchError(
      `${model.file}: does not say the training range of input '${unknown.name}', expected one; give --data`,
    );
  }
  const points = latinHypercube().points(count, ranges.length, samplingStream(seed, "points"));
  const inputs = inputRows(ranges, count, (row, i) => {
    const { low, high } = ranges[i]!;
    return low + (high - low) * points[row * ranges.length + i]!;
  });
  return { inputs, count, origin: "a Latin hypercube over the training ranges" };
}

/** The model's inputs in a table. Rows with a gap in them are left out. */
export function fromTable(table: Table, model: Examined): InputSamples {
  const inputs = modelInputs(table, model, { missing: "drop" });
  const count = inputs.length / model.inputNames.length;
  if (count === 0) {
    throw new BenchError(`${table.name}: no row has a value in each of the model's inputs, expected one`);
  }
  return { inputs, count, dropped: table.count - count, origin: `rows of ${table.name}` };
}
