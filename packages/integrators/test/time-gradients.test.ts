import { describe, expect, test } from "vitest";
import {
  auto,
  backsolve,
  discrete,
  forwardSensitivities,
  interpolated,
  type OdeProblem,
  radau,
  rodas5P,
  solve,
  tsit5,
} from "../src/index.ts";
import { worst } from "./families.ts";

/** y' = -y + cos(t), z' = p z y: y is known in closed form, z grows with its integral. */
const driven: OdeProblem = {
  f: (t, y, dy, p) => {
    dy[0] = -y[0]! + Math.cos(t);
    dy[1] = p[0]! * y[1]! * y[0]!;
  },
  y0: [0.4, 1.2],
  parameters: [0.3],
  tSpan: [0.5, 3],
};
/** (cos t + sin t) / 2 + C e^-t through 0.4 at t0. */
const exact = (t: number, t0: number): [number, number] => {
  const wave = (s: number) => (Math.cos(s) + Math.sin(s)) / 2;
  const c = 0.4 - wave(t0);
  const integral = (Math.sin(t) - Math.cos(t) - Math.sin(t0) + Math.cos(t0)) / 2 + c * (1 - Math.exp(t0 - t));
  return [wave(t) + c * Math.exp(t0 - t), 1.2 * Math.exp(0.3 * integral)];
};
const at = [1.2, 3];
const cotangents = [0.7, -0.4, 1.1, 0.5];
const loss = (times: readonly number[], t0: number) =>
  times.reduce((sum, t, k) => {
    const [y, z] = exact(t, t0);
    return sum + cotangents[2 * k]! * y + cotangents[2 * k + 1]! * z;
  }, 0);
/** Central differences of the closed solution, good to 1e-10. */
const slope = (f: (x: number) => number, x: number) => (f(x + 1e-5) - f(x - 1e-5)) / 2e-5;
const expected = {
  t0: slope((t0) => loss(at, t0), 0.5),
  at: [slope((t) => loss([t, 3], 0.5), 1.2), slope((t) => loss([1.2, t], 0.5), 3)],
};

describe.each([
  ["discrete", discrete()],
  ["discrete with checkpoints", discrete({ checkpointEvery: 5 })],
  ["interpolated", interpolated()],
  ["backsolve", backsolve()],
] as const)("%s", (_, sensitivity) => {
  test.each([tsit5, radau, rodas5P, auto()])(
    "gives the derivatives by t0, t1 and the times of observation, by $name",
    (solver) => {
      const run = sensitivity.run(driven, { solver, rtol: 1e-9, atol: 1e-9, at });
      const gradient = run.pullback(cotangents);
      expect(worst([gradient.t0], [expected.t0])).toBeLessThan(1e-6);
      expect(worst(gradient.at, expected.at)).toBeLessThan(1e-7);
      expect(gradient.t1).toBe(gradient.at[1]);
    },
  );

  test("which are those of solve, differenced", () => {
    const options = { solver: tsit5, rtol: 1e-11, atol: 1e-11 };
    const end = (t0: number, t1: number) => {
      const { yEnd } = solve({ ...driven, tSpan: [t0, t1] }, { ...options, keep: "end" });
      return 0.3 * yEnd[0]! - yEnd[1]!;
    };
    const gradient = sensitivity.run(driven, options).pullback([0.3, -1]);
    expect(worst([gradient.t1], [slope((t1) => end(0.5, t1), 3)])).toBeLessThan(1e-6);
    expect(worst([gradient.t0], [slope((t0) => end(t0, 3), 0.5)])).toBeLessThan(1e-6);
  });

  test("a shift of both times of an autonomous problem changes nothing: the two cancel", () => {
    const pendulum: OdeProblem = {
      f: (_t, y, dy) => {
        dy[0] = y[1]!;
        dy[1] = -Math.sin(y[0]!);
      },
      y0: [1, 0.2],
      tSpan: [0, 4],
    };
    const gradient = sensitivity.run(pendulum, { solver: tsit5, rtol: 1e-11, atol: 1e-11 }).pullback([1, -2]);
    expect(Math.abs(gradient.t0 + gradient.t1)).toBeLessThan(1e-8);
    expect(Math.abs(gradient.t1)).toBeGreaterThan(0.1);
  });

  test("an end that the loss does not look at has none, and a jump there counts as it is before it", () => {
    const early = sensitivity.run(driven, { at: [1.2] }).pullback([1, 0]);
    expect(early.t1).toBe(0);
    expect(early.at).toHaveLength(1);
    const steps: OdeProblem = { f: (t, _y, dy) => dy.fill(t < 1 ? 2 : 5), y0: [0], tSpan: [0, 2] };
    const jump = sensitivity.run(steps, { tStops: [1], at: [1, 2] }).pullback([1, 1]);
    expect([...jump.at]).toEqual([2, 5]);
    expect(jump.t0).toBeCloseTo(-4, 12);
  });

  test("backwards in time", () => {
    const back: OdeProblem = { ...driven, y0: exact(3, 0.5), tSpan: [3, 0.5] };
    const gradient = sensitivity.run(back, { solver: tsit5, rtol: 1e-9, atol: 1e-9 }).pullback([1, 0]);
    // y(0.5) = 0.4, where y' = -0.4 + cos(0.5).
    expect(Math.abs(gradient.t1 - (Math.cos(0.5) - 0.4))).toBeLessThan(1e-6);
  });
});

test("forward sensitivities have the same columns", () => {
  const options = { solver: tsit5, rtol: 1e-10, atol: 1e-10, at };
  const run = forwardSensitivities(driven, options);
  const gradient = discrete().run(driven, options).pullback(cotangents);
  const contract = (columns: Float64Array) => columns.reduce((sum, x, i) => sum + x * cotangents[i]!, 0);
  expect(Math.abs(contract(run.t0) - gradient.t0)).toBeLessThan(1e-9);
  run.slopes.forEach((x, i) => {
    const [y, z] = exact(at[i >> 1]!, 0.5);
    const f = i % 2 === 0 ? -y + Math.cos(at[i >> 1]!) : 0.3 * z * y;
    expect(Math.abs(x - f)).toBeLessThan(1e-8);
  });
});

test("a hundred thousand observations cost what they are, not their square", () => {
  const count = 100_000;
  const times = Float64Array.from({ length: count }, (_, k) => (k + 1) / count);
  const decay: OdeProblem = { f: (_t, y, dy) => dy.fill(-y[0]!), y0: [1], tSpan: [0, 1] };
  const run = discrete().run(decay, { solver: tsit5, at: times, tStops: [0.5] });
  const gradient = run.pullback(new Float64Array(count).fill(1 / count));
  expect(run.status).toBe("finished");
  // The mean of exp(-t) over the times.
  const mean = times.reduce((sum, t) => sum + Math.exp(-t), 0) / count;
  expect(Math.abs(gradient.y0[0]! - mean)).toBeLessThan(1e-9);
});
