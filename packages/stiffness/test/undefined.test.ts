import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { eigenvaluesOf, largestSingularValue, spectralRadius } from "../src/index.ts";
import { singleJacobian } from "./evaluate.ts";
import { central, difference, sigma64 } from "./float64.ts";
import { track } from "./track.ts";

/** Matrices without a derivative, for which docstrings promise a value. */
const cases: { name: string; matrix: number[] }[] = JSON.parse(
  readFileSync(new URL("./reference/matrices.json", import.meta.url), "utf8"),
).cases;
const matrixOf = (name: string): number[] => cases.find((c) => c.name === name)!.matrix;
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a, (x, k) => x * b[k]!).reduce((p, q) => p + q, 0);
const power = spectralRadius({ method: "power", tolerance: 2e-6, most: 3000 });

it.each(["identity", "orthogonal", "skew"])(
  "sigma_1 that is multiple: an element of the subdifferential, %s",
  (name) => {
    const matrix = matrixOf(name);
    const { values, gradWeights } = track(largestSingularValue(), singleJacobian(matrix), 5, [1]);
    // u v^T with unit u and v, and <u v^T, J> = sigma_1: exactly the conditions.
    expect(Math.abs(values[0]! / sigma64(Float64Array.from(matrix)) - 1)).toBeLessThan(1e-6);
    expect(Math.abs(dot(gradWeights, gradWeights) - 1)).toBeLessThan(1e-5);
    expect(Math.abs(dot(gradWeights, matrix) / values[0]! - 1)).toBeLessThan(1e-5);
  },
);

it("a plus-minus pair: the derivative of one of the two moduli", () => {
  const matrix = matrixOf("plus-minus pair");
  const end = (pick: (...values: number[]) => number) =>
    central((m) => Math.abs(pick(...eigenvaluesOf(m).re)), matrix);
  for (const proxy of [power, spectralRadius({ method: "dense" })]) {
    const { gradWeights } = track(proxy, singleJacobian(matrix), 20, [1]);
    const distances = [end(Math.max), end(Math.min)].map((g) => difference(gradWeights, g));
    expect(Math.min(...distances)).toBeLessThan(2e-3);
  }
});

it("a multiple eigenvalue with a full set of vectors: one of degree 1 in J", () => {
  const matrix = matrixOf("identity");
  const { values, gradWeights } = track(power, singleJacobian(matrix), 3, [1]);
  expect(values[0]).toBeCloseTo(1, 6);
  expect(dot(gradWeights, matrix)).toBeCloseTo(1, 5);
});

it("eigenvalues of one modulus throughout never converge, and the residual says so", () => {
  const { residuals, statistics, gradWeights } = track(power, singleJacobian(matrixOf("orthogonal")), 1);
  expect(residuals![0]).toBeGreaterThan(0.1);
  expect(statistics!.unconverged).toBe(1);
  expect([...gradWeights].every(Number.isFinite)).toBe(true);
});

it.each(["defective", "badly scaled"])(
  "a condition above 20 is capped: a bounded gradient, counted, %s",
  (name) => {
    const { statistics, gradWeights } = track(power, singleJacobian(matrixOf(name)), 20, [1]);
    expect(statistics!.capped! + statistics!.unmatched!).toBeGreaterThan(0);
    // The fallback conj(v) v^T is of norm 1, where the exact gradient has the condition's.
    expect(dot(gradWeights, gradWeights)).toBeLessThan(20 ** 2);
  },
);

it("a nilpotent J: nearly 0, and a gradient that is finite", () => {
  for (const proxy of [power, spectralRadius({ method: "gelfand" })]) {
    const { values, gradWeights } = track(proxy, singleJacobian(matrixOf("nilpotent")), 3, [1]);
    // The eigenvalues of a nilpotent matrix of dimension 5 move by rounding^(1/5).
    expect(values[0]!).toBeLessThan(0.1);
    expect([...gradWeights].every(Number.isFinite)).toBe(true);
  }
});

it("values carry the residuals that their accuracy is told by", () => {
  const matrix = matrixOf("random 20");
  const exact = eigenvaluesOf(matrix);
  const radius = Math.hypot(exact.re[0]!, exact.im[0]!);
  for (const visits of [1, 2, 5, 20]) {
    const { values, residuals } = track(spectralRadius({ method: "power" }), singleJacobian(matrix), visits);
    // Bauer and Fike: the residual times the condition of the eigenvectors, 10 here.
    expect(Math.abs(values[0]! / radius - 1)).toBeLessThan(10 * residuals![0]! + 1e-6);
  }
});

it("cold, one visit of 12 steps gives sigma_1 to its residual squared", () => {
  const matrix = matrixOf("random 50");
  const { values, residuals } = track(largestSingularValue(), singleJacobian(matrix), 1);
  const error = 1 - values[0]! / sigma64(Float64Array.from(matrix));
  expect(error).toBeGreaterThan(-1e-6);
  expect(error).toBeLessThan(residuals![0]! + 1e-6);
});

it.each([
  [() => largestSingularValue({ tolerance: 1 }), "tolerance is 1, expected a number between 0 and 1"],
  [
    () => largestSingularValue({ fewest: 4, most: 3 }),
    "steps from 4 to 3, expected whole numbers within 1 to 31",
  ],
  [() => largestSingularValue({ method: "qr" as "dense" }), "method is 'qr', expected lanczos or dense"],
  [() => spectralRadius({ method: "power", tolerance: Number.NaN }), "tolerance is NaN"],
  [() => spectralRadius({ method: "power", most: 0 }), "most is 0, expected a whole number from 1 to 10000"],
  [
    () => spectralRadius({ method: "qr" as "dense" }),
    "method is 'qr', expected arnoldi, gelfand, power or dense",
  ],
])("refuses options that make no sense: %#", (make, message) => {
  expect(make).toThrow(message);
});
