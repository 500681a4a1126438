import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDecimals, createKernels, nativeEngines } from "../src/index.ts";

describe.each(["wasm", ...nativeEngines()])("written by %s, decimals", (engine) => {
  const decimals = createDecimals(createKernels({ engine }));

  function write(values: Float32Array) {
    const { text, count } = decimals.write(values);
    return { text: String.fromCharCode(...text), count };
  }
  const textOf = (value: number): string => write(Float32Array.of(value)).text;
  const parsed = (text: string): number => Math.fround(JSON.parse(text));

  it("have at most nine digits of JSON, which every float32 is read back from", () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(float, { minLength: 1, maxLength: 20 }), (list) => {
        const values = Float32Array.from(list);
        const { text, count } = write(values);
        expect(count).toBe(values.length);
        const texts = text.split(",");
        expect(texts.map(parsed)).toEqual([...values]);
        for (const one of texts) {
          const digits = one.replace(/e.*/, "").replace(/[-.]/g, "").replace(/^0+/, "").replace(/0+$/, "");
          expect(digits.length).toBeLessThanOrEqual(9);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it("are as near as nine digits of toPrecision, but for what is half way between two", () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(float, (value) => {
        const exact = Number(value.toPrecision(9));
        const unit = 10 ** (Math.floor(Math.log10(Math.abs(value) || 1)) - 8);
        const distance = Math.abs(Number(textOf(value)) - value);
        expect(distance).toBeLessThanOrEqual(Math.max(Math.abs(exact - value), 0.500001 * unit));
      }),
      { numRuns: 5000 },
    );
  });

  it("also about powers of ten and of two, where digits and exponents change", () => {
    const bits = new Uint32Array(1);
    const value = new Float32Array(bits.buffer);
    for (let exponent = -45; exponent <= 38; exponent++) {
      value[0] = Number(`1e${exponent}`);
      const middle = bits[0]!;
      for (let by = -3; by <= 3; by++) {
        bits[0] = Math.max(1, middle + by);
        expect(parsed(textOf(value[0]!))).toBe(value[0]);
      }
    }
    for (let exponent = -149; exponent <= 127; exponent++) {
      expect(parsed(textOf(2 ** exponent))).toBe(2 ** exponent);
    }
  });

  it.each([
    [0, "0"],
    [-0, "-0"],
    [1, "1"],
    [-250, "-250"],
    [0.5, "0.5"],
    [123456789, "123456792"],
    [1e9, "1e9"],
    [0.00002, "0.0000199999995"],
    [-0.0001, "-0.0000999999975"],
    [0.1, "0.100000001"],
    [1e-9, "9.99999972e-10"],
    [2 ** 40, "1.09951163e12"],
  ])("of %d are %s", (value, text) => {
    expect(textOf(value)).toBe(text);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("stop before %d", (value) => {
    expect(write(Float32Array.of(1, 2.5, value, 3))).toEqual({ text: "1,2.5", count: 2 });
    expect(write(Float32Array.of(value))).toEqual({ text: "", count: 0 });
  });

  it("of many are those of each", () => {
    const values = Float32Array.from({ length: 3000 }, (_, k) =>
      k % 7 === 0 ? -k : Math.sin(k) * 10 ** ((k % 80) - 42),
    );
    expect(write(values).text).toBe(Array.from(values, textOf).join(","));
  });
});
