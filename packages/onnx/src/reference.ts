import {
  type Activation,
  discretisationOf,
  type Layout,
  type Model,
  predict,
  stateWidth,
  tensor,
} from "@stiffnet/core";
import { identity, prepare, restore } from "@stiffnet/preparation";
import { readsState } from "./network.ts";

/** The model in float64, from physical inputs to physical outputs: what a float64 export is held against.
 *  rows: [count, columns] row-major; returns [count, columns of the outputs]. */
export function evaluateModel(model: Model, rows: Float64Array): Float64Array {
  const { config, layout, parameters } = model;
  const { inputs, outputs, depth, horizon } = config;
  const { method, stages, nodeOf } = discretisationOf(config);
  if ("share" in method) throw new RangeError("evaluateModel: the solver is implicit");
  const prepared = prepare(model.preparation.inputs, rows);
  const count = prepared.length / inputs;
  const alpha = horizon / depth;
  const s = activationOf[config.activation];
  const weights = expanded(model);
  const lift = linearOf(parameters, layout.lift);
  const readout = linearOf(parameters, layout.readout);
  const result = new Float64Array(count * outputs);
  for (let i = 0; i < count; i++) {
    const x = prepared.subarray(i * inputs, (i + 1) * inputs);
    const lifted = config.lift === "none" ? x : apply(lift, x);
    let h: Float64Array = new Float64Array(stateWidth(config));
    h.set(config.lift === "tanh" ? lifted.map(Math.tanh) : lifted);
    for (let n = 0; n < depth; n++) {
      const k: Float64Array[] = [];
      const along = (c: readonly number[]) =>
        h.map((value, r) => value + alpha * k.reduce((sum, stage, j) => sum + c[j]! * stage[r]!, 0));
      for (let stage = 0; stage < stages; stage++) {
        k.push(apply(weights[nodeOf[n * stages + stage]!]!, along(method.a[stage]!)).map(s));
      }
      h = config.kind === "resnet" && config.skip === false ? k[0]! : along(method.b);
    }
    result.set(readsState(config) ? h.subarray(0, outputs) : apply(readout, h), i * outputs);
  }
  return restore(model.preparation.outputs, result);
}

/** W and b at every node: sums over the basis. */
function expanded({ config, layout, parameters }: Model): Linear[] {
  const { nodes, terms, phi } = discretisationOf(config);
  const values = phi(config.horizon);
  const blocks = layout.blocks.map((slots) => linearOf(parameters, slots));
  const sum = (node: number, kind: keyof Linear): Float64Array =>
    blocks[0]![kind].map((_, i) =>
      blocks.reduce((total, block, j) => total + values[node * terms + j]! * block[kind][i]!, 0),
    );
  return Array.from({ length: nodes }, (_, node) => ({
    weight: sum(node, "weight"),
    bias: sum(node, "bias"),
  }));
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

interface Linear {
  readonly weight: Float64Array;
  readonly bias: Float64Array;
}

const linearOf = (parameters: Float32Array, slots: Layout["lift"]): Linear => ({
  weight: Float64Array.from(tensor(parameters, slots.weight)),
  bias: Float64Array.from(tensor(parameters, slots.bias)),
});

function apply({ weight, bias }: Linear, x: Float64Array): Float64Array {
  return bias.map((sum, row) => {
    for (let k = 0; k < x.length; k++) sum += weight[row * x.length + k]! * x[k]!;
    return sum;
  });
}
