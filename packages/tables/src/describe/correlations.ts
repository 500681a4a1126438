import type { Table } from "../table/table.ts";

/** Beyond this many columns pairs are not looked at. */
const mostColumns = 500;
const mostPairs = 20;

/** The strongest Pearson correlations between columns (from 0), over every step-th row; pairs without a gap
 *  in the row. */
export function correlations(
  table: Table,
  columns: readonly number[],
  step: number,
  notes: string[],
): { columns: readonly [string, string]; value: number }[] {
  if (columns.length > mostColumns) notes.push(`correlations are shown for the first ${mostColumns} columns`);
  const centred = columns.slice(0, mostColumns).map((index) => centredColumn(table, index, step));
  const pairs: { columns: readonly [string, string]; value: number }[] = [];
  for (let i = 0; i < centred.length; i++) {
    for (let j = 0; j < i; j++) {
      const value = correlation(centred[j]!, centred[i]!);
      if (Number.isNaN(value)) continue;
      pairs.push({ columns: [table.columns[columns[j]!]!, table.columns[columns[i]!]!], value });
    }
  }
  return pairs.sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, mostPairs);
}

/** Less its mean, over its largest deviation: sums of squares then neither overflow nor vanish. */
function centredColumn(table: Table, index: number, step: number): Float64Array {
  const column = Float64Array.from({ length: Math.ceil(table.count / step) }, (_, i) =>
    table.at(i * step, index),
  );
  const known = column.filter((x) => !Number.isNaN(x));
  const mean = known.reduce((sum, x) => sum + x / known.length, 0);
  const largest = known.reduce((most, x) => Math.max(most, Math.abs(x - mean)), 0) || 1;
  return column.map((x) => (x - mean) / largest);
}

function correlation(a: Float64Array, b: Float64Array): number {
  let [count, sumA, sumB] = [0, 0, 0];
  for (let r = 0; r < a.length; r++) {
    if (Number.isNaN(a[r]! + b[r]!)) continue;
    count++;
    sumA += a[r]!;
    sumB += b[r]!;
  }
  let [product, squareA, squareB] = [0, 0, 0];
  for (let r = 0; r < a.length; r++) {
    if (Number.isNaN(a[r]! + b[r]!)) continue;
    const x = a[r]! - sumA / count;
    const y = b[r]! - sumB / count;
    product += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  return product / Math.sqrt(squareA * squareB);
}
