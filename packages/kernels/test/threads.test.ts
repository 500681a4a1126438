import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { needsThat } from "../../../scripts/needs.ts";
import { type Block, createDense, createKernels, kernelEngines, padded } from "../src/index.ts";
import { createArnoldi, createNetwork, type UncheckedKernels, unchecked } from "../src/unchecked.ts";
import { createDraw } from "./draw.ts";

/** Two steps of training on one chunk: all that they leave. */
function train(kernels: UncheckedKernels, seed: number): Float32Array[] {
  const { whole, one, fill } = createDraw(seed);
  const [width, depth, batch] = [one([whole(1, 40), whole(60, 130)]), whole(1, 5), whole(1, 64)];
  const [inputs, outputs] = [whole(1, 6), whole(1, 5)];
  const size = width * (inputs + 1) + depth * width * (width + 1) + outputs * (width + 1);
  const shape = { inputs, outputs, width, depth, alpha: 0.3, skip: one([true, false]) };
  const network = createNetwork(
    kernels,
    { ...shape, activation: one(["tanh", "gelu", "sin"]), lift: one(["tanh", "identity"]) },
    { size, capacity: batch, penalty: one([true, false]) },
  );
  network.setBatch(batch);
  const { arena, call } = kernels;
  const random = (length: number): Block => {
    const block = arena.float32(length);
    fill(block);
    return block;
  };
  const [x, y, first, second] = [
    random(batch * inputs),
    random(batch * outputs),
    arena.float32(size),
    arena.float32(size),
  ];
  const { parameters, gradient, struct, predictions, states, slopes } = network;
  fill(parameters);
  fill(network.gradSlopes);
  const indices = arena.uint32(batch);
  for (let i = 0; i < batch; i++) indices.array[i] = i;
  for (let time = 0; time < 2; time++) {
    call.gather({ network: struct, inputs: x!, outputs: y!, indices });
    call.forward(struct);
    call.residual(struct);
    call.backward(struct);
    call.addScaled({ y: first!, x: gradient, a: 0.5, size });
    call.adam({
      parameters,
      gradient,
      first: first!,
      second: second!,
      size,
      scale: 0.05,
      step: 1e-3,
      root: 1.1,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
    });
  }
  return [parameters, gradient, predictions, states, slopes].map(({ array }) => array.slice());
}

/** Dense matrices in several groups. */
function takeApart(kernels: UncheckedKernels, seed: number): Float64Array[] {
  const { whole, fillArray } = createDraw(seed);
  const dense = createDense(kernels, whole(1, 12), whole(1, 70));
  fillArray(dense.matrices);
  return (["eigenvalues", "singularValues"] as const).flatMap((what) => {
    dense.run(what, dense.capacity);
    return [dense.re.slice(), dense.im.slice()];
  });
}

/** The spectral radius of all layers by Arnoldi and by Gelfand's formula, and what is pulled back of it. */
function penalise(kernels: UncheckedKernels, seed: number): Float32Array[] {
  const { whole, one, fill } = createDraw(seed);
  const [width, depth, batch] = [whole(1, 24), whole(1, 9), whole(1, 21)];
  const stride = padded(batch);
  const { arena, call } = kernels;
  const random = (length: number): Block => {
    const block = arena.float32(length);
    fill(block);
    return block;
  };
  const far = depth * width * stride;
  const [weights, slopes, vectors] = [random(depth * width * width), random(far), random(3 * far)];
  const lengths = arena.int32(depth);
  lengths.array.fill(Math.min(width, whole(2, 9)));
  const { start, values, residuals, capped, run } = createArnoldi(kernels, { depth, width, capacity: batch });
  fill(start);
  run({ stride, powers: one([0, 4]), lengths, weights, slopes, vectors });
  const gradWeights = random(depth * width * width);
  const rows = arena.float32(kernels.threads * width * stride);
  call.rankWeights({ depth, terms: 1, width, stride, left: random(far), vectors, rows, gradWeights });
  const square = width * padded(width);
  const squarings = 5;
  const [rho, gradients] = [arena.float32(depth * batch), arena.float32(depth * batch * square)];
  const scratch = arena.float32(kernels.threads * (squarings + 2) * square);
  call.gelfand({
    depth,
    width,
    batch,
    stride,
    weights,
    slopes,
    squarings,
    values: rho,
    gradients,
    scratch,
  });
  return [start, values, residuals, capped, vectors, gradWeights, rho, gradients].map(({ array }) =>
    array.slice(),
  );
}

const native = kernelEngines().includes("native");

/** Checksums of all arrays that a case writes. Engines may differ in the bits of a NaN. */
const bitsOf = (kernels: () => UncheckedKernels, seed: number): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries({ train, penalise, takeApart }).map(([name, run]) => [
      name,
      run(kernels(), seed).map((array) =>
        createHash("sha256")
          .update(array.map((value) => (Number.isNaN(value) ? Number.NaN : value)))
          .digest("hex"),
      ),
    ]),
  );

/** The results of WebAssembly on its one thread. */
const expected: Record<string, string[]>[] = [];
const expectedOf = (seed: number) => {
  expected[seed] ??= bitsOf(() => unchecked(createKernels({ engine: "wasm" })), seed);
  return expected[seed];
};

describe("threads", needsThat(native, "a C compiler (npm run build:native)"), () => {
  it.each([1, 2, 3, 7])("%s of them leave the bits of one", { timeout: 300_000 }, (threads) => {
    for (let seed = 0; seed < 24; seed++) {
      const kernels = unchecked(createKernels({ engine: "native", threads }));
      expect(kernels.threads).toBe(threads);
      const found = bitsOf(() => kernels, seed);
      expect(found, `case ${seed}`).toEqual(expectedOf(seed));
    }
  });

  it("refuses a number that is none", () => {
    for (const threads of [0, -1, 1.5, 1e6, Number.NaN]) {
      expect(() => unchecked(createKernels({ threads }))).toThrow(
        /threads is .*, expected a whole number from 1 to 256/,
      );
    }
  });

  it("refuses more than one of WebAssembly", () => {
    expect(unchecked(createKernels({ engine: "wasm", threads: 1 })).threads).toBe(1);
    expect(() => createKernels({ engine: "wasm", threads: 4 })).toThrow(
      "kernels: threads is 4 with engine 'wasm', expected 1: WebAssembly has one thread",
    );
  });
});
