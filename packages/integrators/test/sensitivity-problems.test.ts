import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  auto,
  backsolve,
  backwardEuler,
  type DifferentiableOptions,
  discrete,
  esdirk43,
  euler,
  implicitMidpoint,
  interpolated,
  type OdeProblem,
  radau,
  rk4,
  rodas5P,
  solve,
  tsit5,
} from "../src/index.ts";
import { worst } from "./families.ts";
import scipy from "./reference/scipy-steps.json" with { type: "json" };

describe("a stiff problem: Robertson's, its third species at t = 40 by the three rates", () => {
  const problem: OdeProblem = {
    f: (_t, y, dy, k) => {
      dy[0] = k[2]! * y[1]! * y[2]! - k[0]! * y[0]!;
      dy[2] = k[1]! * y[1]! * y[1]!;
      dy[1] = -dy[0]! - dy[2]!;
    },
    pullback: (_t, y, v, gradY, gradP, k) => {
      const first = v[1]! - v[0]!;
      const second = v[2]! - v[1]!;
      gradY[0] = gradY[0]! + k[0]! * first;
      gradY[1] = gradY[1]! - k[2]! * y[2]! * first + 2 * k[1]! * y[1]! * second;
      gradY[2] = gradY[2]! - k[2]! * y[1]! * first;
      gradP[0] = gradP[0]! + y[0]! * first;
      gradP[1] = gradP[1]! + y[1]! * y[1]! * second;
      gradP[2] = gradP[2]! - y[1]! * y[2]! * first;
    },
    autonomous: true,
    y0: [1, 0, 0],
    parameters: [0.04, 3e7, 1e4],
    tSpan: [0, 40],
  };
  const expected = scipy.robertson.byRate[1]!.slice(6);

  test.each([radau, rodas5P, esdirk43, auto()])(
    "by $name, discrete and adjoint: SciPy's values",
    (solver) => {
      const options: DifferentiableOptions = { solver, rtol: 1e-7, atol: [1e-12, 1e-16, 1e-12] };
      for (const method of [discrete(), discrete({ checkpointEvery: 12 }), interpolated()]) {
        const gradient = method.run(problem, options).pullback([0, 0, 1]);
        expect(gradient.status).toBe("finished");
        expect(worst(gradient.parameters, expected)).toBeLessThan(1e-6);
      }
    },
  );

  test("backsolve loses itself on the way back, and says so or misses", () => {
    const options: DifferentiableOptions = {
      solver: radau,
      rtol: 1e-7,
      atol: [1e-12, 1e-16, 1e-12],
      maxSteps: 20_000,
    };
    const gradient = backsolve().run(problem, options).pullback([0, 0, 1]);
    const lost = gradient.status !== "finished" || worst(gradient.parameters, expected) > 1e-3;
    expect(lost).toBe(true);
  });
});

describe("linear layers with equal weights", () => {
  // x_L = (1 + dt W)^L x, loss (x_L - y)^2: the slides' two gradients with respect to W.
  const w = 0.7;
  const target = 2;
  const problem: OdeProblem = {
    f: (_t, x, dx, p) => {
      dx[0] = p[0]! * x[0]!;
    },
    pullback: (_t, x, v, gradX, gradP, p) => {
      gradX[0] = gradX[0]! + v[0]! * p[0]!;
      gradP[0] = gradP[0]! + v[0]! * x[0]!;
    },
    y0: [1.5],
    parameters: [w],
    tSpan: [0, 1],
  };

  test("discretise-then-optimise has one factor less than the adjoint by Euler steps; the gap has slope 1", () => {
    const gaps = [10, 20, 40, 80].map((layers) => {
      const options = { solver: euler, steps: layers };
      const factor = 1 + w / layers;
      const end = factor ** layers * 1.5;
      const run = discrete().run(problem, options);
      expect(run.y[0]).toBeCloseTo(end, 12);
      const cotangent = [2 * (run.y[0]! - target)];
      const resnet = run.pullback(cotangent).parameters[0]!;
      const node = interpolated().run(problem, options).pullback(cotangent).parameters[0]!;
      expect(resnet).toBeCloseTo(2 * (end - target) * factor ** (layers - 1) * 1.5, 10);
      return Math.abs(node - resnet);
    });
    for (let k = 1; k < gaps.length; k++) expect(gaps[k - 1]! / gaps[k]!).toBeGreaterThan(1.8);
    for (let k = 1; k < gaps.length; k++) expect(gaps[k - 1]! / gaps[k]!).toBeLessThan(2.2);
  });
});

describe("many parameters", () => {
  // A layer's weights: y' = tanh(W y), 20 unknowns, 400 parameters.
  const n = 20;
  const weights = Float64Array.from({ length: n * n }, (_, i) => Math.sin(3.7 * i + 1) / 4);
  const layer: OdeProblem = {
    f: (_t, y, dy, p) => {
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += p[i * n + j]! * y[j]!;
        dy[i] = Math.tanh(sum);
      }
    },
    pullback: (_t, y, v, gradY, gradP, p) => {
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += p[i * n + j]! * y[j]!;
        const s = v[i]! * (1 - Math.tanh(sum) ** 2);
        for (let j = 0; j < n; j++) {
          gradY[j] = gradY[j]! + s * p[i * n + j]!;
          gradP[i * n + j] = gradP[i * n + j]! + s * y[j]!;
        }
      }
    },
    autonomous: true,
    y0: Float64Array.from({ length: n }, (_, i) => Math.cos(i)),
    parameters: weights,
    tSpan: [0, 1],
  };
  const ones = new Float64Array(n).fill(1);

  test.each([rk4, implicitMidpoint, backwardEuler, radau, rodas5P])(
    "a directional derivative in 400 weights agrees with differences, by $name",
    (solver) => {
      const options: DifferentiableOptions = { solver, steps: 6 };
      const gradient = discrete().run(layer, options).pullback(ones);
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
          const direction = weights.map((_, i) => Math.sin(1.3 * i + seed));
          const loss = (e: number) => {
            const parameters = weights.map((x, i) => x + e * direction[i]!);
            return solve({ ...layer, parameters }, { ...options, keep: "end" }).yEnd.reduce(
              (a, b) => a + b,
              0,
            );
          };
          const difference = (loss(1e-5) - loss(-1e-5)) / 2e-5;
          const slope = gradient.parameters.reduce((sum, g, i) => sum + g * direction[i]!, 0);
          expect(Math.abs(slope - difference)).toBeLessThan(1e-6 * (1 + Math.abs(slope)));
        }),
        { numRuns: 5 },
      );
    },
  );

  test("the adjoint's quadrature agrees with the discrete gradient in all 400", () => {
    const options: DifferentiableOptions = { solver: tsit5, rtol: 1e-9, atol: 1e-9 };
    const exact = discrete().run(layer, options).pullback(ones);
    const adjoint = interpolated().run(layer, options).pullback(ones);
    expect(worst(adjoint.parameters, exact.parameters, 0.1)).toBeLessThan(1e-6);
    // Three nodes a step: far fewer pullbacks than differences in 400 parameters would need.
    expect(adjoint.stats.pullbacks).toBeLessThan(400);
  });
});
