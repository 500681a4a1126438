import { describe, expect, test } from "vitest";
import {
  auto,
  backsolve,
  discrete,
  forwardSensitivities,
  interpolated,
  type OdeProblem,
  radau,
  rodas3,
  rodas5P,
  ros4,
  solve,
  tsit5,
} from "../src/index.ts";
import { allSolvers, worst } from "./families.ts";

const tStops = Array.from({ length: 19 }, (_, k) => k + 1);

/** y' = r(t) cos y + p, where r changes sign at 1, 2, ..., 19. `edge` says which side has the jump. */
const switched = (edge: "left" | "right"): OdeProblem => {
  const rate = (t: number) => {
    const k = edge === "right" ? Math.floor(t) : Math.ceil(t) - 1;
    return Math.min(Math.max(k, 0), 19) % 2 === 0 ? 1 : -2;
  };
  return {
    f: (t, y, dy, p) => {
      dy[0] = rate(t) * Math.cos(y[0]!) + p[0]!;
    },
    y0: [0.3],
    tSpan: [0, 20],
    parameters: [0.2],
  };
};

/** The same in twenty separate runs. */
function separate(problem: OdeProblem, options: object): { y: number[]; steps: number; rejected: number } {
  let steps = 0;
  let rejected = 0;
  let y = Array.from(problem.y0);
  const [t0, t1] = problem.tSpan;
  const direction = Math.sign(t1 - t0);
  for (let k = 0; k < 20; k++) {
    const from = t0 + direction * k;
    // The middle of this piece decides what belongs to it.
    const inside = from + direction / 2;
    const run = solve(
      {
        ...problem,
        f: (_t, u, du, p) => problem.f(inside, u, du, p),
        y0: y,
        tSpan: [from, from + direction],
      },
      options,
    );
    y = [...run.yEnd];
    steps += run.stats.steps;
    rejected += run.stats.rejected;
  }
  return { y, steps, rejected };
}

describe.each(["left", "right"] as const)("f jumps, %s-continuous, and tStops says where", (edge) => {
  test.each(allSolvers)("$name: as many steps as separate runs, and their end", (solver) => {
    const options = { solver, rtol: 1e-4, atol: 1e-6 };
    for (const tSpan of [
      [0, 20],
      [20, 0],
    ] as const) {
      const problem = { ...switched(edge), tSpan, y0: [tSpan[0] === 0 ? 0.3 : 0.2] };
      const order = tSpan[0] === 0 ? tStops : [...tStops].reverse();
      if (tSpan[0] !== 0 && solver.order < 3) continue;
      const pieces = separate(problem, options);
      const run = solve(problem, { ...options, tStops: order });
      expect(run.status).toBe("finished");
      // A switching solver keeps its side, separate runs begin anew.
      expect(run.stats.steps).toBeLessThanOrEqual(pieces.steps + (solver.kind === "switching" ? 20 : 0));
      expect(run.stats.rejected).toBeLessThanOrEqual(pieces.rejected + 2);
      expect(worst(run.yEnd, pieces.y)).toBeLessThan(solver.kind === "switching" ? 1e-3 : 1e-12);
    }
  });

  test.each([tsit5, radau, rodas5P])("$name with fixed steps takes the side of the step", (solver) => {
    const problem = switched(edge);
    const options = { solver, rtol: 1e-12, atol: 1e-14 };
    const run = solve(problem, { ...options, steps: 400, tStops });
    const finer = solve(problem, { ...options, steps: 800, tStops });
    // Without `tStops` the jumps leave an error of order 1, about h.
    expect(worst(run.yEnd, finer.yEnd)).toBeLessThan(1e-6);
  });

  test.each([tsit5, radau, rodas5P, auto()])("$name: gradients through the jumps", (solver) => {
    const problem = switched(edge);
    const options = { solver, rtol: 1e-9, atol: 1e-11, tStops };
    const end = (y0: number, p: number) =>
      solve({ ...problem, y0: [y0], parameters: [p] }, { ...options, rtol: 1e-12, atol: 1e-13 }).yEnd[0]!;
    const byState = (end(0.3 + 1e-4, 0.2) - end(0.3 - 1e-4, 0.2)) / 2e-4;
    const byRate = (end(0.3, 0.2 + 1e-4) - end(0.3, 0.2 - 1e-4)) / 2e-4;
    for (const method of [discrete(), discrete({ checkpointEvery: 7 }), interpolated()]) {
      const gradient = method.run(problem, options).pullback([1]);
      expect(gradient.parameters[0]! / byRate).toBeCloseTo(1, 5);
      expect(Math.abs(gradient.y0[0]! - byState)).toBeLessThan(1e-6);
    }
    const forward = forwardSensitivities(problem, options);
    expect(forward.parameters[0]! / byRate).toBeCloseTo(1, 5);
  });
});

test("a jump at the very start, and one at the end, change nothing", () => {
  const problem: OdeProblem = {
    f: (t, y, dy) => {
      dy[0] = (t >= 1 && t < 2 ? -1 : 100) * y[0]!;
    },
    y0: [1],
    tSpan: [1, 2],
  };
  const run = solve(problem, { rtol: 1e-8, atol: 1e-10, tStops: [1, 2] });
  expect(run.stats.rejected).toBe(0);
  expect(run.yEnd[0]).toBeCloseTo(Math.exp(-1), 7);
});

/** A pendulum that becomes stiffer at t = 0.4, backwards in time. */
const stiffened = (jumps: boolean): OdeProblem => ({
  f: (t, y, dy, p) => {
    dy[0] = y[1]!;
    dy[1] = -p[jumps && t > 0.4 ? 1 : 0]! * Math.sin(y[0]!) - 0.3 * y[1]! + 0.2 * Math.sin(3 * t);
  },
  y0: [1, 0.2],
  tSpan: [1, 0],
  parameters: [4, 9],
});

describe.each([rodas3, ros4, rodas5P])(
  "$name with fixed steps, which no error estimate corrects",
  (solver) => {
    test.each([true, false])("adjoint gradients, the Jacobian jumps: %o", (jumps) => {
      const problem = stiffened(jumps);
      const options = { solver, steps: 200, tStops: jumps ? [0.4] : [] };
      const exact = discrete().run(problem, options).pullback([1, 2]);
      for (const method of [interpolated(), interpolated({ checkpointEvery: 9 }), backsolve()]) {
        const gradient = method.run(problem, options).pullback([1, 2]);
        expect(gradient.status).toBe("finished");
        // Third order, of the steps forth and of those back.
        expect(worst(gradient.y0, exact.y0)).toBeLessThan(1e-6);
        expect(worst(gradient.parameters, exact.parameters, 1)).toBeLessThan(1e-6);
      }
    });
  },
);
