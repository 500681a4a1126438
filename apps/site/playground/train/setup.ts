import { samplingStream } from "@stiffnet/base";
import { l2Penalty, type Model, type NeuralOdeOptions, neuralOde, type Penalty } from "@stiffnet/core";
import { alpine02, dalecDataset, sample } from "@stiffnet/datasets";
import { type Dataset, dataset, type Samples } from "@stiffnet/preparation";
import { penalisedProxies, stiffnessPenalty } from "@stiffnet/stiffness";
import type { Table } from "@stiffnet/tables";
import type { Side, TrainConfig } from "./config.ts";
import { curves } from "./curves.ts";

export type PlaygroundData = Dataset & { readonly test: Samples };

/** A table with the columns that were chosen of it. */
export interface ChosenTable {
  readonly table: Table;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The rows that a configuration is trained and tested on. */
export function dataOf({ data, rows, seed }: TrainConfig, chosen?: ChosenTable): PlaygroundData {
  const curve = curves[data];
  if (curve !== undefined) return sampled(data, curve.of, rows, seed);
  switch (data) {
    case "dalec":
      return dalecDataset({ train: rows, test: 200, seed });
    case "csv":
      if (chosen === undefined) throw new Error("There is no table yet: drop a CSV file on the page.");
      return chosen.table.split({
        inputs: chosen.inputs,
        outputs: chosen.outputs,
        test: 0.2,
        seed,
        missing: "drop",
      });
    default:
      return sample(alpine02(2), { train: rows, test: 200, seed });
  }
}

/** A function of one number at random places of [-1, 1]. */
function sampled(name: string, of: (x: number) => number, rows: number, seed: number): PlaygroundData {
  const draw = (count: number, purpose: "points" | "test"): Samples => {
    const stream = samplingStream(seed, purpose, 0);
    const inputs = Float64Array.from({ length: count }, () => 2 * stream.uniform() - 1);
    return { count, inputs, outputs: inputs.map((x) => of(x)) };
  };
  const test = draw(100, "test");
  const all = { name, inputNames: ["x"], outputNames: ["y"], train: draw(rows, "points"), test };
  return { ...dataset(all), test };
}

type Named = Required<Pick<NeuralOdeOptions, "activation" | "solver" | "weights">>;

/** The untrained network, the same for both sides. With Euler's steps and weights for each layer it is a
 *  residual network. */
export function modelOf(config: TrainConfig, data: PlaygroundData): Model {
  const { width, depth, seed } = config;
  // The address holds allowed names alone.
  const { activation, solver, weights } = config as unknown as Named;
  const { inputNames, outputNames, preparation } = data;
  const sizes = { inputs: inputNames.length, outputs: outputNames.length, width, depth };
  const start = neuralOde({ ...sizes, activation, solver, weights, seed });
  return { ...start, inputNames, outputNames, preparation };
}

/** The penalty at this weight. */
export function penaltyOf({ penalty, weight }: TrainConfig, side: Side): Penalty | undefined {
  if (side === "plain") return undefined;
  if (penalty === "l2") return l2Penalty(weight);
  return stiffnessPenalty(penalisedProxies[penalty as keyof typeof penalisedProxies].create(), { weight });
}

/** The options of `train` that decide the result. */
export function settingsOf({ epochs, batch, rate, seed }: TrainConfig): {
  epochs: number;
  batchSize: number;
  rate: number;
  seed: number;
} {
  return { epochs, batchSize: batch, rate, seed };
}
