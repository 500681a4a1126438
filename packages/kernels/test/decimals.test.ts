import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDecimals, createKernels, kernelEngines } from "../src/index.ts";

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e22, max: 1e22 }).map((x) => JSON.stringify(x)),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((x) => JSON.stringify(x)),
  fc.integer().map(String),
  fc
    .tuple(fc.stringMatching(/^-?[1-9][0-9]{0,21}$/), fc.integer({ min: -30, max: 30 }))
    .map(([digits, exponent]) => `${digits}${exponent < 0 ? "e" : "E+"}${exponent}`),
  fc.stringMatching(/^-?(0|[1-9][0-9]{0,12})\.[0-9]{1,18}$/),
);
const space = fc.constantFrom("", "", "", " ", "\n\t", "\r\n  ");

describe.each(kernelEngines())("read by %s, decimals", (engine) => {
  const decimals = createDecimals(createKernels({ engine }));

  const read = (text: string, most = 100) => {
    const numbers = decimals.read(ascii(text), most);
    return numbers && [...numbers];
  };

  it("are those of JSON.parse and Math.fround, or left to others", () => {
    let left = 0;
    const runs = 20_000;
    fc.assert(
      fc.property(fc.array(fc.tuple(space, number, space), { minLength: 1, maxLength: 4 }), (list) => {
        const text = list.map((parts) => parts.join("")).join(",");
        const numbers = read(text);
        if (numbers === undefined) left++;
        else expect(numbers).toEqual(JSON.parse(`[${text}]`).map(Math.fround));
      }),
      { numRuns: runs },
    );
    // Left is a list with a number that is too long, too large, or near a border between two floats.
    expect(left / runs).toBeLessThan(0.6);
  });

  it("are read as programs print float64 and float32", () => {
    const printed = fc.oneof(
      fc.double({ noNaN: true, min: -1, max: 1 }),
      fc.float({ noNaN: true, min: Math.fround(-1e9), max: Math.fround(1e9) }),
    );
    let left = 0;
    const usual = printed.filter((x) => x === 0 || Math.abs(x) > 1e-5).map((x) => JSON.stringify(x));
    fc.assert(
      fc.property(usual, (text) => void (read(text) ?? left++)),
      { numRuns: 5000 },
    );
    // Sixteen digits are seldom nearer to a border than plain arithmetic can tell.
    expect(left).toBeLessThan(5);
  });

  it.each([
    ["1,2", [1, 2]],
    [" 1 ,\n2\t", [1, 2]],
    ["-0", [-0]],
    ["1e5,1E+2,1e-0", [1e5, 100, 1]],
  ])("of %j are %j", (text, numbers) => {
    expect(read(text)).toEqual(numbers);
  });

  it.each([
    "",
    "1,",
    ",1",
    "1,-",
    "-",
    "x",
    "01",
    "1.",
    ".5",
    "+1",
    "1e",
    "1e5.5",
    "1 2",
    "1,NaN",
    "1]",
    "0x10",
    // Out of range, and more digits than plain arithmetic is sure of.
    "1e39",
    "1e400",
    "12345678901234567890",
    "3,16777217.000000001",
    "[1,2],[3,4]",
    "1,null",
  ])("of %j are none", (text) => {
    expect(read(text)).toBeUndefined();
  });

  it("are no more than there is room for", () => {
    expect(read("1,2,3", 3)).toEqual([1, 2, 3]);
    expect(read("1,2,3", 2)).toBeUndefined();
  });

  it("of a short text are not those of a longer one before it", () => {
    read(Array(50).fill("123456789").join(","));
    expect(read("12")).toEqual([12]);
  });
});

describe.each(kernelEngines())("written by %s, decimals", (engine) => {
  const decimals = createDecimals(createKernels({ engine }));

  const write = (values: Float32Array): string => String.fromCharCode(...decimals.write(values)!);
  const textOf = (value: number): string => write(Float32Array.of(value));
  const parsed = (text: string): number => Math.fround(JSON.parse(text));

  it("have at most nine digits of JSON, which every float32 is read back from", () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(float, { minLength: 1, maxLength: 20 }), (list) => {
        const values = Float32Array.from(list);
        const texts = write(values).split(",");
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

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("are none with %d", (value) => {
    expect(decimals.write(Float32Array.of(1, 2.5, value, 3))).toBeUndefined();
  });

  it("of many are those of each", () => {
    const values = Float32Array.from({ length: 3000 }, (_, k) =>
      k % 7 === 0 ? -k : Math.sin(k) * 10 ** ((k % 80) - 42),
    );
    expect(write(values)).toBe(Array.from(values, textOf).join(","));
  });
});
