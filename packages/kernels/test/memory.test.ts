import { expect, it } from "vitest";
import { createKernels, KernelMemoryError } from "../src/index.ts";
import { createNetwork, unchecked } from "../src/unchecked.ts";

it("keeps arrays where they are when the memory grows", () => {
  const { arena, call } = unchecked(createKernels());
  const x = arena.float32(3);
  x.array.set([1, 2, 3]);
  const before = x.array;
  const large = arena.float32(5_000_000);
  expect(before.length).toBe(0);
  expect([...x.array]).toEqual([1, 2, 3]);
  expect(call.sumSquares(x, 3)).toBe(14);
  expect(large.array[4_999_999]).toBe(0);
});

it("hands released memory out again, zeroed", () => {
  const { arena } = createKernels();
  const mark = arena.mark();
  arena.float32(8).array.fill(7);
  arena.release(mark);
  expect([...arena.float32(8).array]).toEqual(new Array(8).fill(0));
});

it("says how much is missing when an array cannot fit", () => {
  const { arena } = createKernels();
  expect(() => arena.float32(2 ** 31)).toThrow(KernelMemoryError);
  expect(() => arena.float32(2 ** 31)).toThrow(
    /2147483648 numbers does not fit: 8\d\d\d MiB needed, at most 4096/,
  );
});

it("adds and sums arrays of any length", () => {
  const { arena, call } = unchecked(createKernels());
  for (const length of [1, 3, 4, 7, 50]) {
    const [x, y] = [arena.float32(length), arena.float32(length)];
    x.array.forEach((_, i) => {
      x.array[i] = i + 1;
      y.array[i] = -i;
    });
    call.addScaled({ y, x, a: 0.5, size: length });
    expect([...y.array]).toEqual(Array.from({ length }, (_, i) => -i + 0.5 * (i + 1)));
    expect(call.sumSquares(x, length)).toBe((length * (length + 1) * (2 * length + 1)) / 6);
  }
});

it("gives parts of an array by their first element", () => {
  const { arena, call } = unchecked(createKernels());
  const x = arena.float32(5);
  x.array.set([1, 2, 3, 4, 5]);
  expect([...x.at(2).array]).toEqual([3, 4, 5]);
  expect([...x.at(1, 2).array]).toEqual([2, 3]);
  expect(call.sumSquares(x.at(3), 2)).toBe(41);
  expect([...arena.blockOf(x.array.subarray(1, 3)).array]).toEqual([2, 3]);
  expect(() => x.at(4, 2)).toThrow("kernels: elements 4 to 6 of an array of 5 numbers");
  expect(() => arena.blockOf(new Float32Array(2))).toThrow("2 numbers outside this memory");
});

it("a network takes no more samples than it has room for", () => {
  const shape = {
    inputs: 1,
    outputs: 1,
    width: 2,
    depth: 1,
    activation: "tanh",
    lift: "tanh",
    alpha: 1,
  } as const;
  const network = createNetwork(unchecked(createKernels()), shape, { size: 16, capacity: 8, penalty: false });
  network.setBatch(network.capacity);
  for (const count of [network.capacity + 1, -1, 1.5, Number.NaN]) {
    expect(() => network.setBatch(count)).toThrow(
      `network: batch is ${count}, expected a whole number from 0`,
    );
  }
  expect(network.batch).toBe(network.capacity);
});
