import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ActivationName, activationCodes, createKernels, padded } from "../src/index.ts";
import { unchecked } from "../src/unchecked.ts";

const kinds = ["value", "slope", "curvature"] as const;
type Curve = Record<(typeof kinds)[number], number[]>;
const reference: { z: number[] } & Record<ActivationName, Curve> = JSON.parse(
  readFileSync(new URL("./reference/elementary.json", import.meta.url), "utf8"),
);
const names = Object.keys(activationCodes) as ActivationName[];

function activate(name: ActivationName, z: ArrayLike<number>) {
  const { call, arena } = unchecked(createKernels());
  const size = padded(z.length);
  const input = arena.float32(size);
  const [value, slope, curvature] = [arena.float32(size), arena.float32(size), arena.float32(size)];
  input.array.set(z);
  call.activate({ kind: activationCodes[name], size, z: input, value, slope, curvature });
  const taken = (block: typeof value) => block.array.slice(0, z.length);
  return { value: taken(value), slope: taken(slope), curvature: taken(curvature) };
}

function activate64(name: ActivationName, numbers: ArrayLike<number>) {
  const { call, arena } = unchecked(createKernels());
  const size = numbers.length;
  const [z, value] = [arena.float64(size), arena.float64(size)];
  const [slope, curvature] = [arena.float64(size), arena.float64(size)];
  z.array.set(numbers);
  call.activate64({ kind: activationCodes[name], size, z, value, slope, curvature });
  return { value: value.array, slope: slope.array, curvature: curvature.array };
}

/** Largest error in float32, of the values relative and absolute, of slopes and curvatures absolute. */
const promised: Record<
  ActivationName,
  { value: number; absolute: number; slope: number; curvature: number }
> = {
  tanh: { value: 4e-7, absolute: 1e-37, slope: 5e-7, curvature: 1e-6 },
  softplus: { value: 4e-7, absolute: 1e-37, slope: 2e-7, curvature: 2e-7 },
  // sin crosses zero at large arguments, where only its absolute error is small.
  sin: { value: 0, absolute: 2e-7, slope: 2e-7, curvature: 2e-7 },
  relu: { value: 0, absolute: 0, slope: 0, curvature: 0 },
  identity: { value: 0, absolute: 0, slope: 0, curvature: 0 },
  // The square of z is rounded before exp is taken of it, up to z = 13.
  gelu: { value: 9e-6, absolute: 1e-37, slope: 5e-7, curvature: 5e-7 },
  silu: { value: 4e-7, absolute: 1e-36, slope: 3e-7, curvature: 3e-7 },
};

describe.each(names)("%s", (name) => {
  it("agrees with float64 references", () => {
    const found = activate(name, reference.z);
    const { value, absolute, slope, curvature } = promised[name];
    const errorOf = (kind: (typeof kinds)[number], i: number) =>
      Math.abs(found[kind][i]! - reference[name][kind][i]!);
    reference.z.forEach((_, i) => {
      expect(errorOf("value", i)).toBeLessThanOrEqual(value * Math.abs(reference[name].value[i]!) + absolute);
      expect(errorOf("slope", i)).toBeLessThanOrEqual(slope);
      expect(errorOf("curvature", i)).toBeLessThanOrEqual(curvature);
    });
  });

  it("agrees with them to a few units in the last place, in float64", () => {
    const found = activate64(name, reference.z);
    for (const kind of kinds) {
      reference.z.forEach((_, i) => {
        const expected = reference[name][kind][i]!;
        // Slopes and curvatures may lose one rounding of 1, as may sin and cos near their zeros. Values below
        // 1e-300 count as 0.
        const absolute = kind === "value" && name !== "sin" ? 1e-300 : 4e-16;
        const error = Math.abs(found[kind][i]! - expected);
        expect(error).toBeLessThanOrEqual(1e-15 * Math.abs(expected) + absolute);
      });
    }
    const nan = activate64(name, [Number.NaN]);
    expect(kinds.map((kind) => nan[kind][0])).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it("has the derivatives that central differences see", () => {
    // h^2 / 6 of truncation, and of rounding 1e-16 / h.
    const h = 1e-4;
    const z = Array.from({ length: 81 }, (_, i) => (i - 40) / 5 + 0.013);
    const [at, up, down] = [0, h, -h].map((by) =>
      activate64(
        name,
        z.map((x) => x + by),
      ),
    );
    z.forEach((_, i) => {
      expect(at!.slope[i]).toBeCloseTo((up!.value[i]! - down!.value[i]!) / (2 * h), 7);
      expect(at!.curvature[i]).toBeCloseTo((up!.slope[i]! - down!.slope[i]!) / (2 * h), 7);
    });
  });

  it("lets NaN through", () => {
    const found = activate(name, [Number.NaN, 1]);
    expect(kinds.map((kind) => found[kind][0])).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(Number.isFinite(found.value[1]!)).toBe(true);
  });

  it("is defined at 0, at the ends of float32 and at infinity", () => {
    const { value: v, slope: s } = activate(name, [0, 3e38, -3e38, Number.POSITIVE_INFINITY]);
    if (name === "tanh") expect([...v, ...s]).toEqual([0, 1, -1, 1, 1, 0, 0, 0]);
    if (name === "relu") expect([...v, ...s]).toEqual([0, v[1], 0, Number.POSITIVE_INFINITY, 0, 1, 0, 1]);
    if (name === "softplus") expect([v[2], v[3], ...s]).toEqual([0, Number.POSITIVE_INFINITY, 0.5, 1, 0, 1]);
    // Beyond 1e6 a float32 argument of sin says little: NaN, not a number that looks like one.
    if (name === "sin")
      expect([...v, ...s]).toEqual([
        0,
        Number.NaN,
        Number.NaN,
        Number.NaN,
        1,
        Number.NaN,
        Number.NaN,
        Number.NaN,
      ]);
    if (name === "gelu" || name === "silu")
      expect([...v, ...s].map(Number)).toEqual([0, v[1], 0, Number.POSITIVE_INFINITY, 0.5, 1, 0, 1]);
    if (name === "identity") expect([v[0], v[3], s[1]]).toEqual([0, Number.POSITIVE_INFINITY, 1]);
  });
});

it("tanh stays within 1 and its slope is never negative", () => {
  const z = Float32Array.from({ length: 20_000 }, (_, i) => (i - 10_000) / 1000);
  const { value, slope } = activate("tanh", z);
  expect(Math.max(...value)).toBe(1);
  expect(Math.min(...slope)).toBeGreaterThanOrEqual(0);
});
