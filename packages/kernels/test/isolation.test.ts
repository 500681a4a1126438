import { describe, expect, it } from "vitest";
import {
  type ActivationName,
  activationCodes,
  type Block,
  createArnoldi,
  createImplicit,
  createKernels,
  createNetwork,
  createRungeKutta,
  type Kernels,
  type Network,
  padded,
} from "../src/index.ts";

/** The result of a sample is that of the sample alone, to the bit, whoever its neighbours in the lanes are. */

const width = 12;
const depth = 3;

/** Numbers that look random, the same on every machine. */
function noise(count: number, seed: number): Float32Array {
  let x = Math.imul(seed + 1, 0x9e3779b1);
  return Float32Array.from({ length: count }, () => {
    x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    x += 0x6d2b79f5;
    return (x >>> 0) / 2 ** 31 - 1;
  });
}

/** A sample is a column of numbers: inputs, or slopes of one layer. */
type Sample = Float32Array;
/** What a kernel leaves for each sample. */
type Run = (samples: Sample[]) => number[][];

/** From feature-major blocks [..., features, stride] to a row a sample. */
function rowsOf(batch: number, stride: number, ...blocks: ArrayLike<number>[]): number[][] {
  return Array.from({ length: batch }, (_, i) =>
    blocks.flatMap((block) =>
      Array.from({ length: block.length / stride }, (_, f) => block[f * stride + i]!),
    ),
  );
}

function place(block: Block, samples: Sample[], stride: number): void {
  block.array.fill(0);
  samples.forEach((sample, i) => {
    sample.forEach((value, f) => {
      block.array[f * stride + i] = value;
    });
  });
}

const ordinary = Array.from({ length: 6 }, (_, seed) => noise(width, 10 + seed));
const steady = Array.from({ length: 6 }, (_, seed) => noise(width, 30 + seed).map((x) => 0.5 + 0.1 * x));
const strange: Sample[] = [
  new Float32Array(width),
  new Float32Array(width).fill(3e37),
  new Float32Array(width).fill(1e-40),
  new Float32Array(width).fill(Number.NaN),
  noise(width, 50).map((x, d) => (d === 3 ? Number.POSITIVE_INFINITY : x)),
  // Jacobians of rank one and two: Krylov spaces end early.
  noise(width, 51).map((x, d) => (d === 2 ? x : 0)),
  noise(width, 52).map((x, d) => (d < 2 ? x : 0)),
  noise(width, 53).map((x) => 1e4 * x),
];
const samples = [...ordinary, ...steady, ...strange];

function expectAlone(run: Run): void {
  const alone = samples.map((sample) => run([sample])[0]!);
  // Every sample meets every other one, in every lane of a vector, in batches with and without padding.
  for (let shift = 1; shift < samples.length; shift += 3) {
    for (const count of [samples.length, 5]) {
      const order = Array.from({ length: count }, (_, i) => (i * shift + shift) % samples.length);
      const together = run(order.map((s) => samples[s]!));
      order.forEach((s, i) => {
        if (!together[i]!.every((value, k) => Object.is(value, alone[s]![k]))) {
          const neighbours = order.slice(i - (i % 4), i - (i % 4) + 4);
          expect.soft(together[i], `sample ${s} in lane ${i % 4} beside ${neighbours}`).toEqual(alone[s]);
        }
      });
    }
  }
}

const matrices: [string, Float32Array][] = [
  ["a random matrix", noise(width * width, 1)],
  // Eigenvalues crowd at one modulus, as in penalised training.
  [
    "a nearly orthogonal matrix",
    noise(width * width, 2).map((x, k) => 0.02 * x + (k % (width + 1) === 1 ? 1 : 0)),
  ],
  [
    "a symmetric matrix",
    noise(width * width, 3).map((_, k, all) => all[k]! + all[(k % width) * width + Math.floor(k / width)]!),
  ],
];

