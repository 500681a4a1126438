import {
  type EngineOptions,
  type EngineState,
  type Layout,
  type Loss,
  layoutOf,
  type ModelConfig,
  type Rows,
  ShapeError,
  type TrainingEngine,
} from "@stiffnet/core";
import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import type { BoundPenalty } from "./bound-penalty.ts";
import { bindKernelPenalty } from "./kernel-penalty.ts";
import { requireResidual, tensorPass } from "./network.ts";
import { bindTensorPenalty, isTensorPenalty } from "./tensor-penalty.ts";
import { type StartedTensorFlow, startTensorFlow, type TensorFlowOptions } from "./tensorflow.ts";

/** Rows of a forward pass at once: what lies in memory does not grow with the table. */
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
  /** What it runs on. */
  readonly tensorFlow: StartedTensorFlow;
  table(inputs: ArrayLike<number>, outputs?: ArrayLike<number>): TfjsTable;
  lossAndGradient(
    table: TfjsTable,
    order: { array: Uint32Array },
    from: number,
    to: number,
    horizon?: number,
  ): Loss;
  forward(table: TfjsTable, visit: Parameters<TrainingEngine["forward"]>[1]): void;
  dispose(): void;
}

/** An engine for `train` on TensorFlow.js, on the first backend that starts (`startTensorFlow`): the model as tensor
 *  operations, differentiated by TensorFlow.js, with the same loss, Adam and order of samples as the wasm engine.
 *  It takes every penalty: tensor code (`tensorPenalty`) and those of the wasm engine. Results agree with the wasm
 *  engine's to float32 rounding and depend on backend and version. Neural ODEs, and networks that are augmented or
 *  without skip connections, are refused with a `ConfigError`. */
