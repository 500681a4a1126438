import { integrate, type Model, predict, tensor, withDepth } from "@stiffnet/core";
import { restore } from "@stiffnet/preparation";
import type { TrainConfig } from "./config.ts";
import { curves } from "./curves.ts";
import { methods } from "./methods.ts";
import type { Learnt, Shown } from "./protocol.ts";
import type { PlaygroundData } from "./setup.ts";

/** Points along a curve, test rows, and paths. */
const [curvePoints, mostPoints, mostPaths] = [121, 300, 16];

/** The inputs that a drawing evaluates, and the right answers. */
interface Question extends Pick<Learnt, "kind" | "x" | "rows"> {
  readonly inputs: Float64Array;
  /** [points, outputs] */
  readonly truth: Float64Array;
}

export function questionOf(
  { data: name }: TrainConfig,
  { train, test, inputNames }: PlaygroundData,
): Question {
  const none = { x: new Float64Array(0), rows: { x: new Float64Array(0), y: new Float64Array(0) } };
  const curve = curves[name];
  if (curve === undefined) {
    const count = Math.min(mostPoints, test.count);
    const [columns, outputs] = [inputNames.length, test.outputs.length / test.count];
    const inputs = test.inputs.subarray(0, count * columns);
    return { ...none, kind: "points", inputs, truth: test.outputs.subarray(0, count * outputs) };
  }
  const inputs = Float64Array.from({ length: curvePoints }, (_, k) => (2 * k) / (curvePoints - 1) - 1);
  const rows = { x: Float64Array.from(train.inputs), y: Float64Array.from(train.outputs) };
  return { kind: "curve", x: Float64Array.from(inputs), rows, inputs, truth: inputs.map(curve.of) };
}

/** One output of a network. */
export async function learntBy(model: Model, question: Question, { layers, output }: Shown): Promise<Learnt> {
  const { inputs, truth, ...rest } = question;
  const outputs = model.outputNames.length;
  const columns = model.inputNames.length;
  const one = (values: Float64Array): Float64Array =>
    Float64Array.from({ length: values.length / outputs }, (_, i) => values[i * outputs + output]!);
  const other = withDepth(model, layers);
  const right = one(truth);
  const every = Math.ceil(right.length / mostPaths);
  const chosen = Array.from({ length: Math.ceil(right.length / every) }, (_, k) => k * every);
  const started = chosen.flatMap((row) => [...inputs.subarray(row * columns, (row + 1) * columns)]);
  const paths = one(await pathsOf(other, Float64Array.from(started)));
  return {
    ...rest,
    truth: right,
    trained: one(predict(model, inputs)),
    values: one(predict(other, inputs)),
    paths: chosen.map((row, k) => {
      return { y: paths.subarray(k * (layers + 1), (k + 1) * (layers + 1)), truth: right[row]! };
    }),
  };
}

/** The readout of the state before the first layer and after each layer: [rows, layers + 1, outputs]. */
async function pathsOf(model: Model, inputs: Float64Array): Promise<Float64Array> {
  const { config, layout, parameters, preparation } = model;
  const { depth: steps, horizon, outputs } = config;
  const solver = config.kind === "neuralOde" ? config.solver : "euler";
  const at = Array.from({ length: steps + 1 }, (_, n) => Math.min(horizon, (n * horizon) / steps));
  const { states } = await integrate(model, inputs, { solver: methods[solver], steps, at });
  const [weight, bias] = [layout.readout.weight, layout.readout.bias].map((slot) => tensor(parameters, slot));
  const width = weight!.length / outputs;
  const values = Float64Array.from({ length: (states.length / width) * outputs }, (_, i) => {
    const [state, output] = [Math.floor(i / outputs) * width, i % outputs];
    let sum = bias![output]!;
    for (let j = 0; j < width; j++) sum += weight![output * width + j]! * states[state + j]!;
    return sum;
  });
  return restore(preparation.outputs, values);
}
