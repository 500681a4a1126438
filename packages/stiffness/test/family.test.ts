import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { squared } from "../src/index.ts";
import { jacobianBatch, singleJacobian } from "./evaluate.ts";
import { family, type Member } from "./family.ts";
import { central, difference, jacobian64 } from "./float64.ts";
import { track } from "./track.ts";

const { cases }: { cases: { name: string; matrix: number[] }[] } = JSON.parse(
  readFileSync(new URL("./reference/matrices.json", import.meta.url), "utf8"),
);

/** Matrices at which a proxy has no derivative, or one that it does not use (condition above 20, all moduli
 *  1). */
const without: Record<Member["kind"], string[]> = {
  frobenius: ["zero"],
  sigma: ["zero"],
  // The logarithmic norm of a skew matrix is 0.
  logarithmic: ["zero", "skew"],
  radius: ["zero", "nilpotent", "defective", "plus-minus pair", "crowded", "non-normal", "badly scaled"],
  gelfand: ["zero", "nilpotent", "crowded", "non-normal", "badly scaled"],
};

const slopesOf = (width: number) =>
  Float64Array.from({ length: width }, (_, d) => Math.fround(0.4 + 0.6 / (d + 1)));

describe.each(family)("$proxy.name", ({ proxy, value, kind, square, visits, error }) => {
  const usable = cases.filter(
    ({ name, matrix }) =>
      !without[kind].includes(name) &&
      (matrix.length <= 100 || kind === "sigma" || kind === "logarithmic") &&
      !(square && (name === "tiny" || name === "huge")),
  );

  it.each(usable)("value and gradient in float64, $name", ({ matrix }) => {
    const width = Math.sqrt(matrix.length);
    const slopes = slopesOf(width);
    const found = track(proxy, jacobianBatch(1, width, 1, matrix, slopes), visits, [1]);
    expect(Math.abs(found.values[0]! / value(jacobian64(matrix, slopes)) - 1)).toBeLessThan(error.value);
    if (width > 20) return;
    const byWeights = central((w) => value(jacobian64(w, slopes)), matrix);
    const bySlopes = central((s) => value(jacobian64(matrix, s)), slopes);
    expect(difference(found.gradWeights, byWeights)).toBeLessThan(error.gradient);
    expect(difference(found.gradSlopes, bySlopes)).toBeLessThan(error.gradient);
  });

  it("is 0 with gradient 0 at J = 0, for a zero weight and for zero slopes", () => {
    const zeros = new Float32Array(25);
    const ones = new Float32Array(5).fill(1);
    const random = cases.find(({ name }) => name === "random 7")!.matrix.slice(0, 25);
    for (const [weights, slopes] of [
      [zeros, ones],
      [random, new Float32Array(5)],
    ] as const) {
      const { values, gradWeights, gradSlopes } = track(
        proxy,
        jacobianBatch(1, 5, 1, weights, slopes),
        3,
        [1],
      );
      expect(values[0]).toBe(0);
      expect([...gradWeights, ...gradSlopes].every((g) => g === 0)).toBe(true);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("a weight that is %d spoils its layer alone", (wrong) => {
    const weights = Float32Array.from({ length: 32 }, (_, k) => Math.cos(k));
    weights[5] = wrong;
    const batch = jacobianBatch(2, 4, 3, weights, new Float32Array(24).fill(0.5));
    const { values, gradWeights } = track(proxy, batch, 2, new Float32Array(6).fill(1));
    expect([...values].map(Number.isFinite)).toEqual([false, false, false, true, true, true]);
    expect([...gradWeights.subarray(16)].every(Number.isFinite)).toBe(true);
  });

  it.each([1e-30, 1e30])(
    "scales by %d with unit gradient, or leaves float32's range as its square does",
    (scale) => {
      const { matrix } = cases.find(({ name }) => name === "random 7")!;
      const base = track(proxy, singleJacobian(matrix), visits, [1]);
      const scaled = track(proxy, singleJacobian(matrix.map((x) => Math.fround(x * scale))), visits, [1]);
      if (square) {
        expect(scaled.values[0]).toBe(scale > 1 ? Number.POSITIVE_INFINITY : 0);
        return;
      }
      expect(Math.abs(scaled.values[0]! / scale / base.values[0]! - 1)).toBeLessThan(1e-4);
      expect(difference(scaled.gradWeights, base.gradWeights)).toBeLessThan(5e-3);
    },
  );

  it.each([1, 2, 3, 5, 6, 7, 33])("dimension %d, batches of 1, 4 and 6", (width) => {
    const weights = Float32Array.from(
      { length: width * width },
      (_, k) => Math.sin(3 * k + 1) / Math.sqrt(width),
    );
    for (const batch of [1, 4, 6]) {
      const slopes = Float32Array.from({ length: batch * width }, (_, k) => 0.5 + 0.4 * Math.sin(5 * k));
      const { values, gradSlopes } = track(
        proxy,
        jacobianBatch(1, width, batch, weights, slopes),
        visits + 10,
      );
      values.forEach((found, i) => {
        const own = slopes.subarray(i * width, (i + 1) * width);
        expect(Math.abs(found / value(jacobian64(weights, own)) - 1)).toBeLessThan(1e-4);
        // The value has degree 1 or 2 in the slopes (Euler).
        const along = own.reduce((sum, s, d) => sum + s * gradSlopes[i * width + d]!, 0);
        expect(Math.abs(along / ((square ? 2 : 1) * found) - 1)).toBeLessThan(2e-3);
      });
    }
  });

  it("gives the same bits twice", () => {
    const { matrix } = cases.find(({ name }) => name === "crowded")!;
    const [once, again] = [0, 1].map(() => track(proxy, singleJacobian(matrix), 3, [1]));
    expect(again).toEqual(once);
  });

  it("names what is reported instead, where it is an approximation", () => {
    const exact =
      { frobenius: "frobenius", sigma: "largestSingularValue", logarithmic: "logarithmicNorm" }[
        kind as string
      ] ?? "spectralRadius";
    expect((proxy.exact ?? proxy).name).toBe(`${exact}${square ? "^2" : ""}`);
  });
});

it.each(family)("a slope that is NaN spoils its sample alone: $proxy.name", ({ proxy }) => {
  const slopes = new Float32Array(12).fill(0.5);
  slopes[5] = Number.NaN;
  const weights = Float32Array.from({ length: 16 }, (_, k) => Math.cos(k));
  const { values } = track(proxy, jacobianBatch(1, 4, 3, weights, slopes), 2);
  expect([...values].map(Number.isNaN)).toEqual([false, true, false]);
});

it("names are told apart", () => {
  const names = family.map(({ proxy }) => proxy.name);
  expect(new Set(names).size).toBe(names.length);
  expect(squared(squared(family[0]!.proxy)).name).toBe("frobenius^2^2");
});
