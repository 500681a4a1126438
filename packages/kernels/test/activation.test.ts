import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { activationCodes, createKernels } from "../src/index.ts";

type Curve = { value: number[]; slope: number[] };
type Name = keyof typeof activationCodes;
const reference: { z: number[] } & Record<Name, Curve> = JSON.parse(
  readFileSync(new URL("./reference/elementary.json", import.meta.url), "utf8"),
);
const names = Object.keys(activationCodes) as Name[];

function activate(name: Name, z: ArrayLike<number>): { value: Float32Array; slope: Float32Array } {
  const { call, arena } = createKernels();
  const size = Math.ceil(z.length / 4) * 4;
  const [input, value, slope] = [arena.float32(size), arena.float32(size), arena.float32(size)];
  input.array.set(z);
  call.activate({ kind: activationCodes[name], size, z: input, value, slope });
  return { value: value.array.slice(0, z.length), slope: slope.array.slice(0, z.length) };
}

/** Largest error of the values, relative, and of the slopes, absolute: what c/transcendental.h promises. */
const promised: Record<Name, { value: number; slope: number }> = {
  tanh: { value: 4e-7, slope: 5e-7 },
  softplus: { value: 4e-7, slope: 2e-7 },
  // sin crosses zero at large arguments, where only its absolute error is small.
  sin: { value: 0, slope: 2e-7 },
  relu: { value: 0, slope: 0 },
  identity: { value: 0, slope: 0 },
};

describe.each(names)("%s", (name) => {
  const { value, slope } = activate(name, reference.z);

  it("agrees with NumPy in float64", () => {
    const absolute = name === "sin" ? 2e-7 : 1e-37;
    reference.z.forEach((_, i) => {
      const expected = reference[name].value[i]!;
      expect(Math.abs(value[i]! - expected)).toBeLessThanOrEqual(
        promised[name].value * Math.abs(expected) + absolute,
      );
      expect(Math.abs(slope[i]! - reference[name].slope[i]!)).toBeLessThanOrEqual(promised[name].slope);
    });
  });

  it("agrees with NumPy to a few units in the last place, in float64", () => {
    const { call, arena } = createKernels();
    const size = reference.z.length;
    const [z, value, slope] = [arena.float64(size), arena.float64(size), arena.float64(size)];
    z.array.set(reference.z);
    call.activate64({ kind: activationCodes[name], size, z, value, slope });
    const close = (found: number, expected: number, absolute: number) =>
      expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-15 * Math.abs(expected) + absolute);
    reference.z.forEach((_, i) => {
      // NumPy's 1 - tanh(z)^2 has an absolute error of one rounding of 1, and so have sin and cos near their zeros;
      // values below 1e-300 are taken as 0.
      close(value.array[i]!, reference[name].value[i]!, name === "sin" ? 3e-16 : 1e-300);
      close(slope.array[i]!, reference[name].slope[i]!, 3e-16);
    });
    z.array[0] = Number.NaN;
    call.activate64({ kind: activationCodes[name], size: 1, z, value, slope });
    expect([value.array[0], slope.array[0]]).toEqual([Number.NaN, Number.NaN]);
  });

  it("lets NaN through, in value and slope", () => {
    const found = activate(name, [Number.NaN, 1]);
    expect([found.value[0], found.slope[0]]).toEqual([Number.NaN, Number.NaN]);
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
    if (name === "identity") expect([v[0], v[3], s[1]]).toEqual([0, Number.POSITIVE_INFINITY, 1]);
  });
});

it("tanh stays within 1 and its slope is never negative", () => {
  const z = Float32Array.from({ length: 20_000 }, (_, i) => (i - 10_000) / 1000);
  const { value, slope } = activate("tanh", z);
  expect(Math.max(...value)).toBe(1);
  expect(Math.min(...slope)).toBeGreaterThanOrEqual(0);
});
