import { readFileSync } from "node:fs";
import { randomStream } from "@stiffnet/base";
import { describe, expect, it } from "vitest";
import {
  eigenvaluesOf,
  frobenius,
  largestSingularValue,
  singularValuesOf,
  spectralRadius,
} from "../src/index.ts";
import { differentiateProxy, evaluateProxy, singleJacobian } from "./evaluate.ts";

interface Case {
  name: string;
  matrix: number[];
  re: number[];
  im: number[];
  singular: number[];
  gelfand?: { value: number; gradient: number[] };
}
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("./reference/matrices.json", import.meta.url), "utf8"),
);

const exactRadius = spectralRadius({ method: "dense" });

/** How far a found eigenvalue may be from LAPACK's, relative to the norm: rounding times the condition. A
 *  defective or strongly non-normal one moves with the square root of rounding or worse, in LAPACK as
 *  here. */
const eigenTolerance: Record<string, number> = { defective: 1e-7, "non-normal": 1e-6, nilpotent: 1e-3 };

describe.each(cases)("$name", ({ name, matrix, re, im, singular, gelfand }) => {
  const norm = Math.hypot(...matrix);

  it("has LAPACK's eigenvalues", () => {
    const found = eigenvaluesOf(matrix);
    expect(found.status).toBe("converged");
    const left = re.map((x, k) => [x, im[k]!] as const);
    for (let k = 0; k < re.length; k++) {
      const distances = left.map(([x, y]) => Math.hypot(x - found.re[k]!, y - found.im[k]!));
      const nearest = distances.indexOf(Math.min(...distances));
      expect(distances[nearest]! / (norm || 1)).toBeLessThan(eigenTolerance[name] ?? 1e-11);
      left.splice(nearest, 1);
    }
  });

  it("has LAPACK's singular values", () => {
    const found = singularValuesOf(matrix);
    singular.forEach((sigma, k) => {
      expect(Math.abs(found[k]! - sigma)).toBeLessThanOrEqual(1e-13 * norm);
    });
  });

  it("has the proxies of these values", () => {
    const batch = singleJacobian(matrix);
    const radius = Math.max(...re.map((x, k) => Math.hypot(x, im[k]!)));
    // Float32 results; the eigenvalues' own uncertainty on top.
    const within = (found: number, expected: number, tolerance: number) =>
      expect(Math.abs(found - expected)).toBeLessThanOrEqual(tolerance * norm);
    within(evaluateProxy(exactRadius, batch)[0]!, radius, eigenTolerance[name] ?? 1e-7);
    within(evaluateProxy(largestSingularValue({ method: "dense" }), batch)[0]!, singular[0]!, 1e-7);
    within(evaluateProxy(frobenius(), batch)[0]!, norm, 1e-7);
  });

  it("satisfies sigma_n <= |l_n| <= |l_1| <= sigma_1 <= norm_F", () => {
    const values = eigenvaluesOf(matrix);
    const sigma = singularValuesOf(matrix);
    const moduli = values.re.map((x, k) => Math.hypot(x, values.im[k]!));
    const chain = [sigma.at(-1)!, moduli.at(-1)!, moduli[0]!, sigma[0]!, norm];
    const slack = (eigenTolerance[name] ?? 1e-11) * norm;
    for (let k = 1; k < chain.length; k++) expect(chain[k - 1]!).toBeLessThanOrEqual(chain[k]! + slack);
  });

  if (gelfand) {
    it("has PyTorch's value and gradient of Gelfand's formula", () => {
      const batch = singleJacobian(matrix);
      const { values, gradient } = differentiateProxy(
        spectralRadius({ method: "gelfand" }),
        batch,
        Float32Array.of(1),
      );
      // Ten squarings in float32. The formula divides the relative rounding of a power by its exponent, so
      // the value keeps 1e-6. The gradient of ill-conditioned matrices suffers from cancellation.
      expect(Math.abs(values[0]! / gelfand.value - 1)).toBeLessThan(2e-6);
      const scale = Math.hypot(...gelfand.gradient);
      const error = Math.hypot(...gelfand.gradient.map((g, k) => g - gradient.weights[k]!));
      expect(error / scale).toBeLessThan(2e-3);
    });
  }
});

it("Gelfand of zero and of nilpotent matrices is 0 with gradient 0", () => {
  for (const name of ["zero", "nilpotent"]) {
    const batch = singleJacobian(cases.find((c) => c.name === name)!.matrix);
    const found = differentiateProxy(spectralRadius({ method: "gelfand" }), batch, Float32Array.of(1));
    expect(found.values[0]).toBe(0);
    expect(found.gradient.weights.every((g) => g === 0)).toBe(true);
  }
});

it.each([1e-30, 1e30])("Gelfand scales with the matrix, by %d", (scale) => {
  const base = cases.find((c) => c.name === "random 7")!;
  const scaled = singleJacobian(base.matrix.map((x) => Math.fround(x * scale)));
  const found = differentiateProxy(spectralRadius({ method: "gelfand" }), scaled, Float32Array.of(1));
  expect(found.values[0]! / scale / base.gelfand!.value).toBeCloseTo(1, 5);
  expect(found.gradient.weights[0]! / base.gelfand!.gradient[0]!).toBeCloseTo(1, 3);
});

it.each([Number.NaN, Number.POSITIVE_INFINITY])("a Jacobian with %d gives NaN, never a number", (wrong) => {
  const matrix = [1, 2, 3, wrong];
  expect(eigenvaluesOf(matrix).status).toBe("not_finite");
  expect([...eigenvaluesOf(matrix).re, ...singularValuesOf(matrix)].every(Number.isNaN)).toBe(true);
  for (const proxy of [exactRadius, spectralRadius({ method: "gelfand" }), largestSingularValue()]) {
    expect(evaluateProxy(proxy, singleJacobian(matrix))[0]).toBeNaN();
  }
  expect(Number.isFinite(evaluateProxy(frobenius(), singleJacobian(matrix))[0])).toBe(false);
});

it("finds the singular values of rank-deficient matrices whose rows differ by 40 orders of magnitude", () => {
  const random = randomStream(1, 0);
  const whole = (): number => random.below(7) - 3;
  const row = (): number[] => Array.from({ length: 5 }, whole);
  // Two subnormal directions of float32 beside one row of ordinary size: rank 3 at most.
  const unit = 2 ** -149;
  for (let k = 0; k < 200; k++) {
    const [large, a, b] = [row(), row(), row()];
    const small = Array.from({ length: 4 }, () => {
      const [u, v, w] = [whole(), whole(), k % 3 === 0 ? whole() : 0];
      return large.map((x, i) => unit * (u * a[i]! + v * b[i]!) + 8e-3 * w * x);
    });
    const matrix = Float32Array.from([...large.map((x) => 8e-3 * x), ...small.flat()]);
    const sigma = singularValuesOf(matrix);
    const norm = Math.hypot(...matrix);
    expect(Math.abs(Math.hypot(...sigma) - norm)).toBeLessThanOrEqual(1e-14 * norm);
    if (k % 3 !== 0) for (const value of sigma.subarray(3)) expect(value).toBeLessThan(1e-14 * unit);
  }
});

it.each([eigenvaluesOf, singularValuesOf])("%o refuses numbers that are not a square matrix", (decompose) => {
  for (const numbers of [[], [1, 2, 3]])
    expect(() => decompose(numbers)).toThrow(expect.objectContaining({ code: "shape_mismatch" }));
});
