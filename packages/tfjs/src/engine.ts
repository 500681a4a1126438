import {
  ConfigError,
  type EngineOptions,
  type EngineState,
  engineChecks,
  guarded,
  type Layout,
  type Loss,
  layoutOf,
  type ModelConfig,
  type Penalty,
  type Rows,
  requireOptions,
  type TrainingEngine,
} from "@stiffnet/core";
import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { type AdamState, adamStep } from "./adam.ts";
import { batchLoss, type Penalised } from "./batch-loss.ts";
import { type TensorNetwork, tensorNetwork } from "./network.ts";
import type { PenaltyOperation, PenaltySpace } from "./penalties/operation.ts";
import { isTensorPenalty, tensorOperation } from "./penalties/tensor-penalty.ts";
import { wasmOperation } from "./penalties/wasm-penalty.ts";
import {
  type StartedTensorFlow,
  startTensorFlow,
  type TensorFlow,
  type TensorFlowOptions,
  tensorFlowChecks,
} from "./tensorflow.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

/** Rows in one forward pass, so that memory does not grow with the table. */
const forwardRows = 256;

export interface TfjsTable extends Rows {
  /** [count, inputs] */
  readonly inputs: Tensor2D;
  /** [count, outputs] */
  readonly outputs?: Tensor2D;
}

/** Computes on one network with TensorFlow.js: the tensors of tables and parameters stay until `dispose`. */
export interface TfjsEngine extends TrainingEngine {
  readonly layout: Layout;
  /** The running TensorFlow.js. */
  readonly tensorFlow: StartedTensorFlow;
  table(inputs: ArrayLike<number>, outputs?: ArrayLike<number>): TfjsTable;
  lossAndGradient(table: TfjsTable, order: Uint32Array, from: number, to: number, horizon?: number): Loss;
  forward(table: TfjsTable, visit: Parameters<TrainingEngine["forward"]>[1]): void;
  dispose(): void;
}

/** An engine for `train` on TensorFlow.js, on the first backend that starts (`startTensorFlow`). It expresses
 *  the model in tensor operations, which TensorFlow.js differentiates. Loss, Adam and order of samples are
 *  those of the kernels' engine. It takes every penalty: tensor code (`tensorPenalty`) and those of the
 *  kernels' engine. Both agree to float32 rounding. The last bits depend on backend and version. Neural ODEs
 *  with implicit solvers are refused with a `ConfigError`. */
export function tfjsEngine(
  options: TensorFlowOptions = {},
): (config: ModelConfig, engine?: EngineOptions) => Promise<TfjsEngine> {
  requireOptions("tfjs", options, tensorFlowChecks);
  return async (config, engine = {}) => {
    requireOptions("tfjs", engine, engineChecks);
    const { batchSize = 64, penalty, rows = 0, threads } = engine;
    if (threads !== undefined) {
      throw new ConfigError(
        `tfjs: threads is ${threads} in the training, expected it in tfjsEngine({ threads })`,
      );
    }
    const layout = layoutOf(config);
    const network = tensorNetwork(config, layout);
    const started = await startTensorFlow(options);
    const space = { config, layout, capacity: batchSize, rows };
    const operation = penalty && operationOf(started.tf, penalty, space);
    return engineOn(started, network, { operation, weight: penalty?.weight ?? 0 });
  };
}

function operationOf(tf: TensorFlow, penalty: Penalty, space: PenaltySpace): PenaltyOperation {
  return isTensorPenalty(penalty) ? tensorOperation(tf, penalty, space) : wasmOperation(tf, penalty, space);
}

