import type { Samples } from "@stiffnet/preparation";
import { prepare, restore } from "@stiffnet/preparation";
import { createEngine } from "./engine.ts";
import { ShapeError } from "./errors.ts";
import { type Model, requireModel, requireRows } from "./model.ts";
import { riskOn } from "./risk.ts";

/** F(x) in physical units. inputs: row-major [rows, inputs] in physical units; returns row-major [rows,
 *  outputs]. A row with a NaN gives a row of NaN. */
export function predict(model: Model, inputs: Float64Array): Float64Array {
  requireModel("predict", model);
  const { columns } = model.preparation.inputs;
  if (inputs.length % columns !== 0) {
    throw new ShapeError(`predict: ${inputs.length} values are not rows of the model's ${columns} inputs`);
  }
  const { outputs } = model.config;
  const engine = createEngine(model.config);
  engine.write({ parameters: model.parameters });
  const table = engine.table(prepare(model.preparation.inputs, inputs));
  const prepared = new Float64Array(table.count * outputs);
  engine.forward(table, ({ first, batch, stride, predictions }) => {
    for (let i = 0; i < batch; i++) {
      for (let o = 0; o < outputs; o++) prepared[(first + i) * outputs + o] = predictions[o * stride + i]!;
    }
  });
  return restore(model.preparation.outputs, prepared);
}

export interface Evaluation {
  /** RMSE over samples and outputs, on prepared outputs. */
  readonly risk: number;
  readonly outputs: readonly {
    readonly name: string;
    /** In the output's unit. */
    readonly rmse: number;
    /** 1 - sum (y - F)^2 / sum (y - mean y)^2; NaN for an output that is constant on these samples. */
    readonly r2: number;
  }[];
}

/** Errors of the model's predictions. `samples` has row-major inputs and outputs in physical units. A
 *  prediction that is not finite makes the errors NaN.
 *  @throws ShapeError where the rows do not fit the model. */
export function evaluate(model: Model, samples: Samples): Evaluation {
  requireModel("evaluate", model);
  requireRows("evaluate:", samples, model.preparation);
  const engine = createEngine(model.config);
  engine.write({ parameters: model.parameters });
  const { inputs, outputs } = model.preparation;
  const risk = riskOn(
    engine,
    engine.table(prepare(inputs, samples.inputs), prepare(outputs, samples.outputs)),
  );
  const predicted = predict(model, samples.inputs);
  const { columns } = model.preparation.outputs;
  const perOutput = model.outputNames.map((name, column) => {
    let mean = 0;
    for (let row = 0; row < samples.count; row++)
      mean += samples.outputs[row * columns + column]! / samples.count;
    let error = 0;
    let spread = 0;
    for (let i = column; i < samples.count * columns; i += columns) {
      error += (samples.outputs[i]! - predicted[i]!) ** 2;
      spread += (samples.outputs[i]! - mean) ** 2;
    }
    return { name, rmse: Math.sqrt(error / samples.count), r2: spread > 0 ? 1 - error / spread : Number.NaN };
  });
  return { risk, outputs: perOutput };
}