describe.each(matrices)("spectral kernels on %s", (_, matrix) => {
  /** Several visits, each from the vectors that the one before left. */
  const visits = 3;
  const prepare = (batch: number) => {
    const kernels = createKernels();
    const stride = padded(batch);
    const weights = kernels.arena.float32(width * width);
    weights.array.set(matrix);
    return { ...kernels, kernels, stride, weights, slopes: kernels.arena.float32(width * stride) };
  };
  const starts = (count: number): Sample => noise(count, 99);
  const fillStarts = (block: Block, stride: number) => {
    const one = starts(block.length / stride);
    block.array.forEach((_, k) => {
      block.array[k] = one[Math.floor(k / stride)]!;
    });
  };

  it.each([
    { length: 4, powers: 0 },
    { length: 8, powers: 4 },
    { length: 12, powers: 4 },
  ])("arnoldi of %j", ({ length, powers }) => {
    expectAlone((given) => {
      const { kernels, arena, stride, weights, slopes } = prepare(given.length);
      const layer = createArnoldi(kernels, { depth: 1, width, capacity: given.length });
      const vectors = arena.float32(3 * width * stride);
      const lengths = arena.int32(1);
      lengths.array.fill(length);
      place(slopes, given, stride);
      fillStarts(layer.start, stride);
      for (let visit = 0; visit < visits; visit++) {
        layer.run({ stride, lengths, powers, weights, slopes, vectors });
      }
      const left = [layer.values, layer.residuals, layer.capped, layer.start, vectors];
      return rowsOf(given.length, stride, ...left.map(({ array }) => array));
    });
  });

  it("the power method", () => {
    expectAlone((given) => {
      const { call, arena, stride, weights, slopes } = prepare(given.length);
      const batch = given.length;
      const [right, left] = [arena.float32(2 * width * stride), arena.float32(2 * width * stride)];
      const [values, residuals, flags] = [
        arena.float32(stride),
        arena.float32(stride),
        arena.float32(stride),
      ];
      const vectors = arena.float32(6 * width * stride);
      const scratch = arena.float32(7 * width * stride + 2 * (stride + width + 1) + 9 * stride);
      place(slopes, given, stride);
      fillStarts(right, stride);
      fillStarts(left, stride);
      const limits = { most: 6, tolerance: 1e-2, mismatch: 0.05, cap: 20, gradient: 1 };
      const blocks = { weights, slopes, right, left, values, residuals, flags, vectors, scratch };
      for (let visit = 0; visit < visits; visit++) {
        call.powerLayer({ width, batch, stride, ...limits, ...blocks });
      }
      const found = [values, residuals, flags, right, left, vectors];
      return rowsOf(batch, stride, ...found.map(({ array }) => array));
    });
  });

  it.each([
    ["singularLayer", 2],
    ["singularLayer", 7],
    ["logarithmicNormLayer", 2],
    ["logarithmicNormLayer", 7],
  ] as const)("Lanczos, %s, %i steps", (layer, steps) => {
    expectAlone((given) => {
      const { call, arena, stride, weights, slopes } = prepare(given.length);
      const batch = given.length;
      const [start, values, residuals] = [
        arena.float32(width * stride),
        arena.float32(stride),
        arena.float32(stride),
      ];
      const vectors = arena.float32(3 * width * stride);
      const scratch = arena.float32(
        (2 * steps + 3) * width * stride + 2 * (stride + width + 1) + 64 * stride,
      );
      place(slopes, given, stride);
      fillStarts(start, stride);
      for (let visit = 0; visit < visits; visit++) {
        call[layer]({
          width,
          batch,
          stride,
          steps,
          weights,
          slopes,
          start,
          values,
          residuals,
          vectors,
          scratch,
        });
      }
      return rowsOf(batch, stride, ...[values, residuals, start, vectors].map(({ array }) => array));
    });
  });

  it("Gelfand's formula and its pullback", () => {
    expectAlone((given) => {
      const { call, arena, stride, weights, slopes } = prepare(given.length);
      const batch = given.length;
      const square = width * padded(width);
      const [values, gradients] = [arena.float32(batch), arena.float32(batch * square)];
      const [scratch, cotangent] = [arena.float32(12 * square), arena.float32(batch)];
      const [gradWeights, gradSlopes] = [arena.float32(width * width), arena.float32(width * stride)];
      place(slopes, given, stride);
      cotangent.array.fill(0.7);
      const shape = { depth: 1, width, batch, stride, weights, slopes };
      call.gelfand({ ...shape, squarings: 10, values, gradients, scratch });
      call.gelfandPullback({ ...shape, gradients, cotangent, gradWeights, gradSlopes });
      const pulled = rowsOf(batch, stride, gradSlopes.array);
      return pulled.map((row, i) => [
        values.array[i]!,
        ...gradients.array.subarray(i * square, (i + 1) * square),
        ...row,
      ]);
    });
  });

  it("the pullback of rank-one terms", () => {
    expectAlone((given) => {
      const { call, arena, stride, weights, slopes } = prepare(given.length);
      const vectors = arena.float32(3 * width * stride);
      const [gradWeights, gradSlopes] = [arena.float32(weights.length), arena.float32(width * stride)];
      const scratch = arena.float32(2 * width * stride + width * width);
      const cotangent = arena.float32(stride);
      place(slopes, given, stride);
      fillStarts(vectors, stride);
      cotangent.array.fill(0.7);
      call.rankPullback({
        depth: 1,
        terms: 1,
        width,
        stride,
        slopes,
        vectors,
        cotangent,
        gradWeights,
        gradSlopes,
        scratch,
      });
      return rowsOf(given.length, stride, gradSlopes.array);
    });
  });
});

