import { expect, test } from "vitest";
import { numbersText, readPlainBody } from "../src/inference/decimals.ts";

const bodyOf = (numbers: string, before = '{"inputs":[{"name":"inputs","data":['): Buffer =>
  Buffer.from(`${before}${numbers}],"shape":[1,3]}]}`);

test("what is left is the body without its numbers", () => {
  expect(readPlainBody(bodyOf(" 1, -0 ,2.5e1 "), 3)).toEqual({
    rest: bodyOf(""),
    numbers: Float32Array.of(1, -0, 25),
  });
});

test.each([
  ["nothing", ""],
  ["a text", '1,"]"'],
  ["nested rows", "[1,2],[3,4]"],
  ["more than a row may have", "1,2,3,4"],
  ["1e39", "1e39"],
])("%s is left to the reader of JSON", (_, numbers) => {
  expect(readPlainBody(bodyOf(numbers), 3)).toBeUndefined();
});

test.each([
  ["no data", '{"inputs":[{"dat":['],
  ["data twice", '{"data":1,"inputs":[{"data":['],
  ["an escape", '{"id":"\\"","inputs":[{"data":['],
  ["data as a text", '{"id":"data","x":['],
])("%s is left to the reader of JSON", (_, before) => {
  expect(readPlainBody(bodyOf("1,2,3", before), 3)).toBeUndefined();
});

test.each([Float32Array, Float64Array])("JSON text of %o reads back to the same bits", (Rows) => {
  const values = Rows.from([-0, 0, 1, -1.5, 1 / 3, 1e-30, -1e30, 16777216]);
  const read = Rows.from(JSON.parse(`[${numbersText(values)}]`));
  expect(Buffer.compare(Buffer.from(read.buffer), Buffer.from(values.buffer))).toBe(0);
});
