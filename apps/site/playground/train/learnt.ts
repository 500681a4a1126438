import { type Model, predict } from "@stiffnet/core";
import { alpine02 } from "@stiffnet/datasets";
import type { TrainConfig } from "./config.ts";
import type { Learnt } from "./protocol.ts";
import type { PlaygroundData } from "./setup.ts";

/** Points along each side of the surface. */
const gridSide = 33;
const mostPoints = 300;

/** What is asked of a network to be drawn, and what would be right. */
export interface Question {
  readonly inputs: Float64Array;
  readonly truth: Learnt;
  /** The answer of the first output, in the same form. */
  answer(model: Model): Learnt;
}

/** A surface over two inputs, a curve over one, predicted against true over more. */
export function questionOf(config: TrainConfig, data: PlaygroundData): Question {
  const outputs = data.outputNames.length;
  const first = (values: Float64Array): Float32Array =>
    Float32Array.from({ length: values.length / outputs }, (_, i) => values[i * outputs]!);
  const ask = (inputs: Float64Array, truth: Learnt): Question => ({
    inputs,
    truth,
    answer: (model) => ({ ...truth, values: first(predict(model, inputs)) }),
  });
  if (config.data === "alpine02") {
    const inputs = grid();
    const values = Float32Array.from(alpine02(2).evaluate(inputs));
    return ask(inputs, { kind: "surface", side: gridSide, values });
  }
  if (config.data === "flip") {
    const inputs = Float64Array.from({ length: 81 }, (_, k) => -1 + k / 40);
    const x = Float32Array.from(inputs);
    return ask(inputs, { kind: "curve", x, values: x.map((value) => -value) });
  }
  const columns = data.inputNames.length;
  const count = Math.min(mostPoints, data.test.count);
  const truth = first(data.test.outputs).subarray(0, count);
  return ask(data.test.inputs.subarray(0, count * columns), { kind: "points", truth, values: truth });
}

/** [-5, 5]^2, the first input along a row. */
function grid(): Float64Array {
  const at = (k: number): number => -5 + (10 * k) / (gridSide - 1);
  return Float64Array.from({ length: 2 * gridSide * gridSide }, (_, i) => {
    const point = i >> 1;
    return at(i % 2 === 0 ? point % gridSide : Math.floor(point / gridSide));
  });
}
