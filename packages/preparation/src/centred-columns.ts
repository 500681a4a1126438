/** Columns of a row-major matrix, each less its mean and divided by its largest deviation (1 for a constant
 *  one). */
export function centredColumns(
  rows: Float64Array,
  count: number,
  width: number,
): { columns: Float64Array[]; means: number[]; scales: number[] } {
  const columns: Float64Array[] = [];
  const means: number[] = [];
  const scales: number[] = [];
  for (let c = 0; c < width; c++) {
    const column = new Float64Array(count);
    const first = rows[c]!;
    let sum = 0;
    for (let r = 0; r < count; r++) {
      column[r] = rows[r * width + c]! - first;
      sum += column[r]!;
    }
    const mean = sum / count;
    let largest = 0;
    for (let r = 0; r < count; r++) {
      column[r]! -= mean;
      largest = Math.max(largest, Math.abs(column[r]!));
    }
    // A spread at the rounding of the values themselves is no spread.
    const spread = largest > 8 * Number.EPSILON * Math.abs(first + mean);
    const scale = spread ? largest : 1;
    for (let r = 0; r < count; r++) column[r] = spread ? column[r]! / scale : 0;
    columns.push(column);
    means.push(first + mean);
    scales.push(scale);
  }
  return { columns, means, scales };
}
