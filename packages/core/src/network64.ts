import { prepare, pullPrepare, pullRestore, restore } from "@stiffnet/preparation";
import { stateWidth } from "./config.ts";
import { discretisationOf } from "./discretisation.ts";
import { ConfigError, ShapeError } from "./errors.ts";
import { activation64 } from "./field64.ts";
import { type Layout, tensor } from "./layout.ts";
import { type Model, requireModel } from "./model.ts";

/** `predict` in float64, by the model's own steps. Float32 engines and exported files are compared with it.
 *  Refuses implicit solvers: `integrate` takes them.
 *  @param inputs row-major [rows, inputs] in physical units
 *  @returns row-major [rows, outputs] */
export function predict64(model: Model, inputs: Float64Array): Float64Array {
  const network = preparedNetwork(model, "predict64");
  const { config, preparation } = model;
  const prepared = prepare(preparation.inputs, inputs);
  const rows = prepared.length / config.inputs;
  const outputs = new Float64Array(rows * config.outputs);
  for (let row = 0; row < rows; row++) {
    const x = prepared.subarray(row * config.inputs, (row + 1) * config.inputs);
    outputs.set(network.at(x), row * config.outputs);
  }
  return restore(preparation.outputs, outputs);
}

/** A model at one row of inputs at a time, with exact derivatives, all in float64 and physical units. */
export interface Pullback64 {
  /** F(x), one row. */
  at(inputs: Float64Array): Float64Array;
  /** J(x)^T c with J = dF/dx, at the row that `at` was given last: the gradient of sum_o c_o F_o. */
  pull(cotangent: Float64Array): Float64Array;
}

/** `predict64` with its derivative by the inputs, carried backwards through every stage of every step.
 *  Refuses implicit solvers. */
export function pullback64(model: Model): Pullback64 {
  const network = preparedNetwork(model, "pullback64");
  const { preparation } = model;
  let physical: Float64Array = new Float64Array();
  let prepared = physical;
  const requireRow = (what: string, { length }: Float64Array, { columns }: { columns: number }): void => {
    if (length === columns) return;
    throw new ShapeError(`pullback64: ${what} has ${length} numbers, expected one row of ${columns}`);
  };
  return {
    at(inputs) {
      requireRow("the input", inputs, preparation.inputs);
      physical = inputs.slice();
      prepared = network.at(prepare(preparation.inputs, inputs));
      return restore(preparation.outputs, prepared);
    },
    pull(cotangent) {
      if (physical.length === 0)
        throw new ConfigError("pullback64: pull is called first, expected at before");
      requireRow("the cotangent", cotangent, preparation.outputs);
      const pulled = network.pull(pullRestore(preparation.outputs, prepared, cotangent));
      return pullPrepare(preparation.inputs, physical, pulled);
    },
  };
}

