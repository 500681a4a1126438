import { layoutOf, type ResNetConfig, type Slot } from "@stiffnet/core";
import { curves } from "../../kernels/test/reference/curves.ts";
import { jacobian64, type Value } from "./float64.ts";

export type Aggregate = "mean" | "sum" | "max";

const aggregates: Record<Aggregate, (values: number[]) => number> = {
  sum: (values) => values.reduce((a, b) => a + b, 0),
  mean: (values) => values.reduce((a, b) => a + b, 0) / values.length,
  max: (values) => Math.max(...values),
};

/** L = sqrt( 1/|S| sum_i ( |F(x_i) - y_i|^2 + weight p_i^2 ) ) in float64, from the formulas. */
export function loss64(
  config: ResNetConfig,
  parameters: ArrayLike<number>,
  samples: { x: ArrayLike<number>; y: ArrayLike<number> },
  penalty: { value: Value; weight: number; aggregate: Aggregate },
): number {
  const { inputs, outputs, depth } = config;
  const layout = layoutOf(config);
  const { value, slope } = curves[config.activation];
  const affine = ({ weight, bias }: { weight: Slot; bias: Slot }, h: number[]): number[] =>
    Array.from({ length: weight.shape[0]! }, (_, r) =>
      h.reduce(
        (sum, v, c) => sum + parameters[weight.offset + r * h.length + c]! * v,
        parameters[bias.offset + r]!,
      ),
    );
  const all = Float64Array.from(parameters);
  const count = samples.x.length / inputs;
  let total = 0;
  for (let i = 0; i < count; i++) {
    let h = affine(
      layout.lift,
      Array.from({ length: inputs }, (_, k) => samples.x[i * inputs + k]!),
    );
    if (config.lift === "tanh") h = h.map(Math.tanh);
    const values = layout.blocks.map((block) => {
      const z = affine(block, h);
      const weights = all.subarray(block.weight.offset, block.weight.offset + block.weight.size);
      h = h.map((v, d) => v + (config.horizon / depth) * value(z[d]!));
      return penalty.value(jacobian64(weights, z.map(slope)));
    });
    affine(layout.readout, h).forEach((f, o) => {
      total += (f - samples.y[i * outputs + o]!) ** 2;
    });
    total += penalty.weight * aggregates[penalty.aggregate](values) ** 2;
  }
  return Math.sqrt(total / count);
}
