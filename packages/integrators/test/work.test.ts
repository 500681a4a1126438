import { describe, expect, test } from "vitest";
import { bdf, dop853, type OdeProblem, type Solver, solve } from "../src/index.ts";
import { rober, vdpol } from "../src/problems.ts";
import { System } from "../src/system.ts";
import { worst } from "./families.ts";
import reference from "./reference/scipy-work.json" with { type: "json" };

const lorenz: OdeProblem = {
  f: (_t, y, dy) => {
    dy[0] = 10 * (y[1]! - y[0]!);
    dy[1] = y[0]! * (28 - y[2]!) - y[1]!;
    dy[2] = y[0]! * y[1]! - (8 / 3) * y[2]!;
  },
  y0: [1, 2, 3],
  tSpan: [0, 10],
};

/** Three bodies, one of no mass, on a closed orbit (Arenstorf 1963; Hairer, Norsett and Wanner I, II.0). */
const mu = 0.012277471;
const nu = 1 - mu;
const arenstorf: OdeProblem = {
  f: (_t, y, dy) => {
    const d1 = ((y[0]! + mu) ** 2 + y[1]! ** 2) ** 1.5;
    const d2 = ((y[0]! - nu) ** 2 + y[1]! ** 2) ** 1.5;
    dy[0] = y[2]!;
    dy[1] = y[3]!;
    dy[2] = y[0]! + 2 * y[3]! - (nu * (y[0]! + mu)) / d1 - (mu * (y[0]! - nu)) / d2;
    dy[3] = y[1]! - 2 * y[2]! - (nu * y[1]!) / d1 - (mu * y[1]!) / d2;
  },
  y0: [0.994, 0, 0, -2.0015851063790824],
  tSpan: [0, 17.06521656015796],
};

/** u_t = u_xx / 50 + u (1 - u) on 40 points inside [0, 1], zero at both ends. */
const points = 40;
const c = (points + 1) ** 2 / 50;
const heat: OdeProblem = {
  f: (_t, y, dy) => {
    for (let i = 0; i < points; i++) {
      const left = i > 0 ? y[i - 1]! : 0;
      const right = i < points - 1 ? y[i + 1]! : 0;
      dy[i] = c * (left - 2 * y[i]! + right) + y[i]! * (1 - y[i]!);
    }
  },
  jacobian: (_t, y, jac) => {
    for (let i = 0; i < points; i++) {
      if (i > 0) jac[3 * i] = c;
      jac[3 * i + 1] = 1 - 2 * y[i]! - 2 * c;
      if (i < points - 1) jac[3 * i + 2] = c;
    }
  },
  band: { lower: 1, upper: 1 },
  y0: Float64Array.from({ length: points }, (_, i) => Math.sin((Math.PI * (i + 1)) / (points + 1))),
  tSpan: [0, 4],
};

interface Work {
  readonly rtol: number;
  readonly error: number;
  readonly evaluations: number;
  readonly jacobians: number;
  readonly factorisations: number;
}

/** The cheapest run that is as exact. */
function cheapest(problem: OdeProblem, solver: Solver, exact: ArrayLike<number>, scale: number, work: Work) {
  const runs = Array.from({ length: 31 }, (_, k) => 10 ** (-2 - k / 3)).map((rtol) => {
    const run = solve(problem, { solver, rtol, atol: rtol * scale, keep: "end" });
    return { rtol, error: worst(run.yEnd, exact, scale), ...run.stats };
  });
  const enough = runs.filter((run) => run.error <= work.error);
  return enough.reduce((best, run) => (run.evaluations < best.evaluations ? run : best));
}

const { references } = reference;

describe("at the error of SciPy's DOP853, dop853 takes no more than 1.5 times its evaluations", () => {
  const cases = [
    ["lorenz", lorenz, references.lorenz],
    ["arenstorf", arenstorf, Array.from(arenstorf.y0)],
  ] as const;
  const rows = cases.flatMap(([name, problem, exact]) =>
    reference.dop853[name].map((work) => [name, work.rtol, problem, exact, work] as const),
  );
  test.each(rows)("%s at rtol %d", (_name, _rtol, problem, exact, work) => {
    const run = cheapest(problem, dop853, exact, 1, work);
    expect(run.evaluations).toBeLessThanOrEqual(1.5 * work.evaluations);
  });
});

describe("at the error of SciPy's BDF, bdf takes no more than 1.5 times its evaluations", () => {
  const cases = [
    ["rober", { ...rober, tSpan: [0, 1e5] } as OdeProblem, references.rober, 1e-6],
    ["vdpol", vdpol, references.vdpol, 1],
    ["heat", heat, references.heat, 1],
  ] as const;
  const rows = cases.flatMap(([name, problem, exact, scale]) =>
    reference.bdf[name].map((work) => [name, work.rtol, problem, exact, scale, work] as const),
  );
  test.each(rows)("%s at rtol %d", (_name, _rtol, problem, exact, scale, work) => {
    const run = cheapest(problem, bdf, exact, scale, work);
    expect(run.evaluations).toBeLessThanOrEqual(1.5 * work.evaluations);
    expect(run.factorisations).toBeLessThanOrEqual(1.5 * work.factorisations);
  });
});

describe("SciPy's DOP853", () => {
  const { h, step } = reference;
  const short: OdeProblem = { ...lorenz, tSpan: [0, h] };

  test("takes the same step and interpolates to the same states, to rounding", () => {
    const run = solve(short, { solver: dop853, steps: 1 });
    expect(worst(run.yEnd, step.y)).toBeLessThan(1e-14);
    [0.2, 0.5, 0.9].forEach((x, i) => {
      expect(worst(run.at(x * h), step.dense[i]!)).toBeLessThan(1e-13);
    });
  });

  test("estimates the same error", () => {
    const stepper = dop853.createStepper(new System(lorenz), {
      newtonTolerance: 1,
      adaptive: true,
    });
    stepper.start(0, Float64Array.from(lorenz.y0));
    stepper.attempt(0, h, new Float64Array(3).fill(1));
    const norm = Math.sqrt(stepper.error.reduce((sum, x) => sum + x * x, 0) / 3);
    // A small difference of large terms, squared.
    expect(norm / step.error).toBeCloseTo(1, 2);
  });

  test("dense output is evaluated only where it is asked for", () => {
    const count = (keep: "end" | "all") => solve(lorenz, { solver: dop853, keep }).stats;
    const [end, all] = [count("end"), count("all")];
    expect(all.evaluations - end.evaluations).toBe(3 * all.steps);
  });
});
