import { type JacobianBatch, layoutOf, resnet, ShapeError } from "@stiffnet/core";
import { createKernels, kernelEngines } from "@stiffnet/kernels";
import { describe, expect, it } from "vitest";
import {
  type DifferentiableProxy,
  penalisedProxies,
  proxies,
  type StiffnessProxy,
  spectralRadius,
  stiffnessPenalty,
} from "../src/index.ts";
import { inverseOf } from "../src/iteration/inverse.ts";

const all: [string, StiffnessProxy][] = [
  ...Object.entries(proxies).map(([name, { exact }]): [string, StiffnessProxy] => [name, exact()]),
  ...Object.entries(penalisedProxies).map(([name, { create }]): [string, StiffnessProxy] => [name, create()]),
  ["gelfand", spectralRadius({ method: "gelfand" })],
  ["power", spectralRadius({ method: "power" })],
  ["inverse", inverseOf(spectralRadius())],
];

/** Batches that a space of 2 layers, width 3 and 8 samples has no room for. */
const wrong: [string, (fitting: JacobianBatch) => Partial<JacobianBatch>][] = [
  ["batch", () => ({ batch: 9 })],
  ["batch of no samples", () => ({ batch: -1 })],
  ["half a sample", () => ({ batch: 1.5 })],
  ["stride", () => ({ stride: 4000 })],
  ["odd stride", () => ({ batch: 5, stride: 6 })],
  ["stride below the batch", () => ({ stride: 4 })],
  ["depth", () => ({ depth: 3 })],
  ["width", () => ({ width: 300 })],
  ["weights", ({ weights }) => ({ weights: weights.subarray(1) })],
  ["slopes", ({ slopes }) => ({ slopes: slopes.subarray(1) })],
];

const [depth, width, capacity] = [2, 3, 8];

function bound<P extends StiffnessProxy>(proxy: P, engine: string) {
  const kernels = createKernels({ engine });
  const weights = kernels.arena.float32(depth * width ** 2);
  const slopes = kernels.arena.float32(depth * width * capacity);
  weights.array.set(Array.from(weights.array, (_, k) => ((7 * k) % 11) / 10));
  slopes.array.fill(1);
  const space = { kernels, depth, width, capacity, rows: capacity, gradient: true };
  const made = proxy.bind(space) as ReturnType<P["bind"]>;
  const fitting = () => ({
    depth,
    width,
    batch: capacity,
    stride: capacity,
    weights: weights.array,
    slopes: slopes.array,
  });
  return { kernels, made, fitting, values: new Float32Array(depth * capacity) };
}

describe.each(kernelEngines())("no input reads outside of its arrays: %s", (engine) => {
  it.each(all)("%s", (_, proxy) => {
    const { made, fitting, values } = bound(proxy, engine);
    for (const [what, change] of wrong) {
      expect(() => made.evaluate({ ...fitting(), ...change(fitting()) }, values), what).toThrow(ShapeError);
    }
    made.evaluate(fitting(), values);
    expect(values.every(Number.isFinite)).toBe(true);
    if (!("pullbackSlopes" in made)) return;
    const { pullbackSlopes, pullbackWeights } = made as ReturnType<DifferentiableProxy["bind"]>;
    for (const [what, change] of wrong) {
      const given = { ...fitting(), ...change(fitting()) };
      expect(() => pullbackSlopes(given, values, fitting().slopes), what).toThrow(ShapeError);
    }
    expect(() => pullbackSlopes(fitting(), values, fitting().slopes.subarray(1))).toThrow(ShapeError);
    expect(() => pullbackWeights(fitting().weights.subarray(1))).toThrow(ShapeError);
  });

  it("a penalty on a part of the samples", () => {
    const { config } = resnet({ inputs: 1, outputs: 1, width, depth });
    const { kernels, fitting, values } = bound(spectralRadius(), engine);
    const penalty = stiffnessPenalty(spectralRadius(), { weight: 1, subset: 0.5 });
    const context = { config, layout: layoutOf(config), kernels, capacity, rows: capacity };
    const { evaluate, pullbackSlopes } = penalty.bind(context);
    const chunk = { parameters: new Float32Array(0), indices: new Uint32Array(capacity) };
    for (const [what, change] of wrong) {
      const jacobians = { ...fitting(), ...change(fitting()) };
      expect(() => evaluate({ ...chunk, jacobians }, values), what).toThrow(ShapeError);
    }
    const fits = { ...chunk, jacobians: fitting() };
    evaluate(fits, values);
    expect(() => pullbackSlopes(fits, values, fitting().slopes.subarray(1))).toThrow(ShapeError);
  });

  it("states of other lengths, or with efforts that no array has room for", () => {
    const { made } = bound(spectralRadius(), engine);
    const state = made.state!().slice();
    made.restore!(state);
    expect(() => made.restore!(state.subarray(1))).toThrow("expected 50 that end in efforts from 3 to 3");
    expect(() => made.restore!(state.fill(1e6, -1))).toThrow("expected 50 that end in efforts from 3 to 3");
  });
});
