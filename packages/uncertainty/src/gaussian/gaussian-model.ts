import {
  type Preparation,
  prepare,
  preparedColumns,
  restore,
  type Samples,
  type TrainingData,
  takeRows,
} from "@stiffnet/preparation";
import { checkOptions } from "../errors.ts";
import {
  type GaussianProcess,
  type GaussianProcessOptions,
  gaussianMeans,
  gaussianProcess,
  leftOut,
  predictGaussian,
  processChecks,
} from "./gaussian-process.ts";

/** Gaussian processes of prepared inputs and outputs, with what stands between these and physical units. */
export interface GaussianModel {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly preparation: { readonly inputs: Preparation; readonly outputs: Preparation };
  /** One for each prepared output, or one for all of them. */
  readonly processes: readonly GaussianProcess[];
}

/** Largest number of prepared outputs that have a process each, and of entries in their inverses. More
 *  outputs share their lengths, to save time and size of the file. */
const alone = { outputs: 4, numbers: 8e6 };

/** Fits the processes to the training rows as the preparation makes them. */
export function gaussianModel(
  data: Pick<TrainingData, "inputNames" | "outputNames" | "train" | "preparation">,
  options: GaussianProcessOptions = {},
): GaussianModel {
  checkOptions("gaussianModel", options, processChecks);
  const { inputNames, outputNames, train, preparation } = data;
  const inputs = prepare(preparation.inputs, train.inputs);
  const outputs = prepare(preparation.outputs, train.outputs);
  const columns = preparedColumns(preparation.outputs);
  const rows = Math.min(train.count, options.rows ?? 2000);
  const shared = columns > alone.outputs || columns * rows * rows > alone.numbers;
  const parts = shared ? [outputs] : Array.from({ length: columns }, (_, c) => column(outputs, c, columns));
  const processes = parts.map((part) =>
    gaussianProcess({ count: train.count, inputs, outputs: part }, options),
  );
  return { inputNames, outputNames, preparation, processes };
}

/** Mean and standard deviation of a new observation in physical units, row-major [count, inputs] to [count,
 *  outputs]. The deviation passes through the preparation to first order. */
export function predictGaussianModel(
  model: GaussianModel,
  rows: Float64Array,
): { mean: Float64Array; std: Float64Array } {
  const prepared = prepare(model.preparation.inputs, rows);
  const parts = model.processes.map((process) => predictGaussian(process, prepared));
  return restored(model, sideBySide(parts, "mean"), sideBySide(parts, "std"));
}

/** The means of `predictGaussianModel` alone, which take a small part of its time. */
export function gaussianModelMeans(model: GaussianModel, rows: Float64Array): Float64Array {
  const prepared = prepare(model.preparation.inputs, rows);
  const parts = model.processes.map((process) => ({ mean: gaussianMeans(process, prepared) }));
  return restore(model.preparation.outputs, sideBySide(parts, "mean"));
}

/** Up to this number of rows, lengths and noise are fitted again without each fold. With more rows they
 *  hardly depend on a fold. With fewer they fit the very rows that judge them. */
const fewRows = 250;

/** What the model says of its own training rows, each predicted without the rows of its fold. A fold of
 *  its own for every row is dear where there are few of them. `options` are those that the model was fitted
 *  with. */
export function leftOutOfModel(
  model: GaussianModel,
  data: Pick<TrainingData, "train">,
  folds: ArrayLike<number>,
  options: GaussianProcessOptions = {},
): { mean: Float64Array; std: Float64Array } {
  checkOptions("leftOutOfModel", options, processChecks);
  const { train } = data;
  if (train.count <= fewRows) return leftOutAnew(model, train, folds, options);
  const inputs = prepare(model.preparation.inputs, train.inputs);
  const outputs = prepare(model.preparation.outputs, train.outputs);
  const columns = preparedColumns(model.preparation.outputs);
  const parts = model.processes.map((process, k) => {
    const own = model.processes.length > 1 ? column(outputs, k, columns) : outputs;
    return leftOut(process, { count: train.count, inputs, outputs: own }, folds);
  });
  const residuals = sideBySide(parts, "residuals");
  const mean = outputs.map((value, i) => value - residuals[i]!);
  return restored(model, mean, sideBySide(parts, "std"));
}

function leftOutAnew(
  model: GaussianModel,
  train: Samples,
  folds: ArrayLike<number>,
  options: GaussianProcessOptions,
) {
  const [mean, std] = [new Float64Array(train.outputs.length), new Float64Array(train.outputs.length)];
  const width = model.outputNames.length;
  const rows = Array.from({ length: train.count }, (_, row) => row);
  for (const fold of new Set(Array.from(folds))) {
    const within = rows.filter((row) => folds[row] === fold);
    const others = takeRows(
      train,
      rows.filter((row) => folds[row] !== fold),
    );
    const answers = predictGaussianModel(
      gaussianModel({ ...model, train: others }, options),
      takeRows(train, within).inputs,
    );
    within.forEach((row, k) => {
      mean.set(answers.mean.subarray(k * width, (k + 1) * width), row * width);
      std.set(answers.std.subarray(k * width, (k + 1) * width), row * width);
    });
  }
  return { mean, std };
}

function column(rows: Float64Array, which: number, columns: number): Float64Array {
  return rows.filter((_, i) => i % columns === which);
}

/** What the processes say, one number of each in a row; of a single process all that it says. */
function sideBySide<W extends string>(parts: readonly Record<W, Float64Array>[], what: W): Float64Array {
  if (parts.length === 1) return parts[0]![what];
  const rows = parts[0]![what].length;
  return Float64Array.from({ length: rows * parts.length }, (_, i) => {
    return parts[i % parts.length]![what][Math.floor(i / parts.length)]!;
  });
}

/** Back to physical units; of the deviations sqrt(sum_p (dy / dp sigma_p)^2). */
function restored(
  { preparation: { outputs: preparation } }: GaussianModel,
  means: Float64Array,
  deviations: Float64Array,
): { mean: Float64Array; std: Float64Array } {
  const columns = preparedColumns(preparation);
  const count = means.length / columns;
  const mean = restore(preparation, means);
  const squares = new Float64Array(count * preparation.columns);
  for (let p = 0; p < columns; p++) {
    // Along one prepared column at a time: [count, columns here].
    let along = deviations.map((sigma, i) => (i % columns === p ? sigma : 0));
    let width = columns;
    for (let k = preparation.steps.length - 1; k >= 0; k--) {
      const step = preparation.steps[k]!;
      if (step.kind === "components") {
        const { directions } = step;
        const [before, from] = [along, width];
        width = directions[0]!.length;
        along = Float64Array.from({ length: count * width }, (_, i) => {
          const [row, c] = [Math.floor(i / width), i % width];
          return directions.reduce((sum, one, d) => sum + one[c]! * before[row * from + d]!, 0);
        });
      } else if (step.kind === "affine") {
        along = along.map((value, i) => value * step.scale[i % width]!);
      } else {
        const here = restore({ columns: width, steps: preparation.steps.slice(k) }, means);
        along = along.map((value, i) => (step.applies[i % width] ? value * here[i]! : value));
      }
    }
    along.forEach((value, i) => {
      squares[i]! += value * value;
    });
  }
  return { mean, std: squares.map(Math.sqrt) };
}
