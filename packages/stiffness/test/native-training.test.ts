import { type Model, neuralOde, resnet, train } from "@stiffnet/core";
import { kernelEngines } from "@stiffnet/kernels";
import { afterEach, describe, expect, it, vi } from "vitest";
import { needsThat } from "../../../scripts/needs.ts";
import { problem } from "../../core/test/product-problem.ts";
import {
  type DifferentiableProxy,
  eigenRatio,
  logarithm,
  singularRatio,
  spectralRadius,
  stiffnessPenalty,
} from "../src/index.ts";

const shape = { inputs: 2, outputs: 2, width: 9, depth: 3, seed: 4 };
const plain = resnet(shape);
const ways: [string, Model, DifferentiableProxy?][] = [
  ["plain", plain],
  ["penalised", plain, spectralRadius()],
  ["penalised by the ratio of eigenvalues", plain, logarithm(eigenRatio())],
  ["penalised by the ratio of singular values", plain, logarithm(singularRatio())],
  ["a neural ODE", neuralOde({ ...shape, solver: "rk4", weights: "linear" })],
  ["implicit", neuralOde({ ...shape, solver: "backwardEuler", weights: "linear" })],
];
const native = kernelEngines().includes("native");

describe("training natively", needsThat(native, "a C compiler (npm run build:native)"), () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each(ways)("%s ends with WebAssembly's parameters", async (_, model, proxy) => {
    const digests: string[] = [];
    // Only steps of explicit Euler are trained on several threads.
    const several = model.config.kind === "neuralOde" && model.config.solver !== "euler" ? [1] : [1, 3];
    for (const [engine, threads] of [["wasm", 1], ...several.map((t) => ["native", t])]) {
      vi.stubEnv("STIFFNET_KERNELS", String(engine));
      const penalty = proxy && stiffnessPenalty(proxy, { weight: 1e-2 });
      const run = await train(model, problem(), {
        epochs: 10,
        batchSize: 21,
        rate: 5e-3,
        threads: Number(threads),
        ...(penalty && { penalty }),
      });
      expect(run).toMatchObject({ status: "finished", engine: `kernels: ${engine}` });
      digests.push(run.digest);
    }
    expect(digests).toEqual(digests.map(() => digests[0]));
  });
});
