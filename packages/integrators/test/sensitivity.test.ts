import { describe, expect, test } from "vitest";
import {
  auto,
  backsolve,
  type DifferentiableOptions,
  discrete,
  dopri5,
  euler,
  FieldError,
  forwardSensitivities,
  implicitMidpoint,
  interpolated,
  type OdeProblem,
  radau,
  rk4,
  rodas5P,
  solve,
  tsit5,
} from "../src/index.ts";
import { oneStepSolvers, tightNewton, trainableSolvers, worst } from "./families.ts";
import { lotka } from "./lotka.ts";

const { jacobian: _jacobian, pullback: _pullback, ...bare } = lotka;
const at = [1.6, 4];
const cotangents = [0.3, -0.7, 1, 0.5];

/** Central differences of the loss sum cotangents * y(at), in y0 and then in the parameters. */
function differences(problem: OdeProblem, options: DifferentiableOptions, step = 1e-5): number[] {
  const y0 = Float64Array.from(problem.y0);
  const parameters = Float64Array.from(problem.parameters ?? []);
  const loss = () => {
    const { y } = solve({ ...problem, y0, parameters }, { ...options, saveAt: at });
    return y.reduce((sum, x, i) => sum + x * cotangents[i]!, 0);
  };
  return [y0, parameters].flatMap((x) =>
    Array.from(x, (kept, i) => {
      x[i] = kept + step;
      const plus = loss();
      x[i] = kept - step;
      const minus = loss();
      x[i] = kept;
      return (plus - minus) / (2 * step);
    }),
  );
}

const flat = (g: { y0: Float64Array; parameters: Float64Array }) => [...g.y0, ...g.parameters];

/** The same gradient from forward sensitivities. */
function contracted(problem: OdeProblem, options: DifferentiableOptions): number[] {
  const run = forwardSensitivities(problem, { ...options, at });
  expect(run.status).toBe("finished");
  const sum = (matrix: Float64Array, width: number) =>
    Array.from({ length: width }, (_, k) =>
      cotangents.reduce((total, c, row) => total + c * matrix[row * width + k]!, 0),
    );
  return [...sum(run.y0, 2), ...sum(run.parameters, 4)];
}

describe.each(oneStepSolvers.filter(({ kind }) => kind === "rosenbrock"))(
  "$name, whose steps contain Jacobians, with fixed steps",
  (solver) => {
    const stiff: OdeProblem = {
      f: (t, y, dy, p) => {
        dy[0] = -p[0]! * (y[0]! - Math.cos(t) * y[1]!);
        dy[1] = p[1]! * y[0]! - y[1]! * y[1]!;
      },
      y0: [1.5, 1],
      tSpan: [0, 2],
      parameters: [1000, 0.5],
    };
    const jacobian: NonNullable<OdeProblem["jacobian"]> = (t, y, jac, p) => {
      jac.set([-p[0]!, p[1]!, p[0]! * Math.cos(t), -2 * y[1]!]);
    };

    test("the adjoint's gradient needs no analytic Jacobian", () => {
      const gradient = (problem: OdeProblem) =>
        interpolated().run(problem, { solver, steps: 40 }).pullback([1, 0.5]);
      // Central differences are good to about 1e-10. Stiffness turns that into 1e-8.
      expect(worst(flat(gradient(stiff)), flat(gradient({ ...stiff, jacobian })))).toBeLessThan(1e-6);
    });
  },
);

describe.each(oneStepSolvers)("$name", (solver) => {
  const fixed: DifferentiableOptions = { solver, steps: 20, rtol: 1e-13, atol: 1e-14 };

  test("discretise, then optimise: central differences to 1e-6, forward sensitivities to 1e-9", () => {
    const run = discrete().run(lotka, { ...fixed, at });
    const gradient = run.pullback(cotangents);
    expect(gradient.status).toBe("finished");
    expect(run.y).toEqual(solve(lotka, { ...fixed, saveAt: at }).y);
    // Differences of step 1e-5 are themselves good to about 1e-8.
    expect(worst(flat(gradient), differences(lotka, fixed))).toBeLessThan(1e-6);
    expect(worst(contracted(lotka, fixed), flat(gradient))).toBeLessThan(1e-9);
  });

  test("without derivatives of the field it falls back on differences of it", () => {
    const gradient = discrete()
      .run(bare, { ...fixed, at })
      .pullback(cotangents);
    const exact = discrete()
      .run(lotka, { ...fixed, at })
      .pullback(cotangents);
    // Second derivatives, which Rosenbrock methods contain, are differences of differences then.
    expect(worst(flat(gradient), flat(exact))).toBeLessThan(solver.kind === "rosenbrock" ? 1e-5 : 1e-7);
  });
});

