import { describe, expect, test } from "vitest";
import { worst } from "../../integrators/test/families.ts";
import { jacobianRows, slopeOf } from "../../integrators/test/jacobian-rows.ts";
import { defineTraced, type Expression, type TracedMath } from "../src/index.ts";
import { type OperationName, operations } from "../src/operations.ts";

const none = new Float64Array(0);

/** Arguments at which each operation is tested. */
const points: Partial<Record<OperationName, number[]>> = {
  log: [0.7],
  log1p: [0.7],
  sqrt: [0.7],
  cbrt: [-0.7],
  pow: [0.7, 1.9],
  abs: [-0.6],
  select: [0.4, 0.7, -0.3],
};

describe.each(Object.keys(operations) as OperationName[])("math.%s", (name) => {
  const { arity, value } = operations[name];
  const at = points[name] ?? [0.6, -0.8].slice(0, arity);
  const call = (math: TracedMath, args: readonly Expression[]) =>
    (math[name] as (...all: readonly Expression[]) => Expression)(...args);
  // Times t and a parameter, so that it stands in a chain and has a weight.
  const define = (compile: boolean) =>
    defineTraced({
      y0: at,
      tSpan: [0, 1],
      parameters: [1.25],
      f: ({ y, p, math }) => {
        const z = call(math, y);
        return y.map((x, i) => (i === 0 ? math.mul(p[0]!, math.sin(z)) : math.mul(x, z)));
      },
      compile,
    });
  const exact = (y: ArrayLike<number>) => {
    const z = value(y[0]!, y[1]!, y[2]!);
    return Array.from(y, (x, i) => (i === 0 ? 1.25 * Math.sin(z) : x * z));
  };
  const y = Float64Array.from(at);

  test("its value is that of JavaScript, and its derivatives are central differences", () => {
    const problem = define(true);
    expect([...slopeOf(problem, y)]).toEqual(exact(at));
    const jac = jacobianRows(problem, y);
    at.forEach((_, j) => {
      const [plus, minus] = [1e-5, -1e-5].map((e) => exact(at.map((x, i) => (i === j ? x + e : x))));
      const differences = plus!.map((x, i) => (x - minus![i]!) / 2e-5);
      expect(
        worst(
          jac.map((row) => row[j]!),
          differences,
          1,
        ),
      ).toBeLessThan(1e-9);
    });
  });

  test("products with df/dy from the left and from the right, and without new Function, are the same", () => {
    const jac = jacobianRows(define(true), y);
    for (const compile of [true, false]) {
      const problem = define(compile);
      expect(jacobianRows(problem, y)).toEqual(jac);
      const { jacobianVector } = defineTraced({
        y0: at,
        tSpan: [0, 1],
        krylov: {},
        f: ({ y: state, math }) => state.map((x) => math.mul(x, call(math, state))),
        compile,
      }).krylov!;
      const [left, right] = [at.map((_, i) => 1 + i), at.map((_, i) => 0.5 - i)].map((v) =>
        Float64Array.from(v),
      );
      const gradY = new Float64Array(arity).fill(3);
      const gradP = new Float64Array(1).fill(5);
      problem.pullback!(0, y, left!, gradY, gradP, Float64Array.of(1.25));
      const expected = at.map((_, j) => 3 + jac.reduce((sum, row, i) => sum + left![i]! * row[j]!, 0));
      expect(worst(gradY, expected, 1)).toBeLessThan(1e-14);
      expect(worst(gradP, [5 + slopeOf(problem, y)[0]! / 1.25])).toBeLessThan(1e-14);
      const out = new Float64Array(arity);
      jacobianVector!(0, y, right!, out, none);
      const product = (e: number) => {
        const state = at.map((x, i) => x + e * right![i]!);
        return state.map((x) => x * value(state[0]!, state[1]!, state[2]!));
      };
      const [plus, minus] = [product(1e-5), product(-1e-5)];
      expect(
        worst(
          out,
          plus.map((x, i) => (x - minus[i]!) / 2e-5),
          1,
        ),
      ).toBeLessThan(1e-9);
    }
  });

  test("of numbers alone it is a number", () => {
    let found: Expression | undefined;
    defineTraced({
      y0: [1],
      tSpan: [0, 1],
      f: ({ math }) => {
        found = call(math, at);
        return [found];
      },
    });
    expect(found).toBe(value(at[0]!, at[1]!, at[2]!));
  });
});

describe("what is not meant is said", () => {
  const span = { y0: [1, 2], tSpan: [0, 1] } as const;
  const of = (f: unknown) => () => defineTraced({ ...span, f: f as Parameters<typeof defineTraced>[0]["f"] });
  // biome-ignore lint/suspicious/noExplicitAny: what JavaScript lets be written.
  type Any = any;
  test.each<[string, unknown, RegExp]>([
    [
      "a product",
      ({ y }: Any) => [y[0] * 2, y[1]],
      /as a number by -, \*, \/, a comparison or a function of Math, .*math\.mul/,
    ],
    ["a sum", ({ y }: Any) => [y[0] + 2, y[1]], /as a number by \+ or ==/],
    ["a function of Math", ({ y }: Any) => [Math.exp(y[0]), y[1]], /or a function of Math/],
    [
      "a branch",
      ({ y }: Any) => [y[0] > 1 ? 0 : 1, y[1]],
      /math\.select\(math\.sub\(a, b\), x, y\) for a > b \? x : y/,
    ],
    ["a string", ({ y }: Any) => [y[`${y[0]}`], y[1]], /in a string or as a key/],
    [
      "an unknown that is not there",
      ({ y, math }: Any) => [math.add(y[0], y[2]), 0],
      /argument 1 of math\.add is undefined/,
    ],
    [
      "too few arguments",
      ({ y, math }: Any) => [math.sub(y[0]), 0],
      /math\.sub was given 1 arguments, expected 2/,
    ],
    [
      "none at all",
      ({ math }: Any) => [math.add(), 0],
      /math\.add was given 0 arguments, expected one or more/,
    ],
    ["too few entries", ({ y }: Any) => [y[0]], /f returned an array of 1, expected an array of 2/],
    ["no entries", () => undefined, /f returned undefined, expected an array of 2/],
    ["an entry left out", ({ y }: Any) => [y[0], undefined], /entry 1 of what f returned is undefined/],
    [
      "a hole",
      ({ y }: Any) => {
        const dy = new Array(2);
        dy[1] = y[0];
        return dy;
      },
      /entry 0 of what f returned/,
    ],
    [
      "f as solve takes it",
      (_t: Any, _y: Any, _dy: Any) => {},
      /a function of 3 arguments, expected a function of one/,
    ],
  ])("%s", (_name, f, message) => {
    expect(of(f)).toThrow(message);
  });

  test("a value of another right-hand side, and a state that is empty", () => {
    let kept: Expression = 0;
    defineTraced({ ...span, f: ({ y }) => y.map((each) => (kept = each)) });
    expect(of(() => [kept, 0])).toThrow(/entry 0 .* is a value of another right-hand side/);
    expect(() => defineTraced({ y0: [], tSpan: [0, 1], f: () => [] })).toThrow(/y0 is empty/);
  });
});
