import { describe, expect, test } from "vitest";
import { dopri5, FieldError, type OdeProblem, radau, rk4, solve, tsit5 } from "../src/index.ts";
import { allSolvers, implicitSolvers, oneStepSolvers } from "./families.ts";
import { decay } from "./simple-problems.ts";

describe.each(allSolvers)("$name", (solver) => {
  test("NaN from f at the start is a status, with the initial state", () => {
    const run = solve({ ...decay, f: (_t, _y, dy) => dy.fill(Number.NaN) }, { solver });
    expect(run.status).toBe("non_finite");
    expect(run.hint).toMatch(/NaN or infinite at t = 0/);
    expect(run.tEnd).toBe(0);
    expect([...run.yEnd]).toEqual([1]);
  });

  test("NaN from f beyond some time ends the run close to it, with the last good state", () => {
    const run = solve(
      {
        ...decay,
        f: (t, y, dy) => {
          dy[0] = t > 0.5 ? Number.NaN : -y[0]!;
        },
      },
      { solver, rtol: 1e-4 },
    );
    expect(run.status).toBe("non_finite");
    // Methods that do not look at the end of a step may end one just past it.
    expect(run.tEnd).toBeLessThan(0.51);
    expect(run.tEnd).toBeGreaterThan(0.45);
    expect(Math.abs(run.yEnd[0]! - Math.exp(-run.tEnd))).toBeLessThan(0.02);
    expect(run.stats.failed).toBeGreaterThan(0);
  });

  test("an exception in f comes out as FieldError, with its cause and the last good state", () => {
    const boom = new RangeError("table ends at 0.5");
    let caught: unknown;
    try {
      solve(
        {
          ...decay,
          f: (t, y, dy) => {
            if (t > 0.5) throw boom;
            dy[0] = -y[0]!;
          },
        },
        { solver },
      );
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(FieldError);
    const error = caught as FieldError;
    expect(error.code).toBe("callback_threw");
    expect(error.cause).toBe(boom);
    expect(error.message).toMatch(/table ends at 0.5/);
    expect(error.t).toBeLessThan(0.51);
    expect(Math.abs(error.y[0]! - Math.exp(-error.t))).toBeLessThan(0.01);
  });

  test("a solution that blows up ends just before its pole", () => {
    const run = solve(
      {
        f: (_t, y, dy) => {
          dy[0] = y[0]! * y[0]! * y[0]!;
        },
        y0: [1],
        tSpan: [0, 2],
      },
      { solver, rtol: 1e-5, atol: 1e-5, maxSteps: 100_000 },
    );
    expect(["step_too_small", "non_finite", "newton_diverged", "max_steps_reached"]).toContain(run.status);
    expect(run.hint.length).toBeGreaterThan(20);
    // y = (1 - 2 t)^(-1/2)
    expect(run.tEnd).toBeGreaterThan(0.45);
    expect(run.tEnd).toBeLessThan(0.6);
    expect(run.yEnd.every(Number.isFinite)).toBe(true);
  });

  test("a zero-length interval is finished where it starts", () => {
    const run = solve({ ...decay, tSpan: [3, 3] }, { solver });
    expect(run.status).toBe("finished");
    expect([...run.t]).toEqual([3]);
    expect([...run.yEnd]).toEqual([1]);
    expect([...run.at(3)]).toEqual([1]);
    expect(run.stats.steps).toBe(0);
    const saved = solve({ ...decay, tSpan: [3, 3] }, { solver, saveAt: [3] });
    expect([...saved.y]).toEqual([1]);
  });

  test("an interval of one rounding unit is integrated or refused, not looped on", () => {
    const run = solve({ ...decay, tSpan: [1, 1 + 2 ** -52] }, { solver });
    expect(["finished", "step_too_small"]).toContain(run.status);
  });

  test("a constant solution", () => {
    const run = solve({ ...decay, f: (_t, _y, dy) => dy.fill(0), y0: [0], tSpan: [0, 1e6] }, { solver });
    expect(run.status).toBe("finished");
    expect([...run.yEnd]).toEqual([0]);
  });

  test("maxSteps is a status", () => {
    const run = solve({ ...decay, tSpan: [0, 1000] }, { solver, maxSteps: 5 });
    expect(run.status).toBe("max_steps_reached");
    expect(run.hint).toMatch(/maxSteps/);
    const halves = "embeddedOrder" in solver && solver.embeddedOrder === undefined ? 2 : 1;
    expect(run.stats.steps / halves + run.stats.rejected + run.stats.failed).toBe(5);
  });
});

describe("numerical failures", () => {
  test("a jump in f that no step can cross asks for tStops", () => {
    const run = solve(
      {
        f: (t, _y, dy) => {
          dy[0] = t < 0.5 ? 0 : 1e300;
        },
        y0: [0],
        tSpan: [0, 1],
      },
      { solver: dopri5 },
    );
    expect(run.status).toBe("step_too_small");
    expect(run.hint).toMatch(/tStops/);
    expect(run.tEnd).toBeCloseTo(0.5, 10);
  });

  test("minStep ends a run that would creep", () => {
    const run = solve(
      { ...decay, f: (t, _y, dy) => dy.fill(1 / Math.sqrt(Math.abs(t - 0.5))) },
      { solver: dopri5, minStep: 1e-6, rtol: 1e-10, atol: 1e-12 },
    );
    expect(run.status).toBe("step_too_small");
    expect(Math.abs(run.tEnd - 0.5)).toBeLessThan(0.01);
  });

  test("an explicit method that runs out of steps hints at stiffness", () => {
    const stiff: OdeProblem = {
      ...decay,
      f: (t, y, dy) => dy.fill(-1e6 * (y[0]! - Math.cos(t))),
      tSpan: [0, 10],
    };
    const run = solve(stiff, { solver: tsit5, maxSteps: 1000 });
    expect(run.status).toBe("max_steps_reached");
    expect(run.hint).toMatch(/stiff/);
    expect(solve(stiff, { solver: radau, maxSteps: 1000 }).status).toBe("finished");
  });

  test.each(implicitSolvers)(
    "$name: a wrong Jacobian is survived or reported, with fixed steps",
    (solver) => {
      const wrong: OdeProblem = {
        ...decay,
        f: (_t, y, dy) => dy.fill(-50 * y[0]!),
        jacobian: (_t, _y, jac) => jac.set([5000]),
      };
      const run = solve(wrong, { solver, steps: 3 });
      // Rosenbrock methods take the Jacobian at its word; the others iterate to their limit and say so.
      if (solver.kind === "rosenbrock") expect(run.yEnd.every(Number.isFinite)).toBe(true);
      else {
        expect(run.status).toBe("newton_diverged");
        expect(run.hint).toMatch(/Jacobian/);
        expect([...run.yEnd]).toEqual([1]);
      }
    },
  );

  test("a Jacobian that is not finite is reported", () => {
    const run = solve({ ...decay, jacobian: (_t, _y, jac) => jac.fill(Number.NaN) }, { solver: radau });
    expect(run.status).toBe("non_finite");
    expect(run.tEnd).toBe(0);
  });

  test("Newton failing at a large step makes the step smaller", () => {
    const bend: OdeProblem = {
      ...decay,
      f: (_t, y, dy) => dy.fill(-Math.atan(1e4 * (y[0]! - 0.3))),
      tSpan: [0, 2],
    };
    const run = solve(bend, { solver: radau, firstStep: 1, rtol: 1e-6, atol: 1e-8 });
    expect(run.status).toBe("finished");
    expect(run.yEnd[0]).toBeCloseTo(0.3, 5);
  });

  test("a component at zero with atol 0 is a status", () => {
    const run = solve(
      {
        f: (t, _y, dy) => {
          dy[0] = Math.cos(50 * t);
          dy[1] = 1;
        },
        y0: [0, 1],
        tSpan: [0, 1],
      },
      { solver: dopri5, rtol: 1e-6, atol: 0 },
    );
    // y1 passes through zero again and again; either the steps get through or the failure says what to do.
    if (run.status !== "finished") expect(run.hint).toMatch(/raise atol/);
    expect(["finished", "step_too_small"]).toContain(run.status);
  });

  test("a field that forgets an entry is caught at once", () => {
    const run = solve(
      {
        f: (_t, y, dy) => {
          dy[0] = y[1]!;
        },
        y0: [1, 2],
        tSpan: [0, 1],
      },
      { solver: rk4, steps: 10 },
    );
    expect(run.status).toBe("non_finite");
    expect(run.tEnd).toBe(0);
  });

  test.each(oneStepSolvers)("$name: fixed steps end at the first value that is not finite", (solver) => {
    const run = solve(
      {
        ...decay,
        f: (t, y, dy) => {
          dy[0] = t > 0.62 ? Number.POSITIVE_INFINITY : -y[0]!;
        },
      },
      { solver, steps: 10 },
    );
    expect(run.status).toBe("non_finite");
    expect(run.tEnd).toBeGreaterThan(0.45);
    expect(run.tEnd).toBeLessThan(0.75);
    expect(run.yEnd.every(Number.isFinite)).toBe(true);
  });
});
