import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDecimalReader, createKernels, nativeEngines } from "../src/index.ts";

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
  const reader = createDecimalReader(createKernels({ engine }));

  /** All that is read of a text before it stops. */
  function read(text: string, most = 100) {
    const into = new Float32Array(most);
    const { at, count } = reader.read(ascii(text), 0, into, 0);
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
    expect(reader.read(text, 4, into, 1)).toEqual({ at: 7, count: 3 });
    expect([...into]).toEqual([0, 3, 4, 0]);
  });

  it("of a short text are not those of a longer one before it", () => {
    read(`${Array(50).fill("123456789").join(",")}]`);
    expect(read("12]")).toEqual({ numbers: [12], rest: "]" });
  });
});
