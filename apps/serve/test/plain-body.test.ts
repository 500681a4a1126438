import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readPlainBody } from "../src/inference/plain-body.ts";

const bodyOf = (numbers: string, before = '{"inputs":[{"name":"inputs","data":['): Buffer =>
  Buffer.from(`${before}${numbers}],"shape":[1,3]}]}`);

/** JSON numbers in every notation, most of them with more digits than a float64 has. */
const number = fc
  .tuple(
    fc.constantFrom("", "-"),
    fc.oneof(fc.constant("0"), fc.bigInt(1n, 10n ** 25n).map(String)),
    fc.oneof(fc.constant(""), fc.stringMatching(/^\.[0-9]{1,30}$/)),
    fc.oneof(
      fc.constant(""),
      fc.integer({ min: -40, max: 12 }).map((e) => `e${e}`),
      fc.constantFrom("E+3", "e-0"),
    ),
  )
  .map((parts) => parts.join(""));

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  const typed = (values: readonly number[]) =>
    dtype === "float32" ? Float32Array.from(values) : Float64Array.from(values);

  const check = (texts: readonly string[]): void => {
    const expected = typed(texts.map(Number));
    const found = readPlainBody(bodyOf(texts.join(" ,\n ")), dtype, 1000);
    if (!expected.every(Number.isFinite)) expect(found).toBeUndefined();
    else expect([...found!.numbers].every((value, k) => Object.is(value, expected[k]))).toBe(true);
  };

  test("every number is the one that JSON gives, to the bit", () => {
    fc.assert(fc.property(fc.array(number, { minLength: 1, maxLength: 40 }), check), { numRuns: 2000 });
  });

  test("so are float64 numbers as programs print them, also on the borders between two float32", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e30, max: 1e30 }), { minLength: 1, maxLength: 40 }),
        (values) => check(values.map((value) => JSON.stringify(value))),
      ),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: Math.fround(1e-20), max: Math.fround(1e20) }), (value) => {
        const bits = new Uint32Array(Float32Array.of(value).buffer);
        bits[0]!++;
        const next = new Float32Array(bits.buffer)[0]!;
        const border = (value + next) / 2;
        const exact = border.toFixed(60).replace(/\.?0+$/, "");
        check([
          exact,
          `${exact.includes(".") ? exact : `${exact}.`}0000000000001`,
          JSON.stringify(border * (1 - 2 ** -53)),
        ]);
      }),
      { numRuns: 5000 },
    );
  });
});

test("what is left is the body without its numbers", () => {
  expect(readPlainBody(bodyOf(" 1, -0 ,2.5e1 "), "float32", 3)).toEqual({
    rest: bodyOf(""),
    numbers: Float32Array.of(1, -0, 25),
  });
});

test.each([
  ["nothing", ""],
  ["a leading zero", "01"],
  ["a plus", "+1"],
  ["a point alone", "1."],
  ["no digit before the point", ".5"],
  ["an empty exponent", "1e"],
  ["a comma too many", "1,"],
  ["two numbers without a comma", "1 2"],
  ["a text", '1,"2"'],
  ["null", "1,null"],
  ["NaN", "NaN"],
  ["nested rows", "[1,2],[3,4]"],
  ["hexadecimal", "0x10"],
  ["more than a row may have", "1,2,3,4"],
  ["1e39", "1e39"],
  ["1e400", "1e400"],
  ["a minus alone", "-"],
])("%s is left to the reader of JSON", (_, numbers) => {
  expect(readPlainBody(bodyOf(numbers), "float32", 3)).toBeUndefined();
});

test.each([
  ["no data", '{"inputs":[{"dat":['],
  ["data twice", '{"data":1,"inputs":[{"data":['],
  ["an escape", '{"id":"\\"","inputs":[{"data":['],
  ["data as a text", '{"id":"data","x":['],
])("%s is left to the reader of JSON", (_, before) => {
  expect(readPlainBody(bodyOf("1,2,3", before), "float32", 3)).toBeUndefined();
});
