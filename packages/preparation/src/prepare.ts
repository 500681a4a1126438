import { PreparationError } from "./errors.ts";
import type { Preparation } from "./types.ts";

/** The preparation that changes nothing. */
export function identity(columns: number): Preparation {
  return { columns, steps: [] };
}

/** Physical values to prepared ones. `rows` is row-major [count, columns]; a new array is returned. NaN stays NaN. */
export function prepare(preparation: Preparation, rows: Float64Array): Float64Array {
  requireColumns(preparation, rows, "prepare");
  let values = rows;
  for (const { mean, scale } of preparation.steps) {
    const columns = mean.length;
    values = values.map((x, i) => (x - mean[i % columns]!) / scale[i % columns]!);
  }
  return values === rows ? rows.slice() : values;
}

/** Prepared values back to physical ones: the inverse of `prepare` to rounding. */
export function restore(preparation: Preparation, rows: Float64Array): Float64Array {
  requireColumns(preparation, rows, "restore");
  let values = rows;
  for (const { mean, scale } of preparation.steps.toReversed()) {
    const columns = mean.length;
    values = values.map((x, i) => mean[i % columns]! + scale[i % columns]! * x);
  }
  return values === rows ? rows.slice() : values;
}

function requireColumns(preparation: Preparation, rows: Float64Array, verb: string): void {
  if (rows.length % preparation.columns !== 0) {
    throw new PreparationError(
      `${verb}: ${rows.length} values are not whole rows, expected a multiple of ${preparation.columns} columns`,
      { code: "shape_mismatch" },
    );
  }
}
