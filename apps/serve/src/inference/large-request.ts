import { concatenated, type OutputTensor, type Rows } from "./batch.ts";

/** A request of many rows is run in parts, on all workers: memory stays bounded and others get their turn. */
export function pushParts(
  rows: Rows,
  size: number,
  push: (part: Rows, done: (results: OutputTensor[]) => void) => void,
  done: (results: OutputTensor[]) => void,
): void {
  const count = Math.ceil(rows.length / size);
  const parts: OutputTensor[][] = [];
  let left = count;
  for (let k = 0; k < count; k++) {
    push(rows.slice(k * size, (k + 1) * size), (results) => {
      parts[k] = results;
      left--;
      if (left === 0) done(concatenated(parts));
    });
  }
}
