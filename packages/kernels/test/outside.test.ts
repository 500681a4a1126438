import { describe, expect, it } from "vitest";
import {
  createDecimals,
  createDense,
  createKernels,
  createPerceptron,
  type DenseFunction,
  type Kernels,
  kernelEngines,
} from "../src/index.ts";
import { unchecked } from "../src/unchecked.ts";

it("kernels have no functions that trust sizes, but those of the unchecked entry", () => {
  const kernels = createKernels();
  expect(Object.keys(kernels).sort()).toEqual(["arena", "engine", "threads"]);
  expect(unchecked(kernels).arena).toBe(kernels.arena);
  expect(() => unchecked({ ...kernels })).toThrow("kernels: this object was not made by createKernels");
});

describe.each(kernelEngines())("no input reads outside of its arrays: %s", (engine) => {
  it.each<[string, (kernels: Kernels) => unknown]>([
    ["dense: count is 3, expected a whole number from 0 to 2", (k) => denseOf(k).run("eigenvalues", 3)],
    ["dense: count is -1, expected a whole number", (k) => denseOf(k).run("eigenvalues", -1)],
    ["dense: what is 'adam', expected one of", (k) => denseOf(k).run("adam" as DenseFunction, 1)],
    ["createDense: n is 1.5, expected a whole number", (k) => createDense(k, 1.5, 2)],
    ["createDense: capacity is 0, expected a whole number", (k) => createDense(k, 2, 0)],
    ["createPerceptron: width is 2.5, expected a whole number", (k) => perceptronOf(k, { width: 2.5 })],
    [
      "createPerceptron: activation is 'gone', expected one of",
      (k) => perceptronOf(k, { activation: "gone" }),
    ],
    ["kernels: an array of 1.5 numbers, expected a whole number", (k) => k.arena.float32(1.5)],
    ["kernels: an array of -100 numbers, expected a whole number", (k) => k.arena.float64(-100)],
    ["kernels: an array of NaN numbers, expected a whole number", (k) => k.arena.uint8(Number.NaN)],
  ])("%s", (message, use) => expect(() => use(createKernels({ engine }))).toThrow(message));
});

it("longer texts of numbers leave the arrays that stand behind as they are", () => {
  const kernels = createKernels();
  const decimals = createDecimals(kernels);
  const dense = denseOf(kernels);
  dense.matrices.fill(7);
  for (const length of [1, 5, 100]) {
    const text = decimals.write(new Float32Array(length).fill(0.5));
    expect(new TextDecoder().decode(text)).toBe(new Array(length).fill("0.5").join(","));
  }
  expect([...dense.matrices]).toEqual(new Array(8).fill(7));
});

const denseOf = (kernels: Kernels) => createDense(kernels, 2, 2);

function perceptronOf(kernels: Kernels, part: object) {
  const shape = { variables: 2, width: 3, layers: 1, activation: "tanh" as const, ...part };
  return createPerceptron(kernels, shape, [1, 1], [1, 1]);
}
