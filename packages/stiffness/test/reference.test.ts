import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { jacobianBatch } from "../src/index.ts";
import { family } from "./family.ts";
import { difference, jacobian64 } from "./float64.ts";
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
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("./reference/proxies.json", import.meta.url), "utf8"),
);

describe.each(family)("$proxy.name against PyTorch", ({ proxy, value, reference, square, visits, error }) => {
  it.each(cases)("$name", ({ depth, width, batch, weights, slopes, cotangent, proxies }) => {
    const { values, gradWeights, gradSlopes } = proxies[reference]!;
    // The square's gradient with cotangent c / (2 value) is the value's with c.
    const pulled = square ? cotangent.map((c, k) => c / (2 * values[k]!)) : cotangent;
    const found = track(proxy, jacobianBatch(depth, width, batch, weights, slopes), visits, pulled);
    values.forEach((expected, at) => {
      const target = square ? expected ** 2 : expected;
      expect(Math.abs(found.values[at]! / target - 1)).toBeLessThan(error.value);
      const w = weights.slice(Math.floor(at / batch) * width * width).slice(0, width * width);
      const own = value(jacobian64(w, slopes.slice(at * width, (at + 1) * width)));
      // The float64 references of these tests are themselves PyTorch's, to the eigenvalues' condition.
      expect(Math.abs(own / target - 1)).toBeLessThan(1e-10);
    });
    if (!gradWeights || !gradSlopes) return;
    expect(difference(found.gradWeights, gradWeights)).toBeLessThan(error.gradient);
    expect(difference(found.gradSlopes, gradSlopes)).toBeLessThan(error.gradient);
  });
});
