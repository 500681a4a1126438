import { describe, expect, test } from "vitest";
import { bdf, IntegratorError, type OdeProblem, radauIIA5, rodas5P, solve } from "../src/index.ts";
import { slope } from "./families.ts";
import pendulumReference from "./reference/pendulum.json" with { type: "json" };

// Position (x, y), velocity (u, v), and l, half the rod's force over its length.
const motion = (s: Float64Array, out: Float64Array) => {
  out[0] = s[2]!;
  out[1] = s[3]!;
  out[2] = -2 * s[0]! * s[4]!;
  out[3] = -9.81 - 2 * s[1]! * s[4]!;
};
const common = { mass: [1, 1, 1, 1, 0], y0: [1, 0, 0, 0, 0], tSpan: [0, 2], autonomous: true } as const;
const forms: Record<string, OdeProblem> = {
  "index 3: the length": {
    ...common,
    f: (_t, s, out) => {
      motion(s, out);
      out[4] = s[0]! ** 2 + s[1]! ** 2 - 1;
    },
    index: [1, 1, 2, 2, 3],
  },
  "index 2: the direction of the velocity": {
    ...common,
    f: (_t, s, out) => {
      motion(s, out);
      out[4] = s[0]! * s[2]! + s[1]! * s[3]!;
    },
    index: [1, 1, 1, 1, 2],
  },
  "index 1: the acceleration": {
    ...common,
    f: (_t, s, out) => {
      motion(s, out);
      out[4] = s[2]! ** 2 + s[3]! ** 2 - 9.81 * s[1]! - 2 * s[4]! * (s[0]! ** 2 + s[1]! ** 2);
    },
    index: [1, 1, 1, 1, 1],
  },
};

/** The largest error of position and velocity, and that of the force. */
function errorsOf(run: { y: Float64Array; n: number }): { state: number; force: number } {
  let [state, force] = [0, 0];
  pendulumReference.states.forEach((expected, k) => {
    expected.forEach((value, i) => {
      const error = Math.abs(run.y[k * 5 + i]! - value);
      if (i < 4) state = Math.max(state, error);
      else force = Math.max(force, error);
    });
  });
  return { state, force };
}

describe.each(Object.entries(forms))("the pendulum by radauIIA5, %s", (_, problem) => {
  test("follows SciPy's angle, and the error falls with the tolerance", () => {
    const runs = [1e-5, 1e-7, 1e-9].map((rtol) =>
      solve(problem, { solver: radauIIA5, rtol, atol: rtol, saveAt: pendulumReference.t }),
    );
    const errors = runs.map((run) => {
      expect(run.status).toBe("finished");
      return errorsOf(run);
    });
    // Local errors add up over two swings, and the force is divided by h, or h^2, in what is asked for.
    expect(errors[2]!.state).toBeLessThan(1e-6);
    expect(errors[2]!.force).toBeLessThan(1e-3);
    expect(errors[2]!.state).toBeLessThan(errors[0]!.state / 50);
    for (const run of runs) expect(run.stats.steps).toBeLessThan(2000);
  });

  test("converges with fixed steps at least as its theory says", () => {
    const counts = [80, 160, 320];
    const errors = counts.map((steps) => {
      const run = solve(problem, { solver: radauIIA5, steps, saveAt: pendulumReference.t });
      expect(run.status).toBe("finished");
      return errorsOf(run).state;
    });
    // Hairer, Lubich and Roche 1989: 5 in positions and 3 in velocities for index 2 and 3 (2 at the least).
    const order = slope(
      counts.map((n) => 2 / n),
      errors,
    );
    expect(order).toBeGreaterThan(1.8);
  });
});

test("constraints hold to the tolerance all along", () => {
  const run = solve(forms["index 3: the length"]!, { solver: radauIIA5, rtol: 1e-7, atol: 1e-7 });
  for (let k = 0; k < run.t.length; k++) {
    expect(Math.abs(run.y[5 * k]! ** 2 + run.y[5 * k + 1]! ** 2 - 1)).toBeLessThan(1e-6);
  }
});

test.each([
  ["rodas5P", { index: [1, 1, 2, 2, 3] }, rodas5P, /rodas5P takes no equations of an index above 1/],
  ["bdf", { index: [1, 1, 2, 2, 3] }, bdf, /bdf takes no equations of an index above 1/],
  ["an index of 4", { index: [1, 1, 2, 2, 4] }, radauIIA5, /index\[4\] is 4, expected 1, 2 or 3/],
  ["too few", { index: [1] }, radauIIA5, /index has 1 entries, expected 5/],
])("%s is refused", (_, more, solver, message) => {
  const call = () => solve({ ...forms["index 3: the length"]!, ...more }, { solver });
  expect(call).toThrow(IntegratorError);
  expect(call).toThrow(message);
});

test("an index without a mass matrix is refused", () => {
  const { mass: _, ...bare } = forms["index 3: the length"]!;
  expect(() => solve(bare, { solver: radauIIA5 })).toThrow(/index goes with a mass matrix/);
});