function engineOn(started: StartedTensorFlow, network: TensorNetwork, penalised: Penalised): TfjsEngine {
  const { tf } = started;
  const { config, layout } = network;
  const workspace = createWorkspace(started);
  const { run, hold, release, valuesOf } = workspace;
  const flat = (values?: Float32Array): Tensor1D => workspace.flat(layout.size, values);
  const sizes = layout.slots.map((slot) => slot.size);
  let state: AdamState = run(() => ({ parameters: flat(), first: flat(), second: flat() }));
  let gradient: Tensor1D = run(() => flat());
  /** dL/d(parameters) = scale * gradient */
  let scale = 0;
  const replace = (next: AdamState): void => {
    release(state.parameters, state.first, state.second);
    state = { parameters: hold(next.parameters), first: hold(next.first), second: hold(next.second) };
  };
  const slots = (): Tensor[] =>
    tf.split(state.parameters, sizes).map((part, s) => tf.reshape(part, [...layout.slots[s]!.shape]));

  const engine: TfjsEngine = {
    name: `tfjs (${started.backend} backend)`,
    config,
    layout,
    tensorFlow: started,
    penalty: penalised.operation?.kept,

    read: () =>
      run(() => ({
        parameters: valuesOf(state.parameters).slice(),
        first: valuesOf(state.first).slice(),
        second: valuesOf(state.second).slice(),
      })),

    write(given: Pick<EngineState, "parameters"> & Partial<EngineState>) {
      run(() =>
        replace({
          parameters: flat(given.parameters),
          first: flat(given.first),
          second: flat(given.second),
        }),
      );
    },

    table: (inputs, outputs) => tableOf(tf, workspace, config, inputs, outputs),

    lossAndGradient(table, order, from, to, horizon) {
      const indices = order.slice(from, to);
      return run(() => {
        const rows = tf.tensor1d(Int32Array.from(indices), "int32");
        const [x, y] = [tf.gather(table.inputs, rows), tf.gather(table.outputs!, rows)];
        const values = () => valuesOf(state.parameters);
        const found = batchLoss(tf, network, slots(), values, { x, y, indices, horizon }, penalised);
        release(gradient);
        gradient = hold(found.gradient);
        scale = found.scale;
        return found.loss;
      });
    },

    gradient: () => run(() => valuesOf(tf.mul(gradient, scale)).slice()),

    step: (time, options) => run(() => replace(adamStep(tf, state, tf.mul(gradient, scale), time, options))),

    forward: (table, visit) => forward(tf, workspace, network, slots, table, visit),

    norm: () =>
      run(() => {
        const norms = slots().map((part) => tf.sqrt(tf.sum(tf.square(part))));
        return valuesOf(tf.mean(tf.stack(norms)))[0]!;
      }),

    dispose: workspace.dispose,
  };
  return guarded(engine, layout.size, "tfjs");
}

function tableOf(
  tf: TensorFlow,
  { run, hold }: Workspace,
  config: ModelConfig,
  inputs: ArrayLike<number>,
  outputs?: ArrayLike<number>,
): TfjsTable {
  const count = inputs.length / config.inputs;
  const rowsOf = (values: ArrayLike<number>, columns: number): Tensor2D =>
    hold(tf.tensor2d(Float32Array.from(values), [count, columns]));
  return run(() => ({
    count,
    inputs: rowsOf(inputs, config.inputs),
    ...(outputs && { outputs: rowsOf(outputs, config.outputs) }),
  }));
}

function forward(
  tf: TensorFlow,
  { run, valuesOf }: Workspace,
  { config, pass }: TensorNetwork,
  slots: () => Tensor[],
  table: TfjsTable,
  visit: Parameters<TrainingEngine["forward"]>[1],
): void {
  for (let from = 0; from < table.count; from += forwardRows) {
    const batch = Math.min(forwardRows, table.count - from);
    const part = (rows: Tensor2D, columns: number) => tf.slice(rows, [from, 0], [batch, columns]);
    const chunk = run(() => {
      const { predictions } = pass(tf, slots(), part(table.inputs, config.inputs));
      const squares = table.outputs
        ? valuesOf(tf.sum(tf.square(tf.sub(predictions, part(table.outputs, config.outputs)))))[0]!
        : Number.NaN;
      return { predictions: valuesOf(tf.transpose(predictions)), squares };
    });
    visit({ first: from, batch, stride: batch, ...chunk });
  }
}