describe.each(trainableSolvers)("$name with adaptive steps", (solver) => {
  const rtol = solver.order <= 2 ? 1e-4 : 1e-7;
  const options: DifferentiableOptions = { solver, rtol, atol: rtol };

  test("the gradient is that of the accepted steps: differences on the same grid agree", () => {
    if (solver.kind === "switching") return;
    const run = discrete().run(lotka, { ...options, at, tStops: at });
    const gradient = run.pullback(cotangents);
    const { t } = solve(lotka, { ...options, tStops: at, ...tightNewton(solver, rtol) });
    const onGrid = differences(lotka, { solver, grid: t, rtol: 1e-13, atol: 1e-14 });
    expect(worst(flat(gradient), onGrid)).toBeLessThan(1e-5);
  });

  test("checkpoints change memory, not the gradient", () => {
    const all = discrete()
      .run(lotka, { ...options, at })
      .pullback(cotangents);
    for (const checkpointEvery of [3, 1000]) {
      const some = discrete({ checkpointEvery })
        .run(lotka, { ...options, at })
        .pullback(cotangents);
      // Newton's iterations start from other guesses when the steps are repeated.
      expect(worst(flat(some), flat(all))).toBeLessThan(solver.kind === "diagonallyImplicit" ? 1e-6 : 1e-8);
    }
  });
});

describe.each([
  ["interpolated", interpolated()],
  ["interpolated with checkpoints", interpolated({ checkpointEvery: 4 })],
  ["backsolve", backsolve()],
] as const)("the continuous adjoint, %s", (_, sensitivity) => {
  test.each([tsit5, dopri5, radau, rodas5P, auto()])(
    "converges to the gradient with the tolerance, by $name",
    (solver) => {
      const exact = flat(
        discrete().run(lotka, { solver: tsit5, rtol: 1e-12, atol: 1e-12, at }).pullback(cotangents),
      );
      const errors = [1e-4, 1e-7, 1e-9].map((rtol) => {
        const run = sensitivity.run(lotka, { solver, rtol, atol: rtol, at });
        const gradient = run.pullback(cotangents);
        expect(gradient.status).toBe("finished");
        return worst(flat(gradient), exact);
      });
      expect(errors[0]).toBeLessThan(1e-2);
      expect(errors[1]).toBeLessThan(1e-5);
      expect(errors[2]).toBeLessThan(2e-7);
      expect(errors[2]).toBeLessThan(errors[0]! / 100);
    },
  );
});

describe("fixed steps", () => {
  test.each([euler, rk4, implicitMidpoint])(
    "checkpoints repeat the adjoint's forward pieces exactly, by $name",
    (solver) => {
      const options: DifferentiableOptions = { solver, steps: 20, at };
      const whole = interpolated().run(lotka, options).pullback(cotangents);
      const pieces = interpolated({ checkpointEvery: 3 }).run(lotka, options).pullback(cotangents);
      expect(whole.status).toBe("finished");
      expect(worst(flat(pieces), flat(whole))).toBeLessThan(1e-9);
    },
  );
});

describe("a run that fails, and misuse", () => {
  const blowUp: OdeProblem = {
    f: (_t, y, dy) => {
      dy[0] = y[0]! * y[0]! * y[0]!;
    },
    y0: [1],
    tSpan: [0, 1],
  };

  test.each([discrete(), interpolated(), backsolve()])(
    "$name differentiates what was reached",
    (sensitivity) => {
      const run = sensitivity.run(blowUp, { solver: tsit5, at: [0, 0.3, 1] });
      expect(run.status).not.toBe("finished");
      expect([...run.t]).toEqual([0, 0.3]);
      const gradient = run.pullback([0, 1]);
      // y = y0 (1 - 2 t y0^2)^(-1/2), dy/dy0 = (1 - 2 t y0^2)^(-3/2)
      expect(Math.abs(gradient.y0[0]! - 0.4 ** -1.5)).toBeLessThan(1e-3);
    },
  );

  test("cotangents of the wrong length, times outside, times off the grid, odd checkpoints", () => {
    expect(() => discrete().run(lotka, { at }).pullback([1])).toThrow(/1 cotangents, expected 4/);
    expect(() => discrete().run(lotka, { at: [5] })).toThrow(/at\[0\] is 5/);
    expect(() => discrete().run(lotka, { steps: 7, at: [0.5, 4] })).toThrow(
      /at\[0\] is 0.5, expected a time at which/,
    );
    expect(() => discrete({ checkpointEvery: 0 })).toThrow(/checkpointEvery is 0/);
    expect(() => interpolated({ checkpointEvery: 1.5 })).toThrow(/checkpointEvery is 1.5/);
  });

  test("an exception in f is a FieldError here too", () => {
    const throwing: OdeProblem = {
      ...blowUp,
      f: () => {
        throw new Error("no");
      },
    };
    expect(() => discrete().run(throwing, {})).toThrow(FieldError);
  });
});
