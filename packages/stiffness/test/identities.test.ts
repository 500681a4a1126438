import { randomStream } from "@stiffnet/base";
import { prepare } from "@stiffnet/preparation";
import { expect, it } from "vitest";
import { blockWeights } from "../../core/test/block-weights.ts";
import { eigenvaluesOf, measure, singularValuesOf, spectra, spectralRadius } from "../src/index.ts";
import { problem, trainedModels } from "./trained.ts";

/** sigma_n <= |l_n| <= |l_1| <= sigma_1 <= |J|_F, and |l_1 ... l_n| = sigma_1 ... sigma_n = |det J|. */
function requireIdentities(matrix: Float64Array): void {
  const { re, im, status } = eigenvaluesOf(matrix);
  if (status !== "converged") throw new Error(`${status}: ${matrix}`);
  const moduli = Array.from(re, (x, k) => Math.hypot(x, im[k]!));
  const sigma = singularValuesOf(matrix);
  const norm = Math.sqrt(matrix.reduce((sum, x) => sum + x * x, 0));
  const chain = [sigma.at(-1)!, moduli.at(-1)!, moduli[0]!, sigma[0]!, norm];
  for (let k = 1; k < chain.length; k++) {
    // Rounding of a backward stable method: a few units of the norm.
    if (!(chain[k - 1]! <= chain[k]! + 1e-13 * norm)) throw new Error(`${chain} of ${matrix}`);
  }
  const logs = (values: ArrayLike<number>) => Array.from(values, Math.log).reduce((a, b) => a + b, 0);
  // For well-conditioned matrices the determinant agrees too.
  if (sigma.at(-1)! > 1e-4 * sigma[0]!) expect(Math.abs(logs(moduli) - logs(sigma))).toBeLessThan(1e-8);
}

it("hold on 9,000 random matrices of dimension 1 to 100", () => {
  const random = randomStream(17, 0);
  for (let count = 0; count < 9000; count++) {
    const n = count < 8500 ? 1 + (count % 10) : count < 8960 ? 11 + (count % 30) : 41 + ((count * 7) % 60);
    const kind = count % 4;
    const low = Float64Array.from({ length: n }, () => 2 * random.uniform() - 1);
    const matrix = Float64Array.from({ length: n * n }, (_, k) => {
      const [r, c] = [Math.floor(k / n), k % n];
      const x = (2 * random.uniform() - 1) / Math.sqrt(n);
      // The kinds: full, triangular (strongly non-normal), saturated rows, rank one plus a little.
      if (kind === 1) return c >= r ? 3 * x : 0;
      if (kind === 2) return x * low[r]! ** 8;
      return kind === 3 ? low[r]! * low[(c + 1) % n]! + 1e-6 * x : x;
    });
    requireIdentities(matrix);
  }
  // The largest there is to be.
  requireIdentities(Float64Array.from({ length: 10_000 }, () => random.uniform() - 0.5));
});

it("hold on 1,000 Jacobians of trained networks", async () => {
  let count = 0;
  for (const [width, epochs] of [
    [9, 150],
    [20, 60],
  ] as const) {
    for (const model of await trainedModels(width, epochs)) {
      const samples = problem().train;
      const { values, samples: used } = measure(model, samples, spectralRadius());
      const found = spectra(model, samples);
      const weights = blockWeights(model);
      const slopes = slopesOf(model, samples.inputs);
      for (let n = 0; n < 4; n++) {
        for (let i = 0; i < used && count < 1000; i++, count++) {
          const matrix = Float64Array.from({ length: width * width }, (_, k) => {
            const s = slopes[n]![i]![Math.floor(k / width)]!;
            return s * weights[n * width * width + k]!;
          });
          requireIdentities(matrix);
          // The Jacobians that the proxies and spectra see are these, to float32.
          const { re, im } = eigenvaluesOf(matrix);
          const radius = Math.hypot(re[0]!, im[0]!);
          const at = (n * used + i) * width;
          expect(Math.abs(values[n * used + i]! / radius - 1)).toBeLessThan(1e-4);
          expect(Math.abs(Math.hypot(found.re[at]!, found.im[at]!) / radius - 1)).toBeLessThan(1e-4);
        }
      }
    }
  }
  expect(count).toBe(1000);
});

/** s'(z) by layer, sample and feature, in float64 from the formulas. */
function slopesOf(
  { config, layout, parameters, preparation }: Awaited<ReturnType<typeof trainedModels>>[number],
  inputs: Float64Array,
): number[][][] {
  const columns = config.inputs;
  const rows = Array.from({ length: inputs.length / columns }, (_, i) =>
    prepare(preparation.inputs, inputs.slice(i * columns, (i + 1) * columns)),
  );
  const affine = (slots: (typeof layout)["lift"], h: ArrayLike<number>): number[] =>
    Array.from({ length: slots.bias.size }, (_, r) =>
      Array.from(h).reduce(
        (sum, v, c) => sum + parameters[slots.weight.offset + r * h.length + c]! * v,
        parameters[slots.bias.offset + r]!,
      ),
    );
  const slopes: number[][][] = layout.blocks.map(() => []);
  for (const row of rows) {
    let h = affine(layout.lift, row).map(Math.tanh);
    layout.blocks.forEach((block, n) => {
      const s = affine(block, h).map(Math.tanh);
      slopes[n]!.push(s.map((v) => 1 - v * v));
      h = h.map((v, d) => v + (config.horizon / config.depth) * s[d]!);
    });
  }
  return slopes;
}
