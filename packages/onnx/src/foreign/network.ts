import { type Activation, type Model, type ResNetOptions, resnet, type Slot } from "@stiffnet/core";
import type { Preparation } from "@stiffnet/preparation";
import { OnnxError } from "../errors.ts";
import type { OnnxModel } from "../proto.ts";
import {
  columns,
  composed,
  type Expression,
  type LinearMap,
  linear,
  uniform,
  widthOf,
} from "./expression.ts";
import { readGraph } from "./read-graph.ts";

/** h becomes s(W h + b), or h + share s(W h + b) if `share` is given. */
interface Layer {
  readonly activation: Activation;
  readonly map: LinearMap;
  readonly share?: number;
}

/** Reads the network of a graph that another program wrote.
 *
 *  A multilayer perceptron becomes a network with `skip: false`. Every hidden layer is a block, padded with
 *  zeros to D = max(inputs, widths), and the lift copies the inputs. So J_n = diag(s') W_n has the singular
 *  values of the layer. It has the layer's eigenvalues too if all layers are square.
 *  A residual network h + alpha s(W h + b) becomes one with horizon alpha N. Logistic layers become tanh
 *  layers, sigmoid(z) = (1 + tanh(z / 2)) / 2, which changes no eigenvalue. */
export function foreignModel(decoded: OnnxModel, from: string): Model {
  const graph = readGraph(decoded, from);
  const refuse = (what: string): OnnxError => new OnnxError(`${from}: ${what}`, { code: "unsupported_node" });
  const { preparation: outputs, of: read } = outputPreparation(asTanh(graph.output, new Map()));
  const readout = asLinear(read, graph.inputs);
  const { layers, start } = layersOf(readout.of, graph.inputs, refuse);
  const [first] = layers;
  if (!first) throw refuse("the graph has no hidden layer, expected at least one activation");
  const { activation } = first;
  const other = layers.find((layer) => layer.activation !== activation);
  if (other) throw refuse(`layers of ${activation} and of ${other.activation}, expected one activation`);
  const { config, lift, prepared } =
    first.share === undefined
      ? perceptron(graph.inputs, layers, start, refuse)
      : residual(graph.inputs, layers, start, refuse);
  const options = {
    ...config,
    inputs: graph.inputs,
    outputs: readout.map.rows,
    activation,
    depth: layers.length,
  };
  return fill(options, lift, layers, readout.map, {
    inputs: prepared,
    outputs: outputs ?? { columns: readout.map.rows, steps: [] },
  });
}

/** Functions that depend on the kind of network. */
interface Kind {
  readonly config: Pick<ResNetOptions, "width" | "lift" | "skip" | "horizon">;
  readonly lift: LinearMap;
  readonly prepared: Preparation;
}

function perceptron(
  inputs: number,
  layers: readonly Layer[],
  start: Expression,
  refuse: (what: string) => OnnxError,
): Kind {
  const width = Math.max(inputs, ...layers.map(({ map }) => map.rows));
  const { preparation, fold } = inputPreparation(start, inputs, refuse);
  const config = { width, lift: "identity", skip: false } as const;
  return { config, lift: fold(identityMap(inputs)), prepared: preparation };
}

function residual(
  inputs: number,
  layers: readonly Layer[],
  start: Expression,
  refuse: (what: string) => OnnxError,
): Kind {
  const lifted = start.kind === "activation" && start.name === "tanh" ? start.of : start;
  const { of, map } = asLinear(lifted, inputs);
  const { preparation, fold } = inputPreparation(of, inputs, refuse);
  const alpha = layers[0]!.share!;
  const uneven = layers.find(({ share }) => Math.abs(share! - alpha) > 1e-6 * Math.abs(alpha));
  if (uneven || !(alpha > 0)) {
    throw refuse(
      `blocks add ${alpha} and ${uneven?.share ?? alpha} of their activations, expected one positive share`,
    );
  }
  const lift = lifted === start ? "identity" : "tanh";
  const config = { width: map.rows, lift, horizon: alpha * layers.length } as const;
  return { config, lift: fold(map), prepared: preparation };
}

function fill(
  options: ResNetOptions,
  lift: LinearMap,
  layers: readonly Layer[],
  readout: LinearMap,
  preparation: Model["preparation"],
): Model {
  const model = resnet(options);
  const { layout } = model;
  const parameters = new Float32Array(layout.size);
  const put = (slots: { readonly weight: Slot; readonly bias: Slot }, map: LinearMap): void => {
    const across = slots.weight.shape[1]!;
    for (let i = 0; i < map.rows; i++) {
      parameters[slots.bias.offset + i] = map.bias[i]!;
      for (let j = 0; j < map.columns; j++) {
        parameters[slots.weight.offset + i * across + j] = map.weight[i * map.columns + j]!;
      }
    }
  };
  put(layout.lift, lift);
  layers.forEach(({ map }, n) => {
    put(layout.blocks[n]!, map);
  });
  put(layout.readout, readout);
  return { ...model, parameters, preparation };
}

