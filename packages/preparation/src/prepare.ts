import exp from "@stdlib/math-base-special-exp";
import ln from "@stdlib/math-base-special-ln";
import { PreparationError } from "./errors.ts";
import type { LogStep, Preparation, PreparationStep } from "./types.ts";

/** The preparation that changes nothing. */
export function identity(columns: number): Preparation {
  return { columns, steps: [] };
}

/** How many columns there are after all steps: what a network sees. */
export function preparedColumns(preparation: Preparation): number {
  return preparation.steps.reduce(
    (columns, step) => (step.kind === "components" ? step.directions.length : columns),
    preparation.columns,
  );
}

/** Physical values, row-major [count, columns], to prepared ones, [count, preparedColumns]; a new array. NaN
 *  stays NaN; a value that is not positive where a logarithm is due throws, naming row and column. */
export function prepare(preparation: Preparation, rows: Float64Array): Float64Array {
  requireRows("prepare", rows, preparation.columns);
  const values = preparation.steps.reduce((x, step) => forward(step, x), rows);
  return values === rows ? rows.slice() : values;
}

/** Prepared values, [count, preparedColumns], back to physical ones, [count, columns]: the inverse of
 *  `prepare` to rounding, except for what left-out components held. */
export function restore(preparation: Preparation, rows: Float64Array): Float64Array {
  requireRows("restore", rows, preparedColumns(preparation));
  const values = preparation.steps.reduceRight((x, step) => backward(step, x), rows);
  return values === rows ? rows.slice() : values;
}

/** J^T cotangent with J the derivative of `prepare` at one physical row: gradients by prepared values become
 *  those by physical ones. */
export function pullPrepare(
  { steps }: Preparation,
  row: Float64Array,
  cotangent: Float64Array,
): Float64Array {
  const before: Float64Array[] = [];
  steps.reduce((x, step) => forward(step, before[before.push(x) - 1]!), row);
  return steps.reduceRight((g, step, k) => pulled(step, before[k]!, g, false), cotangent);
}

/** The same of `restore` at one prepared row: gradients by physical values become those by prepared ones. */
export function pullRestore(
  { steps }: Preparation,
  prepared: Float64Array,
  cotangent: Float64Array,
): Float64Array {
  const after: Float64Array[] = [];
  steps.reduceRight((x, step, k) => {
    after[k] = backward(step, x);
    return after[k];
  }, prepared);
  return steps.reduce((g, step, k) => pulled(step, after[k]!, g, true), cotangent);
}

/** physical: what stands on the step's physical side. */
function pulled(
  step: PreparationStep,
  physical: Float64Array,
  g: Float64Array,
  restoring: boolean,
): Float64Array {
  switch (step.kind) {
    case "affine":
      return g.map((value, i) => (restoring ? value * step.scale[i]! : value / step.scale[i]!));
    case "log":
      return g.map((value, i) => {
        if (!step.applies[i]) return value;
        return restoring ? value * physical[i]! : value / physical[i]!;
      });
    case "components":
      return restoring ? project(g, step.directions) : combine(g, step.directions);
  }
}

function forward(step: PreparationStep, rows: Float64Array): Float64Array {
  switch (step.kind) {
    case "affine": {
      const { mean, scale } = step;
      return rows.map((x, i) => (x - mean[i % mean.length]!) / scale[i % mean.length]!);
    }
    case "log":
      return logarithms(step, rows);
    case "components":
      return project(rows, step.directions);
  }
}

function backward(step: PreparationStep, rows: Float64Array): Float64Array {
  switch (step.kind) {
    case "affine": {
      const { mean, scale } = step;
      return rows.map((x, i) => mean[i % mean.length]! + scale[i % mean.length]! * x);
    }
    case "log": {
      const { applies } = step;
      return rows.map((x, i) => (applies[i % applies.length] ? exp(x) : x));
    }
    case "components":
      return combine(rows, step.directions);
  }
}

function logarithms({ applies }: LogStep, rows: Float64Array): Float64Array {
  return rows.map((x, i) => {
    const column = i % applies.length;
    if (!applies[column]) return x;
    if (x <= 0) {
      throw new PreparationError(
        `prepare: row ${(i - column) / applies.length + 1}, column ${column + 1}: ${x}, expected a positive number (its logarithm is taken)`,
        { code: "not_positive" },
      );
    }
    return ln(x);
  });
}

function project(rows: Float64Array, directions: readonly (readonly number[])[]): Float64Array {
  const width = directions[0]!.length;
  const count = rows.length / width;
  const projected = new Float64Array(count * directions.length);
  for (let r = 0; r < count; r++) {
    directions.forEach((direction, k) => {
      let sum = 0;
      for (let c = 0; c < width; c++) sum += direction[c]! * rows[r * width + c]!;
      projected[r * directions.length + k] = sum;
    });
  }
  return projected;
}

function combine(rows: Float64Array, directions: readonly (readonly number[])[]): Float64Array {
  const width = directions[0]!.length;
  const count = rows.length / directions.length;
  const combined = new Float64Array(count * width);
  for (let r = 0; r < count; r++) {
    directions.forEach((direction, k) => {
      const weight = rows[r * directions.length + k]!;
      for (let c = 0; c < width; c++) combined[r * width + c]! += weight * direction[c]!;
    });
  }
  return combined;
}

/** Throws where the values are not whole rows. */
function requireRows(verb: string, rows: Float64Array, columns: number): void {
  if (rows.length % columns === 0) return;
  throw new PreparationError(
    `${verb}: ${rows.length} values are not whole rows, expected a multiple of ${columns} columns`,
    { code: "shape_mismatch" },
  );
}
