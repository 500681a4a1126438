import { whole } from "@stiffnet/base";
import { type Axis, axis } from "../axis.ts";
import { DatasetError } from "../errors.ts";
import type { TestFunction } from "./types.ts";

/** A test function with one output, from its value at one point. */
export function pointwise(
  options: Omit<TestFunction, "outputs" | "evaluate"> & { unit?: string },
  value: (x: Float64Array) => number,
): TestFunction {
  const { name, inputs, formula, source, unit = "" } = options;
  return {
    name,
    inputs,
    outputs: [{ name: "y", unit, meaning: name }],
    formula,
    source,
    evaluate(rows) {
      const count = rowsOf(name, rows, inputs.length);
      const y = new Float64Array(count);
      for (let i = 0; i < count; i++) y[i] = value(rows.subarray(i * inputs.length, (i + 1) * inputs.length));
      return y;
    },
  };
}

/** The number of rows; throws where the values are not whole rows. */
export function rowsOf(name: string, rows: Float64Array, columns: number): number {
  if (rows.length % columns !== 0) {
    throw new DatasetError(`${name}: ${rows.length} values, expected whole rows of ${columns} inputs`, {
      code: "shape_mismatch",
    });
  }
  return rows.length / columns;
}

/** Refuses a dimension that is not a whole number of at least `least`. */
export function requireDimension(name: string, dimension: number, least = 1): void {
  const fault = whole(least, 1e6).fault("dimension", dimension);
  if (fault) throw new DatasetError(`${name}: ${fault}`, { code: "bad_dimension" });
}

/** Inputs x1..xd, uniform on [lower, upper]. */
export function box(dimension: number, lower: number, upper: number): Axis[] {
  return Array.from({ length: dimension }, (_, i) => axis(`x${i + 1}`, lower, upper));
}
