import { describe, expect, test } from "vitest";
import {
  auto,
  bogackiShampine32,
  discrete,
  dop853,
  esdirk43,
  type OdeProblem,
  radau,
  rodas5P,
  type Solver,
  solve,
  tsit5,
} from "../src/index.ts";
import { e5, pollu, rober, vdpol } from "../src/problems.ts";
import { explicitSide } from "../src/solvers/auto.ts";
import { circle } from "./simple-problems.ts";

describe("switching on detected stiffness", () => {
  test("does not stir up fast oscillations: auto switches before a step is too long", () => {
    // Two oscillators of 1 and 1e4 per unit of time, the fast one at rest and driven.
    const stiffString: OdeProblem = {
      f: (t, y, dy) => {
        dy[0] = y[1]!;
        dy[1] = 1e8 * (Math.sin(t) ** 2 - y[0]!);
      },
      y0: [0, 0],
      tSpan: [0, 3],
    };
    const options = { rtol: 1e-4, atol: 1e-4, keep: "end" } as const;
    const [mixed, stiff] = [auto(), rodas5P].map((solver) => solve(stiffString, { ...options, solver }));
    expect(mixed!.status).toBe("finished");
    expect(mixed!.stats.steps).toBeLessThan(2 * stiff!.stats.steps + 20);
  });

  test("a problem that is not stiff never leaves the explicit side", () => {
    const run = solve({ ...circle, tSpan: [0, 50] }, { rtol: 1e-8, atol: 1e-8 });
    expect(run.switches).toEqual([]);
    expect(run.stats.jacobians).toBe(0);
  });

  test("Robertson's problem leaves it early, and says when and why", () => {
    const run = solve(rober, { solver: auto(), rtol: 1e-6, atol: rober.atolFor(1e-6) });
    expect(run.switches).toHaveLength(1);
    const [change] = run.switches;
    expect(change).toMatchObject({ from: "tsit5", to: "rodas5P" });
    expect(change!.t).toBeLessThan(1);
    // The fast eigenvalue there is -2190 / time.
    expect(change!.rate).toBeGreaterThan(1000);
    expect(change!.rate).toBeLessThan(4000);
    expect(run.stats.steps).toBeLessThan(400);
  });

  test("van der Pol's equation changes sides", () => {
    const run = solve(vdpol, { solver: auto(), rtol: 1e-5, atol: 1e-5 });
    expect(run.status).toBe("finished");
    expect(run.switches.length).toBeGreaterThan(0);
  });

  test("early steps that are refused at the stability limit say so as well as a check", () => {
    const run = solve(pollu, { rtol: 1e-3, atol: pollu.atolFor(1e-3) });
    const [change] = run.switches;
    expect(change).toMatchObject({ from: "tsit5", to: "rodas5P" });
    // Three checks by steps that are kept come after the fifteenth.
    expect(run.t.filter((t) => t > 0 && t <= change!.t).length).toBeLessThan(10);
    // Refused steps that went far off do not make anybody watch rounding, which is a solve more a step.
    expect(run.stats.solves).toBe(8 * run.stats.factorisations);
  });

  test("a first step that is far too large is no sign of stiffness", () => {
    const kepler: OdeProblem = {
      f: (_t, y, dy) => {
        const r = Math.hypot(y[0]!, y[1]!) ** -3;
        dy[0] = y[2]!;
        dy[1] = y[3]!;
        dy[2] = -r * y[0]!;
        dy[3] = -r * y[1]!;
      },
      y0: [0.1, 0, 0, Math.sqrt(19)],
      tSpan: [0, 2],
    };
    const run = solve(kepler, { rtol: 1e-6, atol: 1e-7, firstStep: 1 });
    expect(run.stats.rejected).toBeGreaterThan(2);
    expect(run.switches).toEqual([]);
  });

  test("a problem that stops being stiff goes back", () => {
    const rate = (t: number) => (t < 5 ? 1e4 : 0.1);
    const problem: OdeProblem = {
      f: (t, y, dy) => {
        dy[0] = -rate(t) * (y[0]! - Math.sin(3 * t)) + 3 * Math.cos(3 * t);
        dy[1] = y[0]!;
      },
      y0: [0, 0],
      tSpan: [0, 30],
    };
    const run = solve(problem, { rtol: 1e-6, atol: 1e-8, tStops: [5] });
    expect(run.status).toBe("finished");
    expect(run.switches.map((s) => s.to)).toEqual(["rodas5P", "tsit5"]);
    expect(run.switches[0]!.t).toBeLessThan(5);
    expect(run.switches[1]!.t).toBeGreaterThan(5);
    expect(run.yEnd[0]).toBeCloseTo(Math.sin(90), 4);
  });

  test("any explicit and any implicit solver can be paired", () => {
    for (const stiff of [radau, esdirk43]) {
      const solver = auto({ nonStiff: bogackiShampine32, stiff });
      expect(solver.name).toBe(`auto(bogackiShampine32, ${stiff.name})`);
      const run = solve(e5, { solver, rtol: 1e-4, atol: 1.7e-24, keep: "end" });
      expect(run.status).toBe("finished");
    }
  });

  test("sides cannot be mixed up: that does not compile", () => {
    // @ts-expect-error an implicit method on the explicit side
    const wrongWay = () => auto({ nonStiff: radau });
    // @ts-expect-error an explicit method on the implicit side
    const wrongToo = () => auto({ stiff: bogackiShampine32 });
    expect([wrongWay, wrongToo]).toHaveLength(2);
  });

  test.each([
    [undefined, "tsit5"],
    [0, "tsit5"],
    [1e-3, "tsit5"],
    [1.01e-7, "tsit5"],
    [1e-7, "dop853"],
    [1e-13, "dop853"],
  ])("the explicit side for rtol %s is %s, or what was given", (rtol, name) => {
    expect(explicitSide(auto(), rtol).name).toBe(name);
    expect(explicitSide(auto({ nonStiff: bogackiShampine32 }), rtol)).toBe(bogackiShampine32);
  });

  test("takes the steps of that side, forwards and for gradients; given steps are those of order 5", () => {
    const problem: OdeProblem = {
      f: (_t, y, dy, p) => {
        dy[0] = p[0]! * y[1]!;
        dy[1] = -Math.sin(y[0]!);
      },
      y0: [1, 0],
      tSpan: [0, 3],
      parameters: [1.5],
    };
    const tight = { rtol: 1e-9, atol: 1e-9 };
    const end = (solver: Solver, how: object) => solve(problem, { solver, ...how }).yEnd;
    expect(end(auto(), tight)).toEqual(end(dop853, tight));
    expect(end(auto(), { steps: 20 })).toEqual(end(tsit5, { steps: 20 }));
    const gradient = (solver: Solver) =>
      discrete()
        .run(problem, { solver, ...tight })
        .pullback([1, 0]).y0;
    expect(gradient(auto())).toEqual(gradient(dop853));
  });

  test("takes fixed steps too", () => {
    const run = solve({ ...rober, tSpan: [0, 0.1] }, { solver: auto(), steps: 200 });
    expect(run.status).toBe("finished");
    expect(run.stats.steps).toBe(200);
  });
});
