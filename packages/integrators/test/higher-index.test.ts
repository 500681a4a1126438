import { describe, expect, test } from "vitest";
import { bdf, IntegratorError, radau, rodas5P, solve } from "../src/index.ts";
import { pendulum } from "../src/problems.ts";
import { slope } from "./families.ts";
import pendulumReference from "./reference/pendulum.json" with { type: "json" };

/** The largest errors of position, velocity and force at the times of the reference. */
function errorsOf(run: { y: Float64Array }): number[] {
  const worst = [0, 0, 0];
  pendulumReference.states.forEach((expected, k) => {
    expected.forEach((value, i) => {
      const kind = Math.floor(i / 2);
      worst[kind] = Math.max(worst[kind]!, Math.abs(run.y[k * 5 + i]! - value));
    });
  });
  return worst;
}

/** Orders of radau for positions, velocities and force: 2 s - 1 = 5 for index 1, s = 3 for index 2, s - 1 = 2
 *  for index 3. @see Hairer, Lubich and Roche, 1989; Hairer and Wanner II, VII.4 to 6 */
const orders = { 1: [5, 5, 5], 2: [5, 5, 3], 3: [5, 3, 2] } as const;

describe.each([1, 2, 3] as const)("the pendulum by radau, index %d", (index) => {
  const problem = pendulum(index);

  test("follows SciPy's angle, and the error falls with the tolerance", () => {
    // Below 2e-9 the force of index 3 is rounding over h^2.
    const runs = [1e-5, 1e-7, 2e-9].map((rtol) =>
      solve(problem, { solver: radau, rtol, atol: rtol, saveAt: pendulumReference.t }),
    );
    const errors = runs.map((run) => {
      expect(run.status).toBe("finished");
      return errorsOf(run);
    });
    // Local errors add up over two swings, and the force is divided by h, or h^2, in what is asked for.
    const state = errors.map(([position, velocity]) => Math.max(position!, velocity!));
    expect(state[2]).toBeLessThan(1e-6);
    expect(errors[2]![2]).toBeLessThan(1e-3);
    expect(state[2]).toBeLessThan(state[0]! / 50);
    for (const run of runs) expect(run.stats.steps).toBeLessThan(2000);
  });

  test("converges with fixed steps as its theory says: position, velocity, force", () => {
    // With smaller steps Newton's tolerance shows in the positions.
    const counts = [40, 56, 80];
    const errors = counts.map((steps) => {
      const run = solve(problem, { solver: radau, steps, saveAt: pendulumReference.t });
      expect(run.status).toBe("finished");
      return errorsOf(run);
    });
    const steps = counts.map((n) => 2 / n);
    orders[index].forEach((order, kind) => {
      const found = slope(
        steps,
        errors.map((worst) => worst[kind]!),
      );
      expect(Math.abs(found - order), `${found}, expected ${order}`).toBeLessThan(0.15);
    });
  });
});

test("constraints hold to the tolerance all along", () => {
  const run = solve(pendulum(3), { solver: radau, rtol: 1e-7, atol: 1e-7 });
  for (let k = 0; k < run.t.length; k++) {
    expect(Math.abs(run.y[5 * k]! ** 2 + run.y[5 * k + 1]! ** 2 - 1)).toBeLessThan(1e-6);
  }
});

test.each([
  ["rodas5P", { index: [1, 1, 2, 2, 3] }, rodas5P, /rodas5P cannot solve equations of an index above 1/],
  ["bdf", { index: [1, 1, 2, 2, 3] }, bdf, /bdf cannot solve equations of an index above 1/],
  ["an index of 4", { index: [1, 1, 2, 2, 4] }, radau, /index\[4\] is 4, expected 1, 2 or 3/],
  ["too few", { index: [1] }, radau, /index has 1 entries, expected 5/],
])("%s is refused", (_, more, solver, message) => {
  const call = () => solve({ ...pendulum(3), ...more }, { solver });
  expect(call).toThrow(IntegratorError);
  expect(call).toThrow(message);
});

test("an index without a mass matrix is refused", () => {
  const { mass: _, ...bare } = pendulum(3);
  expect(() => solve(bare, { solver: radau })).toThrow(/index is given without a mass matrix/);
});
