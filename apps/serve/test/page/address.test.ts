import fc from "fast-check";
import { expect, test } from "vitest";
import { addressOf, readAddress, textsFrom } from "../../page/address.ts";
import { tableText } from "../../page/csv.ts";

const texts = fc
  .array(fc.tuple(fc.string({ unit: "binary" }), fc.double().map(String)))
  .map((list) => new Map(list));

test("what an address says is read again, whatever names there are", () => {
  const field = fc.option(fc.string(), { nil: undefined });
  const shown = fc.record({
    model: field,
    version: field,
    view: field,
    output: field,
    inputs: texts,
    held: texts,
  });
  fc.assert(
    fc.property(shown, (given) => {
      const hash = addressOf(given);
      // A browser replaces a lone surrogate.
      const usual = (map: ReadonlyMap<string, string>) =>
        new Map([...map].map(([name, text]) => [Buffer.from(name).toString(), text]));
      const read = readAddress(hash);
      expect(read.model).toBe(given.model);
      expect(read.output).toBe(given.output);
      expect(read.inputs).toEqual(usual(given.inputs));
      expect(read.held).toEqual(usual(given.held));
    }),
  );
});

test("what an address says amiss is named, and the rest is taken", () => {
  const given = new Map([
    ["a", "1.5"],
    ["b", "x"],
    ["d", "2"],
    ["soil", "1"],
    ["crop", "rye"],
  ]);
  const values = ["rye", "oats"];
  const variables = [
    { name: "a" },
    { name: "b" },
    { name: "c" },
    { name: "soil", values },
    { name: "crop", values },
  ];
  expect(textsFrom(given, variables, ["0", "0", "7", "oats", "oats"])).toEqual({
    texts: ["1.5", "0", "7", "oats", "rye"],
    wrong: [
      "the address has 'x' for b, expected a number",
      "the address has a value for d, which this model does not have",
      "the address has '1' for soil, expected one of rye, oats",
    ],
  });
});

test("a table has names that a comma does not split", () => {
  const columns = [
    { name: 'flux, "net" [W/m2]', values: [1, 2.5e-9] },
    { name: "y", values: [-1, 0] },
  ];
  expect(tableText(columns, ",")).toBe('"flux, ""net"" [W/m2]",y\n1,-1\n2.5e-9,0\n');
  expect(tableText(columns, "\t")).toBe('flux, "net" [W/m2]\ty\n1\t-1\n2.5e-9\t0\n');
});
