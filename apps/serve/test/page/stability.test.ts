import { neuralOde, type StepSolver } from "@stiffnet/core";
import { euler, heun, midpoint, rk4, type Solver } from "@stiffnet/integrators";
import { stabilityFunction } from "@stiffnet/integrators/tableaus";
import { encodeOnnx, importOnnx } from "@stiffnet/onnx";
import { describe, expect, test } from "vitest";
import { spectraHere } from "../../page/service/networks.ts";
import { polynomialText, stabilityBoundary, stabilityPolynomial, stepGrowth } from "../../page/stability.ts";

/** The stability intervals are Hairer and Wanner's (Solving Ordinary Differential Equations II, table
 *  IV.2.1). */
const cases: [StepSolver, Solver, string, number][] = [
  ["euler", euler, "1 + z", 2],
  ["midpoint", midpoint, "1 + z + z²/2", 2],
  ["heun", heun, "1 + z + z²/2", 2],
  ["rk4", rk4, "1 + z + z²/2 + z³/6 + z⁴/24", 2.785293563405282],
];

describe.each(cases)("stability of %s", (name, solver, text, interval) => {
  if (solver.kind !== "explicit") throw new Error(`${name} is not explicit`);
  const { a, b } = solver.matrices;
  const growth = (re: number, im: number) => {
    const { re: x, im: y } = stabilityFunction(a, b, re, im);
    return Math.hypot(x, y);
  };
  const polynomial = async () => {
    const model = neuralOde({ inputs: 2, outputs: 1, width: 3, depth: 2, solver: name });
    const [network] = await importOnnx(encodeOnnx(model));
    return stabilityPolynomial(spectraHere(network!, [0, 0]).method);
  };

  test("the polynomial of a file's method is the solver's stability function", async () => {
    const coefficients = await polynomial();
    expect(polynomialText(coefficients)).toBe(text);
    for (let k = 0; k < 200; k++) {
      const [re, im] = [4 * Math.sin(k), 4 * Math.cos(3 * k)];
      expect(stepGrowth(coefficients, re, im)).toBeCloseTo(growth(re, im), 10);
    }
  });

  test("the boundary goes once round all of the region", async () => {
    const boundary = stabilityBoundary(await polynomial());
    for (const [re, im] of boundary) expect(growth(re, im)).toBeCloseTo(1, 12);
    expect(Math.hypot(...boundary.at(-1)!)).toBeLessThan(1e-9);
    const leftmost = boundary[(boundary.length - 1) / 2]!;
    expect(leftmost[0]).toBeCloseTo(-interval, 9);
    expect(leftmost[1]).toBeCloseTo(0, 9);
    // Whether a point of the plane lies within the polygon is whether a step is stable there.
    for (let re = -4.03; re < 2; re += 0.1) {
      for (let im = -4.01; im < 4; im += 0.1) {
        if (Math.abs(growth(re, im) - 1) > 0.01)
          expect(isWithin(boundary, re, im), `${re} + ${im}i`).toBe(growth(re, im) < 1);
      }
    }
  });
});

/** Counts the edges that a ray to the right crosses. */
function isWithin(polygon: readonly [number, number][], x: number, y: number): boolean {
  let within = false;
  for (let k = 1; k < polygon.length; k++) {
    const [[x0, y0], [x1, y1]] = [polygon[k - 1]!, polygon[k]!];
    if (y0 > y !== y1 > y && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) within = !within;
  }
  return within;
}
