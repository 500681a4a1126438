import type { TableColumn } from "@stiffnet/preparation";

/** How one column is drawn; `low` equals `high` where it is held. Texts are drawn by their number among the
 *  values, from 0 to how many there are. */
export interface InputRange {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly logarithmic: boolean;
  readonly values?: readonly string[];
}

/** The box of a model's inputs: that of the training rows. */
export type Box = readonly (readonly [low: number, high: number])[];

/** A column over the box; its ends are NaN where that is unknown. */
export function rangeOver(box: Box | undefined, { name, first, values }: TableColumn): InputRange {
  const [low, high] = values ? [0, values.length] : (box?.[first] ?? [Number.NaN, Number.NaN]);
  return { name, low, high, logarithmic: false, ...(values && { values }) };
}

/** Rows of inputs, row-major, from what is drawn of each column: a number, also for one of the texts. */
export function inputRows(
  ranges: readonly InputRange[],
  count: number,
  drawn: (row: number, column: number) => number,
): Float64Array {
  const width = ranges.reduce((sum, { values }) => sum + (values?.length ?? 1), 0);
  const rows = new Float64Array(count * width);
  for (let row = 0; row < count; row++) {
    let at = row * width;
    for (const [i, { values }] of ranges.entries()) {
      const x = drawn(row, i);
      if (values) rows[at + Math.min(Math.floor(x), values.length - 1)] = 1;
      else rows[at] = x;
      at += values?.length ?? 1;
    }
  }
  return rows;
}