export function tfjsEngine(
  options: TensorFlowOptions = {},
): (config: ModelConfig, engine?: EngineOptions) => Promise<TfjsEngine> {
  return async (model, { batchSize = 64, penalty, rows = 0 } = {}) => {
    const config = requireResidual(model);
    const started = await startTensorFlow(options);
    const { tf, backend } = started;
    const layout = layoutOf(config);
    const sizes = layout.slots.map((slot) => slot.size);
    const space = { config, layout, capacity: batchSize, rows };
    const bound =
      penalty &&
      (isTensorPenalty(penalty)
        ? bindTensorPenalty(tf, penalty, space)
        : bindKernelPenalty(tf, penalty, space));
    const weight = penalty?.weight ?? 0;
    const held = new Set<Tensor>();
    const hold = <T extends Tensor>(tensor: T): T => {
      held.add(tf.keep(tensor));
      return tensor;
    };
    const release = (...tensors: Tensor[]): void => {
      for (const tensor of tensors) {
        held.delete(tensor);
        tensor.dispose();
      }
    };
    const flat = (values?: Float32Array): Tensor1D =>
      hold(values ? tf.tensor1d(Float32Array.from(values)) : tf.zeros([layout.size]));
    /** Runs on this engine's backend, whichever others are in use in the process. */
    const run = <T>(compute: () => T): T => {
      // Nothing is awaited: the backend has started, and is set before the promise is returned.
      if (tf.getBackend() !== backend) void tf.setBackend(backend);
      let result: T;
      tf.tidy(() => {
        result = compute();
      });
      return result!;
    };
    const valuesOf = (tensor: Tensor): Float32Array => tensor.dataSync<"float32">();

    let [parameters, first, second, gradient] = run(() => [flat(), flat(), flat(), flat()]) as [
      Tensor1D,
      Tensor1D,
      Tensor1D,
      Tensor1D,
    ];
    /** dL/d(parameters) = scale * gradient */
    let scale = 0;
    const slots = (): Tensor[] =>
      tf.split(parameters, sizes).map((part, s) => tf.reshape(part, [...layout.slots[s]!.shape]));

    return {
      name: `tfjs (${backend} backend)`,
      config,
      layout,
      tensorFlow: started,
      penalty: bound?.kept,

      read: () =>
        run(() => ({
          parameters: valuesOf(parameters).slice(),
          first: valuesOf(first).slice(),
          second: valuesOf(second).slice(),
        })),

      write(state: Pick<EngineState, "parameters"> & Partial<EngineState>) {
        run(() => {
          release(parameters, first, second);
          [parameters, first, second] = [flat(state.parameters), flat(state.first), flat(state.second)];
        });
      },

      table(inputs, outputs) {
        const count = inputs.length / config.inputs;
        if (!Number.isInteger(count)) {
          throw new ShapeError(`tfjs: ${inputs.length} input values are not rows of ${config.inputs} inputs`);
        }
        if (outputs && outputs.length !== count * config.outputs) {
          throw new ShapeError(
            `tfjs: ${outputs.length} output values, expected ${count} rows of ${config.outputs} outputs`,
          );
        }
        const rowsOf = (values: ArrayLike<number>, columns: number): Tensor2D =>
          hold(tf.tensor2d(Float32Array.from(values), [count, columns]));
        return run(() => ({
          count,
          inputs: rowsOf(inputs, config.inputs),
          ...(outputs && { outputs: rowsOf(outputs, config.outputs) }),
        }));
      },

      order: (length) => ({ array: new Uint32Array(length) }),

      lossAndGradient(table, order, from, to, horizon) {
        const indices = order.array.slice(from, to);
        const count = to - from;
        return run(() => {
          const rows = tf.tensor1d(Int32Array.from(indices), "int32");
          const x = tf.gather(table.inputs, rows);
          const y = tf.gather(table.outputs!, rows);
          let parts: Tensor | undefined;
          let failure: unknown;
          /** 1/2 sum_i ( |F(x_i) - y_i|^2 + weight p_i^2 ) */
          const half = (...given: Tensor[]): Scalar => {
            const { predictions, slopes } = tensorPass(tf, config, given, x, horizon);
            const squares = tf.sum(tf.square(tf.sub(predictions, y))) as Scalar;
            let penalised: ReturnType<BoundPenalty["sums"]> | undefined;
            try {
              penalised = bound?.sums({
                parameters: given,
                slopes: slopes(),
                values: () => valuesOf(parameters),
                indices,
              });
            } catch (error) {
              // Thrown from here it would leave behind what TensorFlow.js has saved for the derivative.
              failure = error;
            }
            parts = tf.keep(
              penalised ? tf.stack([squares, penalised.sum, penalised.squares]) : tf.stack([squares]),
            );
            const total = penalised ? tf.add(squares, tf.mul(penalised.squares, weight)) : squares;
            return tf.mul(total, 0.5) as Scalar;
          };
          const { grads } = tf.valueAndGrads(half)(slots());
          if (failure !== undefined) {
            parts!.dispose();
            throw failure;
          }
          release(gradient);
          gradient = hold(tf.concat1d(grads.map((g) => tf.reshape(g, [-1]) as Tensor1D)));
          const [squares, penaltySum = 0, penaltySquares = 0] = valuesOf(parts!);
          parts!.dispose();
          const loss = Math.sqrt((squares! + weight * penaltySquares) / count);
          // The root has no derivative at 0, where nothing is left to learn: 0 is used.
          scale = loss === 0 ? 0 : 1 / (count * loss);
          return { loss, squares: squares!, penaltySum, penaltySquares, count, unsolved: 0 };
        });
      },

      gradient: () => run(() => valuesOf(tf.mul(gradient, scale)).slice()),

      step(time, { rate, beta1, beta2, epsilon }) {
        run(() => {
          const g = tf.mul(gradient, scale);
          const m: Tensor1D = tf.add(tf.mul(first, beta1), tf.mul(g, 1 - beta1));
          const v: Tensor1D = tf.add(tf.mul(second, beta2), tf.mul(tf.square(g), 1 - beta2));
          const size = tf.div(tf.sqrt(v), Math.sqrt(1 - beta2 ** time));
          const moved: Tensor1D = tf.sub(
            parameters,
            tf.div(tf.mul(m, rate / (1 - beta1 ** time)), tf.add(size, epsilon)),
          );
          release(parameters, first, second);
          [parameters, first, second] = [hold(moved), hold(m), hold(v)];
        });
      },

      forward(table, visit) {
        for (let from = 0; from < table.count; from += forwardRows) {
          const batch = Math.min(forwardRows, table.count - from);
          const chunk = run(() => {
            const x = tf.slice(table.inputs, [from, 0], [batch, config.inputs]);
            const { predictions } = tensorPass(tf, config, slots(), x);
            const squares = table.outputs
              ? valuesOf(
                  tf.sum(
                    tf.square(
                      tf.sub(predictions, tf.slice(table.outputs, [from, 0], [batch, config.outputs])),
                    ),
                  ),
                )[0]!
              : Number.NaN;
            return { predictions: valuesOf(tf.transpose(predictions)), squares };
          });
          visit({ first: from, batch, stride: batch, ...chunk });
        }
      },

      norm: () =>
        run(() => {
          const norms = slots().map((part) => tf.sqrt(tf.sum(tf.square(part))));
          return valuesOf(tf.mean(tf.stack(norms)))[0]!;
        }),

      dispose() {
        release(...held);
      },
    };
  };
}
