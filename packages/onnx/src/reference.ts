import { type Activation, type Model, tensor } from "@stiffnet/core";
import { affineOf } from "./affine.ts";

/** The model in float64, from physical inputs to physical outputs: what an export is held against.
 *  rows: [count, inputs] row-major; returns [count, outputs]. */
export function evaluateModel(model: Model, rows: Float64Array): Float64Array {
  const { config, layout, parameters } = model;
  const { inputs, outputs, depth, horizon } = config;
  const count = rows.length / inputs;
  const read = affineOf(model.preparation.inputs);
  const write = affineOf(model.preparation.outputs);
  const alpha = horizon / depth;
  const s = activationOf[config.activation];
  const result = new Float64Array(count * outputs);
  for (let i = 0; i < count; i++) {
    const x = rows.subarray(i * inputs, (i + 1) * inputs);
    const prepared = x.map((value, j) => (value - read.mean[j]!) / read.scale[j]!);
    let h = linear(parameters, layout.lift, prepared);
    if (config.lift === "tanh") h = h.map(Math.tanh);
    for (const block of layout.blocks) {
      const z = linear(parameters, block, h);
      h = h.map((value, k) => value + alpha * s(z[k]!));
    }
    const y = linear(parameters, layout.readout, h);
    for (let j = 0; j < outputs; j++) result[i * outputs + j] = write.mean[j]! + write.scale[j]! * y[j]!;
  }
  return result;
}

/** relu keeps NaN, as the engines do; softplus is written so that it neither overflows nor loses small values. */
const activationOf: Record<Activation, (z: number) => number> = {
  tanh: Math.tanh,
  relu: (z) => Math.max(z, 0),
  softplus: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
  sin: Math.sin,
  identity: (z) => z,
};

function linear(parameters: Float32Array, slots: Model["layout"]["lift"], x: Float64Array): Float64Array {
  const weight = tensor(parameters, slots.weight);
  return Float64Array.from(tensor(parameters, slots.bias), (bias, row) => {
    let sum = bias;
    for (let k = 0; k < x.length; k++) sum += weight[row * x.length + k]! * x[k]!;
    return sum;
  });
}
