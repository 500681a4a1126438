import { readFileSync } from "node:fs";
import { decodeState, encodeState, resnet, type TrainingState, train } from "@stiffnet/core";
import { describe, expect, it } from "vitest";
import {
  type DifferentiableProxy,
  eigenRatio,
  logarithm,
  measure,
  singularRatio,
  smallestSingularValue,
  stiffnessPenalty,
} from "../src/index.ts";
import { jacobianBatch, singleJacobian } from "./evaluate.ts";
import { track } from "./track.ts";
import { problem } from "./trained.ts";

interface Case {
  name: string;
  matrix: number[];
  re: number[];
  im: number[];
  singular: number[];
}
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("./reference/matrices.json", import.meta.url), "utf8"),
);

const floor = 1e-6;
const capped = (r: number): number => (Number.isFinite(r) ? r / (1 + floor * r) : 1 / floor);
const exactly = { tolerance: 1e-6, fewest: 2, most: 31 };

interface Member {
  name: string;
  proxy: DifferentiableProxy;
  /** LAPACK's, as the proxy tells it. */
  value(of: Case): number;
  /** Scaling J by x multiplies the value by x to this power. */
  degree: number;
}
const members: Member[] = [
  {
    name: "smallestSingularValue",
    proxy: smallestSingularValue(exactly),
    value: ({ singular }) => singular.at(-1)!,
    degree: 1,
  },
  {
    name: "singularRatio",
    proxy: singularRatio(exactly),
    value: ({ singular }) => (singular[0] === 0 ? 1 : capped(singular[0]! / singular.at(-1)!)),
    degree: 0,
  },
  {
    name: "eigenRatio",
    proxy: eigenRatio({ tolerance: 1e-6, fewest: 31, most: 31 }),
    value({ re, im }) {
      const moduli = re.map((x, k) => Math.hypot(x, im[k]!));
      const largest = Math.max(...moduli);
      return largest === 0 ? 1 : capped(largest / Math.min(...moduli));
    },
    degree: 0,
  },
];

/** Matrices whose smallest eigenvalue depends on the rounding of entries. */
const illConditioned = ["nilpotent", "defective", "crowded", "non-normal", "badly scaled"];

describe.each(members)("$name", ({ name, proxy, value, degree }) => {
  const usable = cases.filter((one) => name !== "eigenRatio" || !illConditioned.includes(one.name));

  it.each(usable)("has LAPACK's value, $name", (one) => {
    const found = track(proxy, singleJacobian(one.matrix), 20, [1]);
    const [expected, largest] = [value(one), degree === 1 ? one.singular[0]! : 1];
    // Singular to rounding: of float32's entries in W^-1, and of float64 in the reference.
    const rounding = degree === 1 ? 1e-6 * largest : 0;
    expect(Math.abs(found.values[0]! - expected)).toBeLessThanOrEqual(2e-3 * expected + rounding);
  });

  // The reciprocal's derivative is beyond float32 at 1e30.
  const inRange = cases.filter((one) => degree === 0 || one.name !== "huge");

  it.each(inRange)("is defined with a finite gradient, $name", ({ matrix }) => {
    const { values, gradWeights, gradSlopes } = track(proxy, singleJacobian(matrix), 20, [1]);
    expect(Number.isFinite(values[0]!)).toBe(true);
    expect([...gradWeights, ...gradSlopes].every(Number.isFinite)).toBe(true);
  });

  it("has no gradient at J = 0, at a singular weight, and at a slope of zero, which spoils no other sample", () => {
    const random = cases.find((one) => one.name === "random 7")!.matrix.slice(0, 25);
    const ones = new Float32Array(10).fill(1);
    const singular = random.with(5, random[0]!).with(6, random[1]!).with(7, random[2]!);
    const twice = singular.with(8, random[3]!).with(9, random[4]!);
    const still = track(proxy, jacobianBatch(1, 5, 2, random, ones), 20, [1, 1]).values;
    for (const [weights, slopes] of [
      [new Array<number>(25).fill(0), ones],
      [twice, ones],
      [random, ones.with(3, 0)],
    ] as const) {
      const found = track(proxy, jacobianBatch(1, 5, 2, weights, slopes), 20, [1, 0]);
      const zero = weights.every((w) => w === 0);
      expect(found.values[0]).toBe(degree === 1 ? 0 : zero ? 1 : Math.fround(1 / floor));
      expect([...found.gradWeights, ...found.gradSlopes].every((g) => g === 0)).toBe(true);
      if (weights === random) expect(found.values[1]).toBe(still[1]);
    }
  });

  it("has the gradient of what scales so with J, by slopes and by weights", () => {
    for (const one of usable.filter(({ name }) => /random|symmetric|orthogonal|identity/.test(name))) {
      const { values, gradWeights, gradSlopes } = track(proxy, singleJacobian(one.matrix), 20, [1]);
      const along = gradWeights.reduce((sum, g, k) => sum + g * one.matrix[k]!, 0);
      const bySlopes = gradSlopes.reduce((sum, g) => sum + g, 0);
      const size = Math.hypot(...gradWeights) * Math.hypot(...one.matrix) + values[0]!;
      expect(Math.abs(along - degree * values[0]!)).toBeLessThan(1e-4 * size);
      expect(Math.abs(bySlopes - degree * values[0]!)).toBeLessThan(1e-4 * size);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("a weight that is %d spoils its layer alone", (wrong) => {
    const weights = Float32Array.from({ length: 32 }, (_, k) => Math.cos(k * k));
    weights[5] = wrong;
    const batch = jacobianBatch(2, 4, 3, weights, new Float32Array(24).fill(0.5));
    const { values, gradWeights } = track(proxy, batch, 2, new Float32Array(6).fill(1));
    expect([...values].map(Number.isNaN)).toEqual([true, true, true, false, false, false]);
    expect([...gradWeights.subarray(16)].every(Number.isFinite)).toBe(true);
  });
});

describe.each([
  ["eigenRatio", logarithm(eigenRatio()), eigenRatio({ method: "dense" })],
  ["singularRatio", logarithm(singularRatio()), singularRatio({ method: "dense" })],
] as const)("training with %s", (_, proxy, exact) => {
  const model = resnet({ inputs: 2, outputs: 1, width: 6, depth: 3, seed: 3 });
  const data = problem(12);

  it("brings the ratio down, and is interrupted without a trace", async () => {
    const penalty = stiffnessPenalty(proxy, { weight: 0.1 });
    const options = { epochs: 60, batchSize: 5, rate: 1e-2 };
    const plain = await train(model, data, options);
    const straight = await train(model, data, { ...options, penalty });
    const ratio = (of: typeof model) => measure(of, data.train, exact).median;
    expect(ratio(straight.model)).toBeLessThan(ratio(plain.model) / 2);
    const states: TrainingState[] = [];
    const save = (state: TrainingState) => void states.push(state);
    await train(model, data, { ...options, penalty, epochs: 30, checkpoint: { every: 30, save } });
    const resume = decodeState(encodeState(states.at(-1)!), "memory");
    const resumed = await train(model, data, { ...options, penalty, resume });
    expect(resumed.digest).toBe(straight.digest);
  });
});
