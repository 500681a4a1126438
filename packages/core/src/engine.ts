import { type Checks, largestChunk, whole } from "@stiffnet/base";
import { type Block, createKernels, type Kernels } from "@stiffnet/kernels";
import { unchecked } from "@stiffnet/kernels/unchecked";
import { createAdam } from "./adam.ts";
import { createBatchLoss } from "./batch-loss.ts";
import { type ModelConfig, requireConfig } from "./config.ts";
import { requireOptions } from "./errors.ts";
import { guarded } from "./guarded-engine.ts";
import type { JacobianBatch } from "./jacobians.ts";
import type { Layout } from "./layout.ts";
import { type LoadedNetwork, loadNetwork } from "./loaded-network.ts";
import { type PenaltyEvaluator, penaltyCheck } from "./penalty.ts";
import { createPenaltyPass } from "./penalty-pass.ts";
import { type Table, tableIn } from "./table.ts";
import {
  type EngineOptions,
  engineName,
  type Loss,
  type PredictionChunk,
  type TrainingEngine,
  threadsCheck,
} from "./training-engine.ts";

/** Computes on one network, in WebAssembly or natively with the same bits: loss, exact gradient and Adam of a
 *  batch, without allocating. */
export interface Engine extends TrainingEngine {
  readonly layout: Layout;
  readonly kernels: Kernels;
  readonly penalty: PenaltyEvaluator | undefined;
  table(inputs: ArrayLike<number>, outputs?: ArrayLike<number>): Table;
  lossAndGradient(table: Table, order: Uint32Array, from: number, to: number, horizon?: number): Loss;
  forward(table: Table, visit: (chunk: ForwardChunk) => void): void;
}

/** Which kernels compute here: "kernels: native", "kernels: wasm". */
export function kernelsName(): string {
  return engineName({ name: "kernels", kernels: createKernels() });
}

/** One chunk of a forward pass; the arrays are valid during the visit. */
export interface ForwardChunk extends PredictionChunk {
  readonly jacobians: JacobianBatch;
  /** h_0..h_N: [N + 1, D, stride]. */
  readonly states: Float32Array;
  /** Samples that an implicit solver gave up: their predictions are NaN. */
  readonly unsolved: number;
}

export const engineChecks: Checks<EngineOptions> = {
  batchSize: whole(1),
  penalty: penaltyCheck,
  rows: whole(0),
  threads: threadsCheck,
};

/** The engine that `train` uses unless told otherwise. */
export function createEngine(config: ModelConfig, options: EngineOptions = {}): Engine {
  requireOptions("createEngine", options, engineChecks);
  requireConfig("createEngine", config);
  const { penalty, batchSize = largestChunk, rows = 0, threads } = options;
  const loaded = loadNetwork(config, { batchSize, penalty: penalty !== undefined, threads });
  const { layout, kernels, network, expansion } = loaded;
  const { arena, call } = unchecked(kernels);
  const adam = createAdam(kernels, expansion.parameters, expansion.gradient);
  const pass = penalty && createPenaltyPass(penalty, loaded, rows);
  const batchLoss = createBatchLoss(loaded, pass);
  const identityOrder = arena.uint32(network.capacity);
  const engine: Engine = {
    name: "kernels",
    config,
    layout,
    kernels,
    penalty: pass?.evaluator,
    read: () => ({ parameters: expansion.parameters.array.slice(), ...adam.read() }),
    write(state) {
      expansion.parameters.array.set(state.parameters);
      adam.write(state);
    },
    table: (inputs, outputs) => tableIn(arena, config, inputs, outputs),
    lossAndGradient: (table, order, from, to, horizon = config.horizon) =>
      batchLoss.run(table, order, from, to, horizon),
    gradient: () => expansion.gradient.array.map((g) => batchLoss.scale * g),
    step: (time, settings) => adam.step(time, batchLoss.scale, settings),
    forward: (table, visit) => forwardPass(loaded, table, identityOrder, visit),
    norm() {
      let sum = 0;
      for (const { offset, size } of layout.slots) {
        sum += Math.sqrt(call.sumSquares(expansion.parameters.at(offset), size));
      }
      return sum / layout.slots.length;
    },
  };
  return guarded(engine, layout.size);
}

/** Visits the whole table in chunks; `rows` is scratch for the numbers of one chunk's rows. */
function forwardPass(
  loaded: LoadedNetwork,
  table: Table,
  rows: Block<Uint32Array>,
  visit: (chunk: ForwardChunk) => void,
): void {
  const { config, network, solver, capacity, kernels } = loaded;
  loaded.begin(config.horizon, true);
  // Residuals take the place of the kernels' own.
  const answers = new Float32Array(network.predictions.length);
  for (let at = 0; at < table.count; at += capacity) {
    const batch = Math.min(capacity, table.count - at);
    const numbers = rows.array;
    for (let i = 0; i < batch; i++) numbers[i] = at + i;
    loaded.load(table, rows, batch);
    solver.forward();
    const { unsolved } = solver;
    const { stride } = network;
    const predictions = answers.subarray(0, config.outputs * stride);
    predictions.set(network.predictions.array.subarray(0, predictions.length));
    const squares = table.outputs ? unchecked(kernels).call.residual(network.struct) : Number.NaN;
    const jacobians = loaded.jacobians();
    const states = network.states.array.subarray(0, (config.depth + 1) * jacobians.width * stride);
    visit({ first: at, batch, stride, predictions, squares, jacobians, states, unsolved });
  }
}
