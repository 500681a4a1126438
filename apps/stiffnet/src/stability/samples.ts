import { samplingStream } from "@stiffnet/base";
import { latinHypercube } from "@stiffnet/datasets";
import type { Variable } from "@stiffnet/onnx";
import type { Table } from "@stiffnet/tables";
import { BenchError } from "@stiffnet/terminal";

/** Inputs of a model, physical units, row-major. */
export interface InputSamples {
  readonly inputs: Float64Array;
  readonly count: number;
  /** Where they are from, in words. */
  readonly origin: string;
  /** Rows of a table that were left out. */
  readonly dropped?: number;
}

/** A Latin hypercube over the box of the training inputs, as the file tells it. */
export function fromRanges(
  inputs: readonly Variable[],
  count: number,
  seed: number,
  file: string,
): InputSamples {
  const unknown = inputs.find(({ range }) => range === undefined);
  if (unknown) {
    throw new BenchError(
      `${file}: does not say the training range of input '${unknown.name}', expected one; give --data`,
    );
  }
  const points = latinHypercube().points(count, inputs.length, samplingStream(seed, "points"));
  const values = points.map((u, at) => {
    const [low, high] = inputs[at % inputs.length]!.range!;
    return low + (high - low) * u;
  });
  return { inputs: values, count, origin: "a Latin hypercube over the training ranges" };
}

/** The model's inputs in a table, by their names or as chosen. Rows with a gap in them are left out. */
export function fromTable(table: Table, names: readonly string[], choice: string | undefined): InputSamples {
  const indices = choice === undefined ? table.indices(names, "inputs") : table.indices(choice, "inputs");
  if (indices.length !== names.length) {
    throw new BenchError(
      `${table.name}: ${indices.length} columns are chosen, expected ${names.length} as the model's inputs (${brief(names)})`,
    );
  }
  const width = indices.length;
  const rows = table.rows(indices);
  const whole = Array.from({ length: table.count }, (_, r) => r).filter((r) =>
    rows.subarray(r * width, (r + 1) * width).every(Number.isFinite),
  );
  if (whole.length === 0) {
    throw new BenchError(
      `${table.name}: no row has a number in each of the model's inputs (${brief(names)})`,
    );
  }
  const inputs = new Float64Array(whole.length * width);
  whole.forEach((r, i) => {
    inputs.set(rows.subarray(r * width, (r + 1) * width), i * width);
  });
  return {
    inputs,
    count: whole.length,
    dropped: table.count - whole.length,
    origin: `rows of ${table.name}`,
  };
}

function brief(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 4).join(", ")} and ${names.length - 4} more` : names.join(", ");
}