/** Between prepared inputs and prepared outputs. */
function preparedNetwork(model: Model, who: string): Pullback64 {
  requireModel(who, model);
  const { config, layout, parameters } = model;
  const { method, stages, nodes, nodeOf, terms, phi } = discretisationOf(config);
  if ("share" in method) {
    throw new ConfigError(`${who}: the model's solver is implicit, expected an explicit one`);
  }
  const { inputs, outputs, width, depth, horizon, lift } = config;
  const plain = config.kind === "resnet" && config.skip === false;
  const readsState = config.kind === "neuralOde" && config.readout === "none";
  const n = stateWidth(config);
  const step = horizon / depth;
  const s = activation64(config.activation, n);
  const lifting = activation64("tanh", width);
  const numbers = (slot: Layout["slots"][number]) => Float64Array.from(tensor(parameters, slot));
  const [first] = layout.blocks;
  const share = phi(horizon);
  const weights = atNodes(numbers({ ...first!.weight, size: terms * n * n }), share, nodes);
  const biases = atNodes(numbers({ ...first!.bias, size: terms * n }), share, nodes);
  const [liftWeight, liftBias] = [numbers(layout.lift.weight), numbers(layout.lift.bias)];
  const [readWeight, readBias] = [numbers(layout.readout.weight), numbers(layout.readout.bias)];
  const slopes = new Float64Array(depth * stages * n);
  const liftSlope = new Float64Array(width).fill(1);
  const k = Array.from({ length: stages }, () => new Float64Array(n));
  const [u, ahead] = [new Float64Array(n), new Float64Array(n)];

  return {
    at(x) {
      const h = new Float64Array(n);
      if (lift === "none") h.set(x);
      else h.set(product(liftWeight, x, liftBias));
      if (lift === "tanh") {
        lifting.z.set(h.subarray(0, width));
        lifting.run(width);
        h.set(lifting.value);
        liftSlope.set(lifting.slope);
      }
      for (let m = 0; m < depth; m++) {
        for (let i = 0; i < stages; i++) {
          u.set(h);
          for (let j = 0; j < i; j++) addTo(u, step * (method.a[i]![j] ?? 0), k[j]!);
          const at = m * stages + i;
          const node = nodeOf[at]!;
          product(weights[node]!, u, biases[node]!, s.z);
          s.run(n);
          k[i]!.set(s.value);
          slopes.set(s.slope, at * n);
        }
        if (plain) h.set(k[0]!);
        else for (let i = 0; i < stages; i++) addTo(h, step * method.b[i]!, k[i]!);
      }
      return readsState ? h.slice(0, outputs) : product(readWeight, h, readBias);
    },
    pull(cotangent) {
      const g = new Float64Array(n);
      if (readsState) g.set(cotangent);
      else transposed(readWeight, cotangent, g);
      for (let m = depth - 1; m >= 0; m--) {
        for (let i = 0; i < stages; i++) {
          k[i]!.fill(0);
          addTo(k[i]!, plain ? 1 : step * method.b[i]!, g);
        }
        if (plain) g.fill(0);
        for (let i = stages - 1; i >= 0; i--) {
          const at = m * stages + i;
          const slope = k[i]!;
          for (let r = 0; r < n; r++) slope[r]! *= slopes[at * n + r]!;
          ahead.fill(0);
          transposed(weights[nodeOf[at]!]!, slope, ahead);
          addTo(g, 1, ahead);
          for (let j = 0; j < i; j++) addTo(k[j]!, step * (method.a[i]![j] ?? 0), ahead);
        }
      }
      if (lift === "none") return g.slice(0, inputs);
      const lifted = g.subarray(0, width).map((value, r) => value * liftSlope[r]!);
      return transposed(liftWeight, lifted, new Float64Array(inputs));
    },
  };
}

/** sum_j phi_j Theta_j at every node. */
function atNodes(theta: Float64Array, phi: Float64Array, nodes: number): Float64Array[] {
  const terms = phi.length / nodes;
  const size = theta.length / terms;
  return Array.from({ length: nodes }, (_, node) => {
    const sum = new Float64Array(size);
    for (let j = 0; j < terms; j++) {
      addTo(sum, phi[node * terms + j]!, theta.subarray(j * size, (j + 1) * size));
    }
    return sum;
  });
}

function addTo(sum: Float64Array, factor: number, values: Float64Array): void {
  if (factor === 0) return;
  for (let i = 0; i < sum.length; i++) sum[i]! += factor * values[i]!;
}

/** W x + b, W row-major. Four sums at a time: a processor waits for the last one of a single sum. */
function product(
  weight: Float64Array,
  x: Float64Array,
  bias: Float64Array,
  out: Float64Array = new Float64Array(bias.length),
): Float64Array {
  const columns = x.length;
  for (let r = 0; r < bias.length; r++) {
    let [a, b, c, d] = [bias[r]!, 0, 0, 0];
    let k = 0;
    for (let at = r * columns; k + 3 < columns; k += 4, at += 4) {
      a += weight[at]! * x[k]!;
      b += weight[at + 1]! * x[k + 1]!;
      c += weight[at + 2]! * x[k + 2]!;
      d += weight[at + 3]! * x[k + 3]!;
    }
    for (; k < columns; k++) a += weight[r * columns + k]! * x[k]!;
    out[r] = a + b + (c + d);
  }
  return out;
}

/** Adds W^T y, four rows at a time. */
function transposed(weight: Float64Array, y: Float64Array, out: Float64Array): Float64Array {
  const columns = out.length;
  let r = 0;
  for (; r + 3 < y.length; r += 4) {
    const [a, b, c, d] = [y[r]!, y[r + 1]!, y[r + 2]!, y[r + 3]!];
    const [at, second, third, fourth] = [
      r * columns,
      (r + 1) * columns,
      (r + 2) * columns,
      (r + 3) * columns,
    ];
    for (let k = 0; k < columns; k++) {
      const near = a * weight[at + k]! + b * weight[second + k]!;
      out[k]! += near + (c * weight[third + k]! + d * weight[fourth + k]!);
    }
  }
  for (; r < y.length; r++) for (let k = 0; k < columns; k++) out[k]! += y[r]! * weight[r * columns + k]!;
  return out;
}
