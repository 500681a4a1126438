import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDecimals, createKernels, nativeEngines } from "../src/index.ts";

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

describe.each(["wasm", ...nativeEngines()])("read by %s, decimals", (engine) => {
  const decimals = createDecimals(createKernels({ engine }));

  /** All that is read of a text before it stops. */
  function read(text: string, most = 100) {
    const into = new Float32Array(most);
    const { at, count } = decimals.read(ascii(text), 0, into, 0);
    return { numbers: [...into.subarray(0, count)], rest: text.slice(at) };
  }

  it("are those of JSON.parse and Math.fround, up to one that is left", () => {
    let left = 0;
    let all = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(space, number, space), { minLength: 1, maxLength: 12 }), (list) => {
        const text = `${list.map((parts) => parts.join("")).join(",")}]`;
        const { numbers, rest } = read(text);
        const expected = JSON.parse(`[${text}`).map(Math.fround);
        expect(numbers).toEqual(expected.slice(0, numbers.length));
        all += list.length;
        if (numbers.length === list.length) expect(rest).toBe("]");
        else {
          left++;
          const behind = list.slice(numbers.length).map((parts) => parts.join(""));
          expect(rest).toBe(`${numbers.length > 0 ? "," : ""}${behind.join(",")}]`);
        }
      }),
      { numRuns: 20_000 },
    );
    // Few are: what stops is too long, too large, or near a border.
    expect(left / all).toBeLessThan(0.2);
  });

  it.each([
    ["1,2]", [1, 2], "]"],
    ["1,2,]", [1, 2], ",]"],
    ["1,-]", [1], ",-]"],
    [" 1 , x]", [1], ", x]"],
    ["]", [], "]"],
    ["01]", [], "01]"],
    ["1.]", [], "1.]"],
    [".5]", [], ".5]"],
    ["-]", [], "-]"],
    ["+1]", [], "+1]"],
    ["1e]", [], "1e]"],
    ["1e5.5]", [1e5], ".5]"],
    ["1e39]", [], "1e39]"],
    ["-0]", [-0], "]"],
    ["1 2]", [1], "2]"],
    ["12345678901234567890]", [], "12345678901234567890]"],
    // Half way between two floats, to sixteen digits: for others to decide.
    ["3,16777217.000000001]", [3], ",16777217.000000001]"],
    ["1,NaN]", [1], ",NaN]"],
  ])("of %j are %j, and %j is left", (text, numbers, rest) => {
    expect(read(text)).toEqual({ numbers, rest });
  });

  it("are no more than there is room for, and go on from there", () => {
    expect(read("1,2,3]", 2)).toEqual({ numbers: [1, 2], rest: ",3]" });
    const into = new Float32Array(4);
    const text = ascii("1,2,3,4]");
    expect(decimals.read(text, 4, into, 1)).toEqual({ at: 7, count: 3 });
    expect([...into]).toEqual([0, 3, 4, 0]);
  });

  it("of a short text are not those of a longer one before it", () => {
    read(`${Array(50).fill("123456789").join(",")}]`);
    expect(read("12]")).toEqual({ numbers: [12], rest: "]" });
  });
});

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

  it("do not change a text that is held to be read", () => {
    const text = ascii("1,2,3]");
    const into = new Float32Array(3);
    decimals.read(text, 0, into, 0);
    write(Float32Array.of(7, 8, 9));
    expect(decimals.read(text, 2, into, 1)).toEqual({ at: 5, count: 3 });
    expect([...into]).toEqual([1, 2, 3]);
  });
});
