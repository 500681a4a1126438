import { type Block, createKernels, type Kernels } from "@stiffnet/kernels";
import { type ModelConfig, stateWidth } from "./config.ts";
import { discretisationOf } from "./discretisation.ts";
import { ShapeError } from "./errors.ts";
import { createExpansion, expandedSize } from "./expansion.ts";
import type { JacobianBatch } from "./jacobians.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { createPassing } from "./passage.ts";
import type { PenaltyChunk, PenaltyEvaluator, PenaltyGradient } from "./penalty.ts";
import { power } from "./power.ts";
import type { EngineOptions, Loss, PredictionChunk, Rows, TrainingEngine } from "./training-engine.ts";

/** Samples that the network is evaluated on at once. A batch is a sequence of chunks, so memory does not grow with
 *  it, and a chunk's activations stay in the caches. */
const largestChunk = 64;

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
  const penaltyGradient = arena.float32(penalty ? size : 0);
  const penaltyValues = new Float32Array(network.capacity);
  const cotangent = new Float32Array(network.capacity);
  const evaluator = penalty?.bind({
    config,
    layout,
    kernels,
    capacity: network.capacity,
    rows: options.rows ?? 0,
  });
  const width = stateWidth(config);
  const squareSize = config.depth * width * width;
  const ownWeightGradient = arena.float32(penalty && !plain ? squareSize : 0);
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

  const result = { loss: 0, squares: 0, penaltySum: 0, penaltySquares: 0, count: 0, unsolved: 0 };

  /** The penalty's view of the current chunk, made once a batch size (and again when the memory has moved). */
  type OwnChunk = PenaltyChunk & { gradient: PenaltyGradient };
  const chunks = new Map<number, OwnChunk>();
  const penaltyChunk = (): OwnChunk => {
    const known = chunks.get(network.batch);
    if (known && known.parameters.buffer === network.parameters.array.buffer) return known;
    const views = jacobians();
    const made = {
      parameters: expansion.parameters.array,
      jacobians: views,
      indices: new Uint32Array(network.batch),
      gradient: {
        parameters: penaltyGradient.array,
        slopes: network.gradSlopes.array.subarray(0, views.slopes.length),
        weights: plain
          ? penaltyGradient.array.subarray(expansion.weights, expansion.weights + squareSize)
          : ownWeightGradient.array,
      },
    };
    chunks.set(network.batch, made);
    return made;
  };

  /** Sums p_i and p_i^2 over the chunk and puts the gradient of weight / 2 p_i^2 where it is added. */
  const penalise = (order: Uint32Array, from: number): void => {
    if (!penalty || !evaluator) return;
    const chunk = penaltyChunk();
    for (let i = 0; i < network.batch; i++) chunk.indices[i] = order[from + i]!;
    evaluator.evaluate(chunk, penaltyValues);
    for (let i = 0; i < network.batch; i++) {
      const p = penaltyValues[i]!;
      result.penaltySum += p;
      result.penaltySquares += p * p;
      cotangent[i] = penalty.weight * p;
    }
    const { gradient } = chunk;
    gradient.slopes.fill(0);
    gradient.weights.fill(0);
    if (plain) gradient.parameters.fill(0);
    evaluator.pullback(chunk, cotangent, gradient);
  };

  const start = (horizon: number, slopes: boolean): void => {
    passing.setHorizon(horizon);
    passing.setSlopes(slopes);
    expansion.setHorizon(horizon);
    expansion.expand();
  };
  /** sum[at...] += term */
  const add = (sum: Block, at: number, term: Block): void =>
    call.addScaled({ y: sum.at(at), x: term, a: 1, size: term.length });

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
    penalty: evaluator,

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
    },

    order: (length) => arena.uint32(length),

    lossAndGradient(table, order, from, to, horizon = config.horizon) {
      result.squares = result.penaltySum = result.penaltySquares = result.unsolved = 0;
      result.count = to - from;
      start(horizon, evaluator !== undefined);
      if (!plain) penaltyGradient.array.fill(0);
      for (let at = from; at < to; at += capacity) {
        network.setBatch(Math.min(capacity, to - at));
        gather(table, order.at(at));
        passing.forward();
        result.unsolved += passing.unsolved;
        result.squares += call.residual(network.struct);
        penalise(order.array, at);
        const target = at === from ? network.gradient : chunkGradient;
        network.setGradient(target);
        passing.backward();
        if (target === chunkGradient) add(network.gradient, 0, target);
        if (!evaluator) continue;
        if (plain) add(network.gradient, 0, penaltyGradient);
        else add(network.gradient, expansion.weights, ownWeightGradient);
      }
      expansion.contract();
      if (evaluator && !plain) add(expansion.gradient, 0, penaltyGradient);
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
