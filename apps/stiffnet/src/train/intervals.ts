import { counted } from "@stiffnet/base";
import { rangesOf, takesLogarithm } from "@stiffnet/preparation";
import { mean } from "@stiffnet/report";
import { BenchError } from "@stiffnet/terminal";
import { keptBack, type Results, type StudyData, type TrainedTrial } from "@stiffnet/trials";
import {
  type Calibration,
  type CalibrationOptions,
  calibrate,
  calibrationErrors,
  type GaussianModel,
  type Intervals,
  intervalsOf,
  leftOutOfModel,
  levelsOf,
  outsideBox,
  selectionFactor,
  spreadOf,
  usualLevel,
} from "@stiffnet/uncertainty";

/** Errors on rows that a model had not trained on, as `calibrate` takes them, with the numbers of these rows
 *  and the model's answers there. */
export type HonestErrors = Omit<CalibrationOptions, "levels"> & {
  readonly rows: readonly number[];
  readonly means: Float64Array;
};

/** Errors of the trials' mean on the rows that trials kept back. Only trials that had not trained on a row
 *  predict it. Undefined if no row was kept back. predictions: of every trial on all training rows.
 *
 *  Where the same rows chose the epochs, residuals are first made larger by what that flatters them
 *  (`selectionFactor`). One network has larger errors than the mean of all. The mean of m networks has
 *  s^2 (1/m - 1/M) more squared error than the mean of M, where s^2 is their mean squared spread. Residuals
 *  are scaled down by this excess. Outputs that are prepared by their logarithm are compared by it. */
export function networkErrors(
  { data, config }: Pick<Results, "data" | "config">,
  trials: readonly TrainedTrial[],
  predictions: readonly Float64Array[],
): HonestErrors | undefined {
  const { train, outputNames, preparation } = data;
  const logarithmic = takesLogarithm(preparation.outputs);
  const share = config.data.validation;
  const columns = outputNames.length;
  const parts = trials.map(({ record }) => keptBack(data, share, record.trial));
  const rows: { readonly row: number; readonly by: readonly number[] }[] = [];
  for (let row = 0; row < train.count; row++) {
    const by = parts.flatMap((keeps, k) => (keeps(row) ? [k] : []));
    if (by.length > 0) rows.push({ row, by });
  }
  if (rows.length === 0) return undefined;
  const all = spreadOf(predictions);
  const of = (value: (i: number, by: readonly number[]) => number): Float64Array =>
    Float64Array.from(rows.flatMap(({ row, by }) => outputNames.map((_, c) => value(row * columns + c, by))));
  const means = of((i, by) => by.reduce((sum, k) => sum + predictions[k]![i]!, 0) / by.length);
  const { residuals, spreads } = calibrationErrors({
    truths: of((i) => train.outputs[i]!),
    means,
    spreads: of((i) => all.std[i]!),
    logarithmic,
  });
  const several = rows.reduce((sum, { by }) => sum + by.length, 0) / rows.length;
  const chosen = config.keep === "best" ? selectionFactor(trials.map(validationRisks)) : 1;
  const honest = residuals.map((residual) => residual * chosen);
  const scale = outputNames.map((_, c) =>
    ofTheMean(honest, spreads, { column: c, columns }, 1 / several - 1 / trials.length),
  );
  const scaled = honest.map((residual, i) => residual * scale[i % columns]!);
  return {
    residuals: scaled,
    spreads,
    outputs: columns,
    logarithmic,
    means,
    rows: rows.map(({ row }) => row),
  };
}

/** The part that each training row is kept back in: as the trials do, or an eighth where they keep none. */
export function foldsOf({ data, config }: Pick<Results, "data" | "config">): Uint32Array {
  const share = config.data.validation || 1 / 8;
  const folds = new Uint32Array(data.train.count);
  for (let part = 1; part < 1 / share; part++) {
    const keeps = keptBack(data, share, part);
    folds.forEach((_, row) => {
      if (keeps(row)) folds[row] = part;
    });
  }
  return folds;
}

/** Refuses too few training rows. A Gaussian process is fitted without each part that is kept for validation,
 *  and needs two rows. */
export function requireFolds(results: Pick<Results, "data" | "config">): void {
  const { name, train } = results.data;
  const sizes = new Map<number, number>();
  for (const fold of foldsOf(results)) sizes.set(fold, (sizes.get(fold) ?? 0) + 1);
  const left = train.count - Math.max(...sizes.values());
  if (left >= 2) return;
  throw new BenchError(
    `${name}: a part of the ${counted(train.count, "training row")} that is kept for validation leaves ${left} to train on, expected at least 2`,
  );
}

/** Errors of a Gaussian process on its own training rows, each predicted without its fold. The folds are the
 *  parts that trials keep back, so that networks and process are judged by the same rows. */
export function gaussianErrors(
  results: Pick<Results, "data" | "config">,
  model: GaussianModel,
): HonestErrors {
  const { data } = results;
  const { train, outputNames, preparation } = data;
  const { mean: means, std: spreads } = leftOutOfModel(model, data, foldsOf(results));
  const logarithmic = takesLogarithm(preparation.outputs);
  const errors = calibrationErrors({ truths: train.outputs, means, spreads, logarithmic });
  const rows = Array.from({ length: train.count }, (_, row) => row);
  return { ...errors, outputs: outputNames.length, logarithmic, rows, means };
}

/** Root mean squares of the errors on these rows, of each output. */
export function sizesOf({ residuals, outputs, rows }: HonestErrors, of: readonly number[]): number[] {
  const chosen = new Set(of);
  return Array.from({ length: outputs }, (_, c) =>
    Math.sqrt(mean(rows.flatMap((row, k) => (chosen.has(row) ? [residuals[k * outputs + c]! ** 2] : [])))),
  );
}

export const calibrationOf = ({ rows: _, means: __, ...errors }: HonestErrors): Calibration =>
  calibrate(errors);

const validationRisks = ({ history }: TrainedTrial): number[] =>
  history.map(({ riskValidation = Number.NaN }) => riskValidation);

/** At least half: the estimate is rough where the spread makes most of the error. */
function ofTheMean(
  residuals: Float64Array,
  spreads: Float64Array,
  { column, columns }: { column: number; columns: number },
  excess: number,
): number {
  let [errors, variances] = [0, 0];
  for (let i = column; i < residuals.length; i += columns) {
    errors += residuals[i]! ** 2;
    variances += spreads[i]! ** 2;
  }
  return errors > 0 ? Math.sqrt(Math.max(0.25, 1 - (variances * excess) / errors)) : 1;
}

/** Intervals about the answers on the test rows, and how far each row lies outside the box of the training
 *  rows. Undefined without test rows, or if the calibration had too few rows. */
export function testIntervals(
  data: StudyData,
  calibration: Calibration,
  { mean: means, std: spreads }: ReturnType<typeof spreadOf>,
): (Intervals & { readonly outside: Float64Array }) | undefined {
  if (data.test.count === 0 || !levelsOf(calibration).includes(usualLevel)) return undefined;
  const outside = outsideBox(data.test.inputs, rangesOf(data.train.inputs, data.inputNames.length));
  return { ...intervalsOf(calibration, { means, spreads, level: usualLevel, outside }), outside };
}

/** Share of the test rows whose truth lies within its interval, of each output. */
export function coverageOf({ test, outputNames }: StudyData, { low, high }: Intervals): number[] {
  const columns = outputNames.length;
  const held = test.outputs.map((truth, i) => (truth >= low[i]! && truth <= high[i]! ? 1 : 0));
  return outputNames.map((_, c) => mean([...held].filter((_, i) => i % columns === c)));
}
