import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eigenvaluesOf, logarithmicNorm, singularValuesOf } from "../src/index.ts";
import { evaluateProxy, singleJacobian } from "./evaluate.ts";
import { track } from "./track.ts";

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`./reference/${name}.json`, import.meta.url), "utf8"));
const { cases }: { cases: { name: string; matrix: number[] }[] } = read("matrices");
/** Largest eigenvalues of (J + J') / 2 by LAPACK (SciPy, float64). */
const { matrices: expected }: { matrices: Record<string, number> } = read("logarithmic-norm");

const exactly = (matrix: ArrayLike<number>): number =>
  evaluateProxy(logarithmicNorm({ method: "dense" }), singleJacobian(matrix))[0]!;
const norm = (matrix: readonly number[]): number => Math.hypot(...matrix);

describe.each(cases)("$name", ({ name, matrix }) => {
  it("is LAPACK's", () => {
    // A float32, of a backward stable method in float64.
    expect(Math.abs(exactly(matrix) - expected[name]!)).toBeLessThanOrEqual(1e-7 * norm(matrix));
  });

  it("is what the Lanczos method finds, from below", () => {
    const proxy = logarithmicNorm({ tolerance: 1e-6, most: 31 });
    const found = track(proxy, singleJacobian(matrix), 8).values[0]!;
    // Rounding of float32 in products of vectors.
    expect(Math.abs(found - expected[name]!)).toBeLessThanOrEqual(2e-6 * norm(matrix));
  });
});

const entry = fc.integer({ min: -300, max: 300 }).map((x) => Math.fround(x / 100));
const square = (n: number) => fc.array(entry, { minLength: n * n, maxLength: n * n });
/** Two matrices of one dimension. */
const pairs = fc.integer({ min: 1, max: 7 }).chain((n) => fc.tuple(square(n), square(n)));

it("lies between the largest real part of the eigenvalues and the largest singular value, from both sides", () => {
  fc.assert(
    fc.property(pairs, ([matrix]) => {
      const mu = exactly(matrix);
      const least = -exactly(matrix.map((x) => -x));
      const { re } = eigenvaluesOf(matrix);
      const rounding = 1e-6 * norm(matrix);
      expect(Math.max(...re)).toBeLessThanOrEqual(mu + rounding);
      expect(Math.min(...re)).toBeGreaterThanOrEqual(least - rounding);
      expect(Math.max(mu, -least)).toBeLessThanOrEqual(singularValuesOf(matrix)[0]! + rounding);
    }),
  );
});

it("is subadditive, and moves with multiples of the identity", () => {
  fc.assert(
    fc.property(pairs, entry, ([a, b], shift) => {
      const n = Math.sqrt(a.length);
      const rounding = 1e-6 * (norm(a) + norm(b) + 3 * n);
      expect(exactly(a.map((x, k) => x + b[k]!))).toBeLessThanOrEqual(exactly(a) + exactly(b) + rounding);
      const shifted = a.map((x, k) => (k % (n + 1) === 0 ? x + shift : x));
      expect(Math.abs(exactly(shifted) - exactly(a) - shift)).toBeLessThanOrEqual(rounding);
    }),
  );
});

it("is negative where everything contracts, also where the space of an iteration is soon exhausted", () => {
  for (const diagonal of [
    [-1, -1, -1, -1],
    [-1, -2, -2, -2],
    [-0.5],
    [-3, -4],
    [-1, -2, -3, -4, -5, -6, -7],
  ]) {
    const n = diagonal.length;
    const matrix = Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? diagonal[k % n]! : 0));
    const { values, gradWeights } = track(logarithmicNorm(), singleJacobian(matrix), 5, [1]);
    expect(values[0]! / diagonal[0]!).toBeCloseTo(1, 5);
    expect(gradWeights.reduce((sum, g, k) => sum + g * matrix[k]!, 0)).toBeCloseTo(diagonal[0]!, 5);
  }
});

it("refuses a method that it has not", () => {
  expect(() => logarithmicNorm({ method: "power" as "lanczos" })).toThrow(
    "logarithmicNorm: method is 'power', expected lanczos or dense",
  );
  expect(() => logarithmicNorm({ most: 40 })).toThrow("logarithmicNorm: steps from 1 to 40");
});
