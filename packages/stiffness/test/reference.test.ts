import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { jacobianBatch } from "./evaluate.ts";
import { family } from "./family.ts";
import { difference, frobenius64, jacobian64 } from "./float64.ts";
import { track } from "./track.ts";

interface Case {
  name: string;
  depth: number;
  width: number;
  batch: number;
  weights: number[];
  slopes: number[];
  cotangent: number[];
  proxies: Record<string, { values: number[]; gradWeights?: number[]; gradSlopes?: number[] }>;
}
const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`./reference/${name}.json`, import.meta.url), "utf8"));
const { batches }: { batches: Record<string, Case["proxies"][string]> } = read("logarithmic-norm");
const cases = (read("proxies").cases as Case[]).map((one) => ({
  ...one,
  proxies: { ...one.proxies, logarithmicNorm: batches[one.name]! },
}));

describe.each(family)(
  "$proxy.name against PyTorch, or LAPACK",
  ({ proxy, value, reference, square, visits, error }) => {
    it.each(cases)("$name", ({ depth, width, batch, weights, slopes, cotangent, proxies }) => {
      const { values, gradWeights, gradSlopes } = (proxies as Case["proxies"])[reference]!;
      // The square's gradient with cotangent c / (2 value) is the value's with c.
      const pulled = square ? cotangent.map((c, k) => c / (2 * values[k]!)) : cotangent;
      const found = track(proxy, jacobianBatch(depth, width, batch, weights, slopes), visits, pulled);
      values.forEach((expected, at) => {
        const target = square ? expected ** 2 : expected;
        const w = weights.slice(Math.floor(at / batch) * width * width).slice(0, width * width);
        const matrix = jacobian64(w, slopes.slice(at * width, (at + 1) * width));
        const own = value(matrix);
        // The logarithmic norm of a skew matrix is 0: errors are relative to the matrix then.
        const size = Math.abs(target) || frobenius64(matrix) ** (square ? 2 : 1);
        expect(Math.abs(found.values[at]! - target)).toBeLessThan(error.value * size);
        // The float64 references of these tests are themselves PyTorch's, to the eigenvalues' condition.
        expect(Math.abs(own - target)).toBeLessThan(1e-10 * size);
      });
      if (!gradWeights || !gradSlopes) return;
      expect(difference(found.gradWeights, gradWeights)).toBeLessThan(error.gradient);
      expect(difference(found.gradSlopes, gradSlopes)).toBeLessThan(error.gradient);
    });
  },
);
