import { randomStream } from "@stiffnet/base";
import { expect } from "vitest";
import { createEngine, type Model, type ModelConfig, type Penalty } from "../src/index.ts";

/** p_i = mean over the steps of |J|_F^2, to have something that flows through weights and slopes. */
export function squares(weight: number): Penalty {
  return {
    name: "squares",
    weight,
    bind() {
      // Computed before the backward pass, which uses the slopes up.
      const kept: [number, number][] = [];
      return {
        evaluate({ jacobians: { depth, width, batch, stride, weights, slopes } }, values) {
          for (let i = 0; i < batch; i++) {
            let sum = 0;
            for (let d = 0; d < depth * width; d++)
              for (let k = 0; k < width; k++) sum += (slopes[d * stride + i]! * weights[d * width + k]!) ** 2;
            values[i] = sum / depth;
          }
        },
        pullbackSlopes(
          { jacobians: { depth, width, batch, stride, weights, slopes } },
          cotangent,
          gradSlopes,
        ) {
          kept.length = 0;
          for (let i = 0; i < batch; i++) {
            for (let d = 0; d < depth * width; d++) {
              for (let k = 0; k < width; k++) {
                const [s, w] = [slopes[d * stride + i]!, weights[d * width + k]!];
                const c = (2 * cotangent[i]!) / depth;
                gradSlopes[d * stride + i]! += c * s * w * w;
                kept.push([d * width + k, c * s * s * w]);
              }
            }
          }
        },
        pullbackWeights(gradient) {
          for (const [at, term] of kept) gradient.weights[at]! += term;
        },
      };
    },
  };
}

export function draw(seed: number, count: number): Float32Array {
  const random = randomStream(seed, 0);
  return Float32Array.from({ length: count }, () => 2 * random.uniform() - 1);
}

export function lossAndGradient(
  model: Model,
  x: Float32Array,
  y: Float32Array,
  { horizon, ...options }: { penalty?: Penalty; horizon?: number } = {},
) {
  const rows = x.length / model.config.inputs;
  const engine = createEngine(model.config, { batchSize: rows, ...options });
  engine.write({ parameters: model.parameters });
  const table = engine.table(x, y);
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  const { loss } = engine.lossAndGradient(table, order, 0, rows, horizon);
  return { loss, gradient: engine.gradient() };
}

/** Largest difference over the largest component of the central differences. */
export function worst(
  config: ModelConfig,
  parameters: Float32Array,
  gradient: Float32Array,
  loss: (parameters: Float64Array) => number,
): number {
  const point = Float64Array.from(parameters);
  let [error, size] = [0, 0];
  point.forEach((value, i) => {
    const step = 1e-5;
    point[i] = value + step;
    const up = loss(point);
    point[i] = value - step;
    const central = (up - loss(point)) / (2 * step);
    point[i] = value;
    error = Math.max(error, Math.abs(gradient[i]! - central));
    size = Math.max(size, Math.abs(central));
  });
  expect(parameters.length).toBe(createEngine(config).layout.size);
  return error / size;
}

export const small = { inputs: 2, outputs: 2, width: 3, augment: 1, depth: 4, horizon: 1.5 };
export const [x, y] = [draw(1, 10), draw(2, 10)];
