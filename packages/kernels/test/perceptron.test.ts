import { describe, expect, it } from "vitest";
import { createKernels, createPerceptron, perceptronSizes } from "../src/index.ts";
import { curves } from "./reference/curves.ts";

describe.each(["gelu", "tanh", "softplus", "sin"] as const)("%s", (activation) => {
  describe.each([
    { variables: 3, width: 5, layers: 3 },
    { variables: 6, width: 2, layers: 1 },
  ])("%j", (sizes) => {
    const shape = { ...sizes, activation };
    const { variables: n } = shape;
    const [inputScale, outputScale] = [1, 2].map((c) =>
      Float64Array.from({ length: n }, (_, i) => c + 0.3 * i),
    );
    const length = perceptronSizes(shape).reduce((sum, [rows, columns]) => sum + rows * (columns + 1), 0);
    const wave = (count: number, phase: number) =>
      Float64Array.from({ length: count }, (_, i) => Math.sin(1.7 * i + phase));
    const [parameters, u, v] = [wave(length, 0), wave(n, 1), wave(n, 2)];
    const perceptron = createPerceptron(createKernels(), shape, inputScale!, outputScale!);

    const value64 = (p: Float64Array, state: Float64Array): Float64Array => {
      let x = Array.from(state, (s, i) => s / inputScale![i]!);
      let at = 0;
      perceptronSizes(shape).forEach(([rows, columns], l) => {
        const z = Array.from({ length: rows }, (_, r) =>
          x.reduce((sum, s, c) => sum + p[at + r * columns + c]! * s, p[at + rows * columns + r]!),
        );
        x = l === shape.layers ? z : z.map(curves[activation].value);
        at += rows * (columns + 1);
      });
      return Float64Array.from(x, (s, i) => outputScale![i]! * s);
    };
    /** Central differences, with a truncation error of 1e-5^2 and a rounding error of 1e-16 / 1e-5. */
    const central = (at: Float64Array, k: number, f: (moved: Float64Array) => Float64Array) => {
      const moved = (by: number) => f(at.map((s, i) => (i === k ? s + by : s)));
      const down = moved(-1e-5);
      return moved(1e-5).map((up, i) => (up - down[i]!) / 2e-5);
    };
    const close = (found: number, expected: number) =>
      expect(Math.abs(found - expected)).toBeLessThan(1e-8 * (1 + Math.abs(expected)));

    it("value and Jacobian", () => {
      const out = new Float64Array(n);
      perceptron.value(u, out, parameters);
      value64(parameters, u).forEach((expected, i) => {
        expect(Math.abs(out[i]! - expected)).toBeLessThan(1e-13 * (1 + Math.abs(expected)));
      });
      const jacobian = new Float64Array(n * n);
      perceptron.jacobian(u, jacobian, parameters);
      for (let j = 0; j < n; j++) {
        central(u, j, (state) => value64(parameters, state)).forEach((expected, i) => {
          close(jacobian[i + n * j]!, expected);
        });
      }
    });

    it("pullback adds the gradients", () => {
      const [gradU, gradP] = [new Float64Array(n).fill(2), new Float64Array(length).fill(3)];
      perceptron.pullback(u, v, gradU, gradP, parameters);
      const along = (values: Float64Array) => values.reduce((sum, s, i) => sum + s * v[i]!, 0);
      for (let j = 0; j < n; j++) {
        close(gradU[j]! - 2, along(central(u, j, (state) => value64(parameters, state))));
      }
      for (let k = 0; k < length; k++) {
        close(gradP[k]! - 3, along(central(parameters, k, (p) => value64(p, u))));
      }
    });
  });
});