/** Reads the layers, from the last one back to the first. */
function layersOf(
  end: Expression,
  inputs: number,
  refuse: (what: string) => OnnxError,
): { layers: Layer[]; start: Expression } {
  const layers: Layer[] = [];
  let h = end;
  for (;;) {
    if (h.kind === "sum") {
      const block = blockOf(h.second, h.first) ?? blockOf(h.first, h.second);
      if (!block) throw refuse("a sum of two tensors is not a residual block, expected h + alpha s(W h + b)");
      layers.unshift(block.layer);
      h = block.of;
    } else if (h.kind === "activation" && layers[0]?.share === undefined) {
      const { of, map } = asLinear(h.of, inputs);
      layers.unshift({ activation: known(h.name, refuse), map });
      h = of;
    } else {
      return { layers, start: h };
    }
    if (new Set(layers.map(({ share }) => share === undefined)).size > 1) {
      throw refuse("the graph mixes residual blocks with plain layers behind them, expected one of the two");
    }
  }
}

/** alpha s(W h + b) as a block on h. */
function blockOf(added: Expression, h: Expression): { layer: Layer; of: Expression } | undefined {
  const share = added.kind === "columns" ? uniform(added.scale) : 1;
  const value = added.kind === "columns" ? added.of : added;
  if (added.kind === "columns" && added.shift.some((b) => b !== 0)) return undefined;
  if (
    share === undefined ||
    value.kind !== "activation" ||
    value.name === "sigmoid" ||
    value.name === "erf"
  ) {
    return undefined;
  }
  if (value.of.kind !== "linear" || value.of.of !== h) return undefined;
  return { layer: { activation: value.name, map: value.of.map, share }, of: h };
}

function known(name: string, refuse: (what: string) => OnnxError): Activation {
  if (name === "erf" || name === "sigmoid")
    throw refuse(`${name} by itself is not an activation of stiffnet`);
  return name as Activation;
}

/** Logistic functions as tanh: sigmoid(z) = (1 + tanh(z / 2)) / 2. `made` keeps equal expressions one. */
function asTanh(value: Expression, made: Map<Expression, Expression>): Expression {
  const before = made.get(value);
  if (before) return before;
  const rewritten = ((): Expression => {
    if (value.kind === "input") return value;
    if (value.kind === "sum") {
      return { ...value, first: asTanh(value.first, made), second: asTanh(value.second, made) };
    }
    const of = asTanh(value.of, made);
    if (value.kind === "linear") return linear(of, value.map);
    if (value.kind === "columns") return columns(of, value.scale, value.shift);
    if (value.name !== "sigmoid" || of.kind !== "linear") return { ...value, of };
    const { map } = of;
    const half = { ...map, weight: map.weight.map((w) => w / 2), bias: map.bias.map((b) => b / 2) };
    const halves = new Float64Array(map.rows).fill(0.5);
    return columns({ kind: "activation", name: "tanh", of: { ...of, map: half } }, halves, halves);
  })();
  made.set(value, rewritten);
  return rewritten;
}

/** y = mean + scale * prepared, where a unit stands behind the last map. */
function outputPreparation(output: Expression): { preparation?: Preparation; of: Expression } {
  if (output.kind !== "columns" || output.of.kind !== "linear" || !output.scale.every((s) => s > 0)) {
    return { of: output };
  }
  const step = { kind: "affine" as const, mean: [...output.shift], scale: [...output.scale] };
  return { preparation: { columns: step.mean.length, steps: [step] }, of: output.of };
}

/** Reads prepared = (x - mean) / scale at the start of the graph. `fold` puts the rest into the lift. */
function inputPreparation(
  start: Expression,
  inputs: number,
  refuse: (what: string) => OnnxError,
): { preparation: Preparation; fold: (lift: LinearMap) => LinearMap } {
  if (start.kind === "input") return { preparation: { columns: inputs, steps: [] }, fold: (lift) => lift };
  if (start.kind !== "columns" || start.of.kind !== "input") {
    throw refuse("the first layer takes something else than the scaled input");
  }
  const { scale, shift } = start;
  if (scale.every((s) => s > 0)) {
    const mean = [...shift].map((b, j) => (0 - b) / scale[j]!);
    const step = { kind: "affine" as const, mean, scale: [...scale].map((s) => 1 / s) };
    return { preparation: { columns: inputs, steps: [step] }, fold: (lift) => lift };
  }
  return {
    preparation: { columns: inputs, steps: [] },
    fold: (lift) => ({
      ...lift,
      weight: lift.weight.map((w, k) => w * scale[k % inputs]!),
      bias: lift.bias.map(
        (b, i) => b + shift.reduce((sum, c, j) => sum + lift.weight[i * inputs + j]! * c, 0),
      ),
    }),
  };
}

/** Any expression as a map of another one: the identity where it is none. */
function asLinear(value: Expression, inputs: number): { of: Expression; map: LinearMap } {
  if (value.kind === "linear") {
    if (value.of.kind !== "linear") return value;
    return asLinear({ ...value, of: value.of.of, map: composed(value.map, value.of.map) }, inputs);
  }
  const width = widthOf(value, inputs);
  if (value.kind !== "columns" || value.of.kind === "input") return { of: value, map: identityMap(width) };
  const map = linear(value, identityMap(width));
  return map.kind === "linear" ? map : { of: value, map: identityMap(width) };
}

function identityMap(size: number): LinearMap {
  const weight = new Float64Array(size * size);
  for (let i = 0; i < size; i++) weight[i * (size + 1)] = 1;
  return { rows: size, columns: size, weight, bias: new Float64Array(size) };
}
