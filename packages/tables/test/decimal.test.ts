import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDecimal } from "../src/text/decimal.ts";

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** The number that `readDecimal` reads at the start of a text, and its length in characters. */
function read(text: string) {
  const into = new Float64Array(1);
  const end = readDecimal(ascii(text), 0, into, 0);
  return { end, value: into[0]! };
}

describe("readDecimal", () => {
  const texts = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.float({ noNaN: true, noDefaultInfinity: true }).map((x) => x.toExponential(18)),
    fc.integer().map(String),
    fc
      .tuple(fc.stringMatching(/^-?[1-9][0-9]{0,21}$/), fc.integer({ min: -30, max: 30 }))
      .map(([digits, exponent]) => `${digits}e${exponent}`),
    fc.stringMatching(/^-?(0|[1-9][0-9]{0,12})\.[0-9]{1,12}$/),
  );

  it("is the nearest float64, as Number has it", () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(read(text)).toEqual({ end: text.length, value: Number(text) });
      }),
      { numRuns: 30_000 },
    );
  });

  const halfway = [
    "9007199254740993",
    "9007199254740995",
    "18014398509481983",
    "18014398509481985",
    "5e-324",
    "2.2250738585072011e-308",
    "1.7976931348623157e308",
    "8388608.5",
    "16777217",
    "0.500000029802322387695312499999999999",
    "0.500000029802322387695312500000000001",
    "1.0000000596046447753906250000000001",
  ];
  it.each(halfway)("%s, in the middle between two floats or at the ends of their range", (text) => {
    expect(read(text).value).toBe(Number(text));
  });

  it.each([
    [".5", 0.5, 2],
    ["5.", 5, 2],
    ["+3", 3, 2],
    ["-0", -0, 2],
    ["00012", 12, 5],
    ["1.e2", 100, 4],
    ["0.000000000000000000000000000001", 1e-30, 32],
    ["100000000000000000000000", 1e23, 24],
    ["1.5,2", 1.5, 3],
    ["1.5.2", 1.5, 3],
    ["1d3", 1, 1],
    ["0x10", 0, 1],
  ])("%s is read as %d up to the end of the number", (text, value, end) => {
    expect(read(text)).toEqual({ end, value });
  });

  it.each(["", "-", ".", "-.", "e5", "1e", "1e+", "abc", "--1", "1e400", "NaN", "Infinity"])(
    "refuses %j",
    (text) => {
      expect(read(text).end).toBe(-1);
    },
  );
});
