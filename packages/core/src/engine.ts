import { largestChunk } from "@stiffnet/base";
import { type Block, createKernels, type Kernels } from "@stiffnet/kernels";
import { type ModelConfig, stateWidth } from "./config.ts";
import { discretisationOf } from "./discretisation.ts";
import { ShapeError } from "./errors.ts";
import { createExpansion, expandedSize } from "./expansion.ts";
import type { JacobianBatch } from "./jacobians.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { createPassing } from "./passage.ts";
import type { PenaltyEvaluator } from "./penalty.ts";
import { createPenaltyPass } from "./penalty-pass.ts";
import { power } from "./power.ts";
import type { EngineOptions, Loss, PredictionChunk, Rows, TrainingEngine } from "./training-engine.ts";

/** Rows as the network sees them, in the engine's memory. */
export interface Table extends Rows {
  readonly inputs: Block;
  /** Absent where there is nothing to compare with. */
  readonly outputs?: Block;
}

/** Computes on one network in WebAssembly: loss, exact gradient and Adam of a batch, without allocating. */
export interface Engine extends TrainingEngine {
  readonly name: "wasm";
  readonly layout: Layout;
  readonly kernels: Kernels;
  /** The parameters, in the engine's memory: write to them to set them. */
  readonly parameters: Float32Array;
  readonly penalty: PenaltyEvaluator | undefined;
  table(inputs: ArrayLike<number>, outputs?: ArrayLike<number>): Table;
  lossAndGradient(table: Table, order: Block<Uint32Array>, from: number, to: number, horizon?: number): Loss;
  forward(table: Table, visit: (chunk: ForwardChunk) => void): void;
  order(length: number): Block<Uint32Array>;
}

/** One chunk of a forward pass; the arrays are valid during the visit. */
export interface ForwardChunk extends PredictionChunk {
  readonly jacobians: JacobianBatch;
  /** h_0..h_N: [N + 1, D, stride]. */
  readonly states: Float32Array;
  /** Samples that an implicit solver gave up: their predictions are NaN. */
  readonly unsolved: number;
}

