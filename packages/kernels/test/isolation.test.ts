import { describe, it } from "vitest";
import { type Block, createDense, createKernels, padded } from "../src/index.ts";
import { createArnoldi, unchecked } from "../src/unchecked.ts";
import { expectAlone, noise, place, rowsOf, type Sample, width } from "./neighbours.ts";

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
    const kernels = unchecked(createKernels());
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
        (2 * steps + 3) * width * stride + 2 * (stride + width + 1) + 64 * stride + width * width,
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

  it.each(["eigenvalues", "singularValues", "largestSingularValues", "logarithmicNorms"] as const)(
    "%s in float64",
    (what) => {
      expectAlone((given) => {
        const dense = createDense(createKernels(), width, given.length);
        given.forEach((slopes, i) => {
          const own = dense.matrices.subarray(i * width * width, (i + 1) * width * width);
          matrix.forEach((x, k) => {
            own[k] = x * slopes[Math.floor(k / width)]!;
          });
        });
        dense.run(what, given.length);
        return given.map((_, i) =>
          [dense.re, dense.im].flatMap((part) => [...part.subarray(i * width, (i + 1) * width)]),
        );
      });
    },
  );

  it("the pullback of rank-one terms", () => {
    expectAlone((given) => {
      const { call, arena, stride, slopes } = prepare(given.length);
      const vectors = arena.float32(3 * width * stride);
      const [left, gradSlopes] = [arena.float32(width * stride), arena.float32(width * stride)];
      const cotangent = arena.float32(stride);
      place(slopes, given, stride);
      fillStarts(vectors, stride);
      cotangent.array.fill(0.7);
      call.rankSlopes({ depth: 1, terms: 1, width, stride, slopes, vectors, cotangent, left, gradSlopes });
      return rowsOf(given.length, stride, gradSlopes.array);
    });
  });
});
