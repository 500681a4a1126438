import { describe, expect, it } from "vitest";
import { type Case, cases, radiusOf, trackArnoldi } from "./arnoldi.ts";
import { singleJacobian } from "./evaluate.ts";

/** A real, simple eigenvalue that stands apart: |l_2 / l_1|^32 is rounding. */
const apart = ({ re, im }: Case): boolean =>
  Math.abs(re[0]!) > 1e-3 &&
  im[0] === 0 &&
  re.length > 1 &&
  Math.hypot(re[1]!, im[1]!) < 0.65 * Math.abs(re[0]!);

describe.each(cases.filter(apart))("gradient, $name", ({ matrix }) => {
  const width = Math.sqrt(matrix.length);
  const slopes = Float32Array.from({ length: width }, (_, d) => 0.4 + 0.6 / (d + 1));
  const jacobian = (w: ArrayLike<number>, s: ArrayLike<number>) =>
    Float64Array.from({ length: matrix.length }, (_, k) => s[Math.floor(k / width)]! * w[k]!);
  const batch = { ...singleJacobian(matrix), slopes: Float32Array.from({ length: width * 4 }, () => 0) };
  slopes.forEach((s, d) => {
    batch.slopes[4 * d] = s;
  });

  it("agrees with central differences of the dense spectral radius", () => {
    const { gradWeights, gradSlopes } = trackArnoldi(batch, 20, Float32Array.of(1), {
      fewest: 31,
      powers: 32,
    });
    const step = 1e-6;
    const central = (values: ArrayLike<number>, of: (moved: Float64Array) => Float64Array) =>
      Float64Array.from({ length: values.length }, (_, k) => {
        const moved = (by: number) =>
          radiusOf(of(Float64Array.from(values, (v, j) => (j === k ? v + by : v))));
        return (moved(step) - moved(-step)) / (2 * step);
      });
    const compare = (found: ArrayLike<number>, expected: Float64Array) => {
      const error = Math.hypot(...expected.map((g, k) => g - found[k]!));
      // Float32 vectors, converged by tracking, times the condition.
      expect(error / Math.hypot(...expected)).toBeLessThan(2e-3);
    };
    compare(
      gradWeights,
      central(matrix, (w) => jacobian(w, slopes)),
    );
    const lanes = Float32Array.from({ length: width }, (_, d) => gradSlopes[4 * d]!);
    compare(
      lanes,
      central(slopes, (s) => jacobian(matrix, s)),
    );
  });
});

it("the gradient of a complex pair is the exact one in the mean over phases, where J is normal", () => {
  const [angle, width, batch] = [0.7, 3, 4000];
  const turn = [Math.cos(angle), -Math.sin(angle), 0, Math.sin(angle), Math.cos(angle), 0, 0, 0, 0.3];
  const slopes = new Float32Array(width * batch).fill(1);
  const weights = Float32Array.from(turn);
  const mean = new Float32Array(batch).fill(1 / batch);
  const { gradWeights } = trackArnoldi({ depth: 1, width, batch, stride: batch, weights, slopes }, 1, mean);
  // d|l| = tr(J^-1 dJ) / 2 on the plane of the pair; a phase adds a turn of size 1, and 4000 of them 1 / 60
  // of that.
  const exact = turn.map((x, k) => (k < 2 || (k > 2 && k < 5) ? x / 2 : 0));
  expect(Math.hypot(...exact.map((x, k) => x - gradWeights[k]!))).toBeLessThan(0.05);
});

it("is homogeneous: what J scales by, the value does, with any number of powers and whatever J", () => {
  for (const { name, matrix } of cases) {
    if (["zero", "nilpotent", "crowded", "non-normal"].includes(name)) continue;
    for (const powers of [1, 4, 32]) {
      const { values, gradWeights, statistics } = trackArnoldi(
        singleJacobian(matrix),
        20,
        Float32Array.of(1),
        {
          fewest: 31,
          powers,
        },
      );
      if (statistics.capped! > 0) continue;
      const along = gradWeights.reduce((sum, g, k) => sum + g * matrix[k]!, 0);
      expect(Math.abs(along / values[0]! - 1), `${name}, ${powers} powers`).toBeLessThan(1e-3);
    }
  }
});

it("spreads the gradient over eigenvalues that are nearly as large, the more the fewer powers", () => {
  const [large, small] = [1, 0.97];
  const { matrix, share } = { matrix: [large, 0, 0, small], share: (g: Float32Array) => g[3]! / g[0]! };
  const of = (powers: number) =>
    trackArnoldi(singleJacobian(matrix), 1, Float32Array.of(1), { powers, fewest: 2 }).gradWeights;
  const few = share(of(1));
  const many = share(of(32));
  expect(few).toBeGreaterThan(0);
  // The share of the second vector falls by its eigenvalue to the power of 2 k.
  expect(many / few).toBeCloseTo((small / large) ** 62, 2);
});

it("cuts what is unbounded: a defective matrix has a gradient of bounded size, and it is counted", () => {
  const far = 1e5;
  const { gradWeights, statistics } = trackArnoldi(
    singleJacobian([1, far, 0, 1 - 1e-6]),
    3,
    Float32Array.of(1),
    {
      fewest: 2,
    },
  );
  expect(statistics.capped).toBeGreaterThan(0);
  expect(Math.hypot(...gradWeights)).toBeLessThan(1001);
});

it("a nearly nilpotent matrix has a gradient that is finite, and spoils no other sample's", () => {
  const [width, batch, stride] = [2, 2, 4];
  const weights = Float32Array.of(1, 1, 0, -1);
  for (const tiny of [1e-3, 1e-6, 1e-9, 1e-20]) {
    // diag(1, s) [[t, 1], [0, -t]]: |l| = t for s = 1, where |J| is 1.
    weights[0] = tiny;
    weights[3] = -tiny;
    const slopes = Float32Array.of(1, 1, 0, 0, 1, 0.5, 0, 0);
    const jacobians = { depth: 1, width, batch, stride, weights, slopes };
    const { gradWeights, gradSlopes } = trackArnoldi(jacobians, 3, Float32Array.of(1, 1), { fewest: 2 });
    expect([...gradWeights, ...gradSlopes].every(Number.isFinite), `${tiny}`).toBe(true);
  }
});
