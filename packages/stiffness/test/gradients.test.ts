import { readFileSync } from "node:fs";
import { randomStream } from "@stiffnet/base";
import { createDense, createKernels, type DenseFunction } from "@stiffnet/kernels";
import { describe, expect, it } from "vitest";
import {
  type DifferentiableProxy,
  type PenalisedName,
  penalisedProxies,
  spectralRadius,
} from "../src/index.ts";
import { jacobianBatch } from "./evaluate.ts";
import { difference, frobenius64, jacobian64 } from "./float64.ts";
import { track } from "./track.ts";

/** How exact the gradient of each penalty is, by itself. docs/research/stiffness/proxies.md prints these
 *  numbers. */
const widths = [3, 8, 20, 50];
const samples = 2;
const kernels = createKernels();

/** The matrices of a width are the same in all cases. They are made where somebody needs them. */
type Of<T> = (matrices: () => readonly Float64Array[], width: number) => T[];
type Values = Of<number>;
type Parts = Of<readonly number[]>;

/** Some numbers of each matrix, by the kernels in float64; found once for each width. */
function dense(what: DenseFunction, pick: (re: Float64Array, im: Float64Array) => readonly number[]): Parts {
  const known = new Map<number, ReturnType<Parts>>();
  return (make, width) => {
    const before = known.get(width);
    if (before) return before;
    const matrices = make();
    const mark = kernels.arena.mark();
    const room = createDense(kernels, width, 64);
    const found: (readonly number[])[] = [];
    for (let from = 0; from < matrices.length; from += 64) {
      const some = matrices.slice(from, from + 64);
      some.forEach((matrix, k) => {
        room.matrices.set(matrix, k * width * width);
      });
      room.run(what, some.length);
      const part = (of: Float64Array, k: number) => of.subarray(k * width, (k + 1) * width);
      some.forEach((_, k) => {
        found.push(pick(part(room.re, k), part(room.im, k)));
      });
    }
    kernels.arena.release(mark);
    known.set(width, found);
    return found;
  };
}

const largest =
  (parts: Parts): Values =>
  (matrices, width) =>
    parts(matrices, width).map(([most]) => most!);
const ratio =
  (parts: Parts): Values =>
  (matrices, width) =>
    parts(matrices, width).map(([most, least]) => Math.log(most! / least!));

const moduli = dense("eigenvalues", (re, im) => {
  const sizes = re.map((x, k) => Math.hypot(x, im[k]!));
  return [Math.max(...sizes), Math.min(...sizes)];
});
const singular = dense("singularValues", (re) => [re[0]!, re.at(-1)!]);
const exact: Record<PenalisedName, Values> = {
  stiff: largest(moduli),
  gelfand: largest(moduli),
  singular: largest(singular),
  lognorm: largest(dense("logarithmicNorms", (re) => [re[0]!])),
  frobenius: (matrices) => matrices().map(frobenius64),
  eigenRatio: ratio(moduli),
  singularRatio: ratio(singular),
};

/** The penalised proxies, and one with 16 powers of J instead of four. */
const cases: Record<string, [DifferentiableProxy, Values]> = {
  ...Object.fromEntries(
    (Object.keys(exact) as PenalisedName[]).map((name) => [
      name,
      [penalisedProxies[name].create(), exact[name]],
    ]),
  ),
  "stiff, powers: 16": [spectralRadius({ powers: 16 }), exact.stiff],
};

/** The gradient of 1/2 sum_i p_i^2 by the weights and all slopes, as it is and by central differences of the
 *  exact values. */
function gradients(
  [proxy, exactly]: [DifferentiableProxy, Values],
  width: number,
): { found: number[]; expected: number[] } {
  const random = randomStream(width, 7);
  const weights = Float32Array.from(
    { length: width * width },
    () => (2 * random.uniform() - 1) * Math.sqrt(3 / width),
  );
  const slopes = Float32Array.from({ length: samples * width }, () => 0.3 + 0.7 * random.uniform());
  const batch = jacobianBatch(1, width, samples, weights, slopes);
  // The cotangent of p^2 / 2 is p: the values themselves, once they have converged.
  const { values } = track(proxy, batch, 20);
  const { gradWeights, gradSlopes } = track(proxy, batch, 20, values);
  const step = 1e-6;
  const all = Float64Array.from([...weights, ...slopes]);
  const moved = (): Float64Array[] => {
    const matrices: Float64Array[] = [];
    for (let k = 0; k < all.length; k++) {
      for (const by of [step, -step]) {
        for (let i = 0; i < samples; i++) {
          all[k]! += by;
          const own = weights.length + i * width;
          matrices.push(jacobian64(all.subarray(0, weights.length), all.subarray(own, own + width)));
          all[k]! -= by;
        }
      }
    }
    return matrices;
  };
  const p = exactly(moved, width);
  const halfSquares = (from: number) => p.slice(from, from + samples).reduce((sum, x) => sum + x * x, 0) / 2;
  return {
    found: [...gradWeights, ...gradSlopes],
    expected: Array.from(all, (_, k) => {
      return (halfSquares(2 * k * samples) - halfSquares((2 * k + 1) * samples)) / (2 * step);
    }),
  };
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const along = a.reduce((sum, x, k) => sum + x * b[k]!, 0);
  return along / Math.hypot(...a) / Math.hypot(...b);
}

const document = readFileSync(
  new URL("../../../docs/research/stiffness/proxies.md", import.meta.url),
  "utf8",
);

describe.each(Object.entries(cases))("the gradient of %s", (name, one) => {
  it("is as far from the derivative of the exact value as the documents say", () => {
    const cells = widths.map((width) => {
      const { found, expected } = gradients(one, width);
      expect(found.every(Number.isFinite)).toBe(true);
      const error = difference(found, expected);
      return `${error < 1e-3 ? error.toExponential(0) : Number(error.toPrecision(2))}, ${cosine(found, expected).toFixed(2)}`;
    });
    const row = document.split("\n").find((line) => line.startsWith(`| \`${name}\` `));
    expect(row?.split("|").map((cell) => cell.trim())).toEqual(["", `\`${name}\``, ...cells, ""]);
  });
});
