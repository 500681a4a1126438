import { type Activation, type Model, predict, tensor } from "@stiffnet/core";
import { identity, prepare, restore } from "@stiffnet/preparation";

/** The model in float64, from physical inputs to physical outputs: what a float64 export is held against.
 *  rows: [count, columns] row-major; returns [count, columns of the outputs]. */
export function evaluateModel(model: Model, rows: Float64Array): Float64Array {
  const { config, layout, parameters } = model;
  const { inputs, outputs, depth, horizon } = config;
  const prepared = prepare(model.preparation.inputs, rows);
  const count = prepared.length / inputs;
  const alpha = horizon / depth;
  const s = activationOf[config.activation];
  const result = new Float64Array(count * outputs);
  for (let i = 0; i < count; i++) {
    let h = linear(parameters, layout.lift, prepared.subarray(i * inputs, (i + 1) * inputs));
    if (config.lift === "tanh") h = h.map(Math.tanh);
    for (const block of layout.blocks) {
      const z = linear(parameters, block, h);
      h = h.map((value, k) => value + alpha * s(z[k]!));
    }
    result.set(linear(parameters, layout.readout, h), i * outputs);
  }
  return restore(model.preparation.outputs, result);
}

/** The same on the engine that trains, in float32. */
export function predictModel(model: Model, rows: Float64Array): Float64Array {
  const { config, preparation } = model;
  const bare = {
    ...model,
    preparation: { inputs: identity(config.inputs), outputs: identity(config.outputs) },
  };
  return restore(preparation.outputs, predict(bare, prepare(preparation.inputs, rows)));
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
