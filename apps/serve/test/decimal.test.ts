import fc from "fast-check";
import { expect, test } from "vitest";
import { float32Text } from "../src/decimal.ts";

const textOf = (value: number): string => float32Text(Float32Array.of(value));
const read = (text: string): number => Math.fround(JSON.parse(text));

test("every float32 is read back as itself, from at most nine digits of JSON", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = textOf(value);
      expect(Object.is(read(text), value)).toBe(true);
      expect(
        text.replace(/e.*/, "").replace(/[-.]/g, "").replace(/^0+/, "").replace(/0+$/, "").length,
      ).toBeLessThanOrEqual(9);
    }),
    { numRuns: 20_000 },
  );
});

test("also about powers of ten and of two, where digits and exponents change", () => {
  const bits = new Uint32Array(1);
  const value = new Float32Array(bits.buffer);
  for (let exponent = -45; exponent <= 38; exponent++) {
    value[0] = Number(`1e${exponent}`);
    const middle = bits[0]!;
    for (let by = -3; by <= 3; by++) {
      bits[0] = Math.max(1, middle + by);
      expect(read(textOf(value[0]!))).toBe(value[0]);
    }
  }
  for (let exponent = -149; exponent <= 127; exponent++) {
    const power = 2 ** exponent;
    expect(read(textOf(power))).toBe(power);
  }
});

test.each([
  [0, "0"],
  [-0, "-0"],
  [1, "1"],
  [-250, "-250"],
  [0.5, "0.5"],
  [Math.fround(0.1), "0.100000001"],
  [Math.fround(1e-9), "9.99999972e-10"],
  [2 ** 40, "1.09951163e12"],
])("%d is %s", (value, text) => {
  expect(textOf(value)).toBe(text);
});

test("several stand with commas between them", () => {
  const values = Float32Array.from({ length: 3000 }, (_, k) =>
    k % 7 === 0 ? -k : Math.sin(k) * 10 ** ((k % 80) - 42),
  );
  expect(float32Text(values)).toBe(Array.from(values, textOf).join(","));
  expect(Float32Array.from(JSON.parse(`[${float32Text(values)}]`))).toEqual(values);
});
