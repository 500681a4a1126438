import { expect, test } from "vitest";
import { numbersText } from "../src/inference/tensors.ts";

test.each([Float32Array, Float64Array])("JSON text of %o reads back to the same bits", (Rows) => {
  const values = Rows.from([-0, 0, 1, -1.5, 1 / 3, 1e-30, -1e30, 16777216]);
  const read = Rows.from(JSON.parse(`[${numbersText(values)}]`));
  expect(Buffer.compare(Buffer.from(read.buffer), Buffer.from(values.buffer))).toBe(0);
});