/** The engine that `train` uses unless told otherwise. */
export function createEngine(config: ModelConfig, options: EngineOptions = {}): Engine {
  const layout = layoutOf(config);
  const kernels = createKernels();
  const { call, arena } = kernels;
  const capacity = Math.min(options.batchSize ?? largestChunk, largestChunk);
  const size = layout.size;
  const { penalty } = options;
  const discretisation = discretisationOf(config);
  const passing = createPassing(kernels, config, discretisation, {
    size: expandedSize(config, discretisation),
    capacity,
    penalty: penalty !== undefined,
  });
  const { network } = passing;
  const expansion = createExpansion(kernels, config, layout, discretisation, network);
  const { plain } = discretisation;
  const first = arena.float32(size);
  const second = arena.float32(size);
  const chunkGradient = arena.float32(network.gradient.length);
  const width = stateWidth(config);
  const squareSize = config.depth * width * width;
  /** dL/d(parameters) = scale * gradient: the root's factor is known only when all chunks are done. */
  let scale = 0;

  const jacobians = (): JacobianBatch => ({
    depth: config.depth,
    width,
    batch: network.batch,
    stride: network.stride,
    weights: network.parameters.array.subarray(expansion.weights, expansion.weights + squareSize),
    slopes: network.slopes.array.subarray(0, config.depth * width * network.stride),
  });

  const pass =
    penalty &&
    createPenaltyPass(
      penalty,
      { kernels, config, layout, network, expansion, plain, jacobians },
      options.rows ?? 0,
    );
  const result = { loss: 0, squares: 0, penaltySum: 0, penaltySquares: 0, count: 0, unsolved: 0 };

  const start = (horizon: number, slopes: boolean): void => {
    passing.setHorizon(horizon);
    passing.setSlopes(slopes);
    expansion.setHorizon(horizon);
    expansion.expand();
  };
  const addTo = (sum: Block, term: Block): void =>
    call.addScaled({ y: sum, x: term, a: 1, size: term.length });
  const gather = ({ inputs, outputs }: Table, indices: Block<Uint32Array>): void =>
    call.gather({ network: network.struct, inputs, outputs, indices });
  const identityOrder = arena.uint32(network.capacity);

  return {
    name: "wasm",
    config,
    layout,
    kernels,
    get parameters() {
      return expansion.parameters.array;
    },
    penalty: pass?.evaluator,

    read: () => ({
      parameters: expansion.parameters.array.slice(),
      first: first.array.slice(),
      second: second.array.slice(),
    }),

    write(state) {
      expansion.parameters.array.set(state.parameters);
      for (const [moment, values] of [
        [first, state.first],
        [second, state.second],
      ] as const) {
        if (values) moment.array.set(values);
        else moment.array.fill(0);
      }
    },

    table(inputs, outputs) {
      return tableIn(arena, config, inputs, outputs);
    },

    order: (length) => arena.uint32(length),

    lossAndGradient(table, order, from, to, horizon = config.horizon) {
      result.squares = result.penaltySum = result.penaltySquares = result.unsolved = 0;
      result.count = to - from;
      start(horizon, pass !== undefined);
      pass?.begin();
      for (let at = from; at < to; at += capacity) {
        network.setBatch(Math.min(capacity, to - at));
        gather(table, order.at(at));
        passing.forward();
        result.unsolved += passing.unsolved;
        result.squares += call.residual(network.struct);
        pass?.evaluate(order.array, at, result);
        const target = at === from ? network.gradient : chunkGradient;
        network.setGradient(target);
        passing.backward();
        if (target === chunkGradient) addTo(network.gradient, target);
        pass?.addToNetwork();
      }
      expansion.contract();
      pass?.addToParameters();
      const total = result.squares + (penalty?.weight ?? 0) * result.penaltySquares;
      result.loss = Math.sqrt(total / result.count);
      // The root has no derivative at 0, where nothing is left to learn: 0 is used.
      scale = result.loss === 0 ? 0 : 1 / (result.count * result.loss);
      return result;
    },

    gradient() {
      return expansion.gradient.array.map((g) => scale * g);
    },

    step(time, { rate, beta1, beta2, epsilon }) {
      call.adam({
        parameters: expansion.parameters,
        first,
        second,
        gradient: expansion.gradient,
        size,
        scale,
        step: rate / (1 - power(beta1, time)),
        root: 1 / Math.sqrt(1 - power(beta2, time)),
        beta1,
        beta2,
        epsilon,
      });
    },

    forward(table, visit) {
      start(config.horizon, true);
      for (let at = 0; at < table.count; at += capacity) {
        const batch = Math.min(capacity, table.count - at);
        network.setBatch(batch);
        const rows = identityOrder.array;
        for (let i = 0; i < batch; i++) rows[i] = at + i;
        gather(table, identityOrder);
        passing.forward();
        const { unsolved } = passing;
        const predictions = network.predictions.array.slice(0, config.outputs * network.stride);
        const squares = table.outputs ? call.residual(network.struct) : Number.NaN;
        const states = network.states.array.subarray(0, (config.depth + 1) * width * network.stride);
        const { stride } = network;
        visit({ first: at, batch, stride, predictions, squares, jacobians: jacobians(), states, unsolved });
      }
    },

    norm() {
      const { slots } = layout;
      const { parameters } = expansion;
      let sum = 0;
      for (const slot of slots) sum += Math.sqrt(call.sumSquares(parameters.at(slot.offset), slot.size));
      return sum / slots.length;
    },
  };
}

function tableIn(
  arena: Kernels["arena"],
  config: ModelConfig,
  inputs: ArrayLike<number>,
  outputs: ArrayLike<number> | undefined,
): Table {
  const count = inputs.length / config.inputs;
  if (!Number.isInteger(count)) {
    throw new ShapeError(`engine: ${inputs.length} input values are not rows of ${config.inputs} inputs`);
  }
  if (outputs && outputs.length !== count * config.outputs) {
    throw new ShapeError(
      `engine: ${outputs.length} output values, expected ${count} rows of ${config.outputs} outputs`,
    );
  }
  const x = arena.float32(inputs.length);
  x.array.set(inputs);
  if (!outputs) return { count, inputs: x };
  const y = arena.float32(outputs.length);
  y.array.set(outputs);
  return { count, inputs: x, outputs: y };
}