/** Ways through the layers. */
const ways: Record<string, (kernels: Kernels, network: Network) => { forward(): void; backward(): void }> = {
  blocks: ({ call }, { struct }) => ({
    forward: () => call.forward(struct),
    backward: () => call.backward(struct),
  }),
  "Runge-Kutta": (kernels, network) =>
    createRungeKutta(
      kernels,
      network,
      {
        a: [
          [0, 0],
          [0.5, 0],
        ],
        b: [0, 1],
      },
      [0, 1, 1, 2, 2, 2],
    ),
  "backward Euler": (kernels, network) => implicitBy(kernels, network, 1),
  "implicit midpoint": (kernels, network) => implicitBy(kernels, network, 0.5),
};
function implicitBy(kernels: Kernels, network: Network, share: number) {
  const solver = createImplicit(kernels, network, share, [0, 1, 2]);
  solver.setStep(0.3);
  solver.setStart(true);
  return solver;
}

describe.each(Object.keys(activationCodes) as ActivationName[])("%s", (activation) => {
  it.each(Object.keys(ways))("forward and backward through %s", (way) => {
    const size = width * (width + 1) + depth * width * (width + 1) + 2 * (width + 1);
    expectAlone((given) => {
      const kernels = createKernels();
      const { arena, call } = kernels;
      const batch = given.length;
      const shape = {
        inputs: width,
        outputs: 2,
        width,
        depth,
        activation,
        lift: "tanh",
        alpha: 0.3,
      } as const;
      const network = createNetwork(kernels, shape, { size, capacity: batch, penalty: true, stages: 2 });
      const { forward, backward } = ways[way]!(kernels, network);
      network.parameters.array.set(noise(size, 7));
      network.setBatch(batch);
      const { stride } = network;
      const inputs = arena.float32(batch * width);
      given.forEach((sample, i) => {
        inputs.array.set(sample, i * width);
      });
      const indices = arena.uint32(batch);
      indices.array.forEach((_, i) => {
        indices.array[i] = i;
      });
      const outputs = arena.float32(batch * 2);
      call.gather({ network: network.struct, inputs, outputs, indices });
      forward();
      call.residual(network.struct);
      const residuals = network.predictions.array.slice(0, 2 * stride);
      network.gradSlopes.array.fill(0.1);
      backward();
      const part = (field: "g" | "h" | "slope" | "curvature", length: number) =>
        new Float32Array(network.parameters.array.buffer, network.struct.get(field), length * stride);
      const left = [
        part("h", (depth + 1) * width),
        part("slope", depth * width),
        part("g", width),
        residuals,
      ];
      return rowsOf(batch, stride, ...left);
    });
  });

  it("activate", () => {
    expectAlone((given) => {
      const { arena, call } = createKernels();
      const stride = padded(given.length);
      const block = () => arena.float32(width * stride);
      const [z, value, slope, curvature] = [block(), block(), block(), block()];
      place(z, given, stride);
      call.activate({ kind: activationCodes[activation], size: width * stride, z, value, slope, curvature });
      return rowsOf(given.length, stride, value.array, slope.array, curvature.array);
    });
  });
});
