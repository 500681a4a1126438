import {
  callback,
  checkOptions,
  either,
  fields,
  flag,
  listOf,
  needed,
  nonNegative,
  number,
  object,
  oneOf,
  positive,
  StiffnetError,
  seed,
  text,
  whole,
} from "@stiffnet/base";
import { describe, expect, it } from "vitest";

interface Plateau {
  readonly patience: number;
  readonly factor?: number;
}

interface Smoothing {
  readonly width: number;
  readonly kernel?: "box" | "hat";
  readonly rate?: number;
  readonly anneal?: boolean;
  readonly plateau?: Plateau | false;
  readonly columns?: readonly string[];
  readonly every?: number | ((epoch: number) => boolean);
}

function smooth(options: unknown): void {
  checkOptions(
    "smooth",
    options as Smoothing,
    {
      width: needed(whole(1, 9)),
      kernel: oneOf("box", "hat"),
      rate: positive,
      anneal: flag,
      plateau: either(
        fields<Plateau>({ patience: needed(whole(1)), factor: positive }),
        oneOf(false as const),
      ),
      columns: listOf(text, 1),
      every: either(whole(1), callback),
    },
    { excludes: [["anneal", "plateau", "one rule for the rate"]] },
  );
}

describe("checkOptions", () => {
  it.each([
    { width: 1 },
    { width: 9, kernel: "hat", rate: 1e-3, anneal: true, plateau: false, columns: ["a"], every: 2 },
    { width: 2, anneal: false, plateau: { patience: 3 }, every: () => true },
    { width: 2, kernel: undefined, rate: undefined },
  ])("lets %j pass", (options) => expect(() => smooth(options)).not.toThrow());

  it.each<[unknown, string]>([
    [{ width: 1, kernal: "hat" }, "smooth: kernal is not an option; did you mean 'kernel'?"],
    [{ width: 1, Rate: 1 }, "smooth: Rate is not an option; did you mean 'rate'?"],
    [
      { width: 1, foo: undefined },
      "smooth: foo is not an option; expected width, kernel, rate, anneal, plateau, columns, every",
    ],
    [{ width: 1, toString: 1 }, "smooth: toString is not an option; expected width, kernel,"],
    [{}, "smooth: width is undefined, expected a whole number from 1 to 9"],
    [{ width: 10 }, "smooth: width is 10, expected a whole number from 1 to 9"],
    [{ width: "2" }, "smooth: width is '2', expected a whole number from 1 to 9"],
    [{ width: 1, kernel: "disc" }, "smooth: kernel is 'disc', expected one of box, hat"],
    [{ width: 1, rate: Number.NaN }, "smooth: rate is NaN, expected a positive number"],
    [{ width: 1, rate: null }, "smooth: rate is null, expected a positive number"],
    [{ width: 1, rate: [2] }, "smooth: rate is a list of 1, expected a positive number"],
    [{ width: 1, anneal: "yes" }, "smooth: anneal is 'yes', expected true or false"],
    [{ width: 1, plateau: true }, "smooth: plateau is true, expected an object with patience, factor or one"],
    [
      { width: 1, plateau: {} },
      "smooth: plateau.patience is undefined, expected a whole number of at least 1",
    ],
    [
      { width: 1, plateau: { patience: 1, factors: 1 } },
      "smooth: plateau.factors is not an option; did you mean 'factor'?",
    ],
    [
      { width: 1, anneal: true, plateau: { patience: 1 } },
      "smooth: anneal and plateau are both given, expected one rule for the rate",
    ],
    [{ width: 1, columns: [] }, "smooth: columns is a list of 0, expected a list of at least 1, each a text"],
    [{ width: 1, columns: ["a", 2] }, "smooth: columns[1] is 2, expected a text"],
    [{ width: 1, every: 0.5 }, "smooth: every is 0.5, expected a whole number of at least 1 or a function"],
    [undefined, "smooth: options is undefined, expected an object with width, kernel"],
    [[1], "smooth: options is a list of 1, expected an object with width, kernel"],
    [5, "smooth: options is 5, expected an object with width, kernel"],
  ])("refuses %j", (options, message) => {
    expect(() => smooth(options)).toThrow(message);
    expect(() => smooth(options)).toThrow(StiffnetError);
    expect(() => smooth(options)).toThrow(expect.objectContaining({ code: "bad_option" }));
  });

  it.each([
    [nonNegative, 0, -1],
    [seed, 2 ** 32 - 1, 2 ** 32],
    [number("an even number", (x) => x % 2 === 0), 4, 3],
    [number(), -1.5, Number.POSITIVE_INFINITY],
    [object, {}, null],
    [callback, () => 1, {}],
    [text, "", 1],
  ])("%# passes %s and not %s", (check, good, bad) => {
    expect(check.fault("x", good)).toBeUndefined();
    expect(check.fault("x", bad)).toContain(check.expected);
  });

  it("does not compile without a check for each option, or with one of another type", () => {
    const options: { a?: number; b: string } = { b: "" };
    const a = positive;
    const b = needed(text);
    // @ts-expect-error: b has no check
    expect(() => checkOptions("f", options, { a })).toThrow("b is not an option");
    // @ts-expect-error: b must be given
    checkOptions("f", options, { a, b: text });
    // @ts-expect-error: a is a number
    checkOptions("f", options, { a: flag, b });
    // @ts-expect-error: there is no c
    checkOptions("f", options, { a, b, c: text });
    const union: { a: number } | { c: string } = { a: 1 };
    // @ts-expect-error: the other kind has c
    checkOptions("f", union, { a });
    checkOptions("f", union as { a: number } | { c: string }, { a, c: text }, { excludes: [["a", "c"]] });
  });
});
