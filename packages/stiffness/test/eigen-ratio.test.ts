import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { eigenRatio, eigenvaluesOf } from "../src/index.ts";
import { evaluateProxy, jacobianBatch, singleJacobian } from "./evaluate.ts";

interface Case {
  name: string;
  n: number;
  matrix: number[];
  re: number[];
  im: number[];
  error: number;
}
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("./reference/closed-form.json", import.meta.url), "utf8"),
);

/** Largest distance of an eigenvalue from its counterpart, over the largest modulus. */
function distance(a: { re: ArrayLike<number>; im: ArrayLike<number> }, b: typeof a): number {
  const left = Array.from(b.re, (re, k) => [re, b.im[k]!] as const);
  const radius = Math.max(...left.map(([re, im]) => Math.hypot(re, im)), Number.MIN_VALUE);
  let worst = 0;
  for (let k = 0; k < a.re.length; k++) {
    const distances = left.map(([re, im]) => Math.hypot(re - a.re[k]!, im - a.im[k]!));
    const nearest = distances.indexOf(Math.min(...distances));
    worst = Math.max(worst, distances[nearest]! / radius);
    left.splice(nearest, 1);
  }
  return worst;
}

describe.each(cases)("$name", ({ name, n, matrix, re, im, error }) => {
  it("has mpmath's eigenvalues, to what the entries' rounding allows", () => {
    expect(distance(eigenvaluesOf(matrix), { re, im })).toBeLessThan(100 * error + 1e-14);
  });

  // Float32 entries round away what makes these differ from the identity.
  if (name.startsWith("nearly identity")) return;

  it("has their ratios", () => {
    const width = n;
    const rounded = matrix.map(Math.fround);
    const batch = jacobianBatch(1, width, 1, rounded, new Float32Array(width).fill(1));
    const exact = eigenvaluesOf(rounded);
    const moduli = Array.from(exact.re, (x, k) => Math.hypot(x, exact.im[k]!));
    const floor = 1e-6;
    const [top, low] = [Math.max(...moduli), Math.max(Math.min(...moduli), floor * Math.max(...moduli))];
    const [ratio] = evaluateProxy(eigenRatio({ method: "dense", floor }), batch);
    if (top === 0) expect(ratio).toBeNaN();
    else expect(Math.abs(ratio! / (top / low) - 1)).toBeLessThan(1e-4);
  });
});

const ratio = (form: "real" | "modulus", matrix: number[], floor = 1e-12): number =>
  evaluateProxy(eigenRatio({ method: "dense", form, floor }), singleJacobian(matrix))[0]!;

describe("eigenRatio", () => {
  it("is the slides' 100 for their system diag(-1, -100)", () => {
    expect(ratio("real", [-1, 0, 0, -100])).toBe(100);
    expect(ratio("modulus", [-1, 0, 0, -100])).toBe(100);
  });

  it("tells the forms apart on a complex pair, at every width", () => {
    // -1 +- 10 i, and -2 as often as fits.
    for (const width of [2, 3, 4, 5, 7]) {
      const matrix = new Array<number>(width * width).fill(0);
      for (let d = 2; d < width; d++) matrix[d * (width + 1)] = -2;
      [matrix[0], matrix[1], matrix[width], matrix[width + 1]] = [-1, 10, -10, -1];
      expect(ratio("real", matrix)).toBeCloseTo(width > 2 ? 2 : 1, 5);
      expect(ratio("modulus", matrix)).toBeCloseTo(width > 2 ? Math.sqrt(101) / 2 : 1, 5);
    }
  });

  it("leaves signs out, floors what is too small, and is 1 where nothing decays", () => {
    expect(ratio("real", [3, 0, 0, -6])).toBe(2);
    expect(ratio("modulus", [1, 0, 0, 0], 1e-3)).toBe(1000);
    expect(ratio("real", [1, 0, 0, 1e-5], 1e-3)).toBe(1000);
    expect(ratio("real", [0, 1, -1, 0])).toBe(1);
  });

  it.each([1, 2, 3, 4, 6])("dimension %d: NaN for 0 and for what is not finite, any scale", (width) => {
    const diagonal = (scale: number) =>
      Array.from({ length: width * width }, (_, k) => (k % (width + 1) === 0 ? -scale * (k + 1) : 0));
    const expected = (width - 1) * (width + 1) + 1;
    for (const scale of [1e-30, 1, 1e30]) {
      expect(ratio("modulus", diagonal(scale)) / expected).toBeCloseTo(1, 6);
      expect(ratio("real", diagonal(scale)) / expected).toBeCloseTo(1, 6);
    }
    for (const wrong of [0, Number.NaN, Number.POSITIVE_INFINITY]) {
      const matrix = wrong === 0 ? diagonal(0) : diagonal(1).with(width * width - 1, wrong);
      expect(ratio("modulus", matrix)).toBeNaN();
    }
  });

  it("refuses options that make no sense", () => {
    expect(() => eigenRatio({ method: "dense", floor: 0 })).toThrow(
      "floor is 0, expected a number between 0 and 1",
    );
    expect(() => eigenRatio({ method: "dense", form: "abs" as "real" })).toThrow(
      "form is 'abs', expected one of real, modulus",
    );
  });
});
