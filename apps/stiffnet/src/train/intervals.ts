import { rangesOf } from "@stiffnet/onnx";
import { keptBack, type StudyConfig, type StudyData, type TrainedTrial } from "@stiffnet/trials";
import {
  type Calibration,
  calibrate,
  halfWidths,
  outsideBox,
  selectionFactor,
  spreadOf,
  usualLevel,
} from "@stiffnet/uncertainty";

/** Calibrates the intervals of the trials' mean on the rows that trials kept back, each predicted by those
 *  alone that had not trained on it. predictions: of every trial on all training rows. Nothing where no row
 *  was kept back.
 *
 *  One network is further off than the mean of all: with s^2 the mean squared spread, the mean square of the
 *  errors of m networks exceeds that of M by s^2 (1/m - 1/M), and the residuals are scaled by it. Where the
 *  same rows chose the epochs, they are made larger by what that flatters them (`selectionFactor`). */
export function calibrateMean(
  { data, config }: { readonly data: StudyData; readonly config: StudyConfig },
  trials: readonly TrainedTrial[],
  predictions: readonly Float64Array[],
): Calibration | undefined {
  const { train, outputNames } = data;
  const share = config.data.validation;
  const columns = outputNames.length;
  const parts = trials.map(({ record }) => keptBack(data, share, record.trial));
  const rows: { readonly row: number; readonly by: readonly number[] }[] = [];
  for (let row = 0; row < train.count; row++) {
    const by = parts.flatMap((keeps, k) => (keeps(row) ? [k] : []));
    if (by.length > 0) rows.push({ row, by });
  }
  if (rows.length === 0) return undefined;
  const all = spreadOf(predictions).std;
  const residuals = new Float64Array(rows.length * columns);
  const spreads = new Float64Array(rows.length * columns);
  rows.forEach(({ row, by }, r) => {
    for (let c = 0; c < columns; c++) {
      const i = row * columns + c;
      const predicted = by.reduce((sum, k) => sum + predictions[k]![i]!, 0) / by.length;
      residuals[r * columns + c] = train.outputs[i]! - predicted;
      spreads[r * columns + c] = all[i]!;
    }
  });
  const several = rows.reduce((sum, { by }) => sum + by.length, 0) / rows.length;
  const scale = outputNames.map((_, c) =>
    ofTheMean(residuals, spreads, { column: c, columns }, 1 / several - 1 / trials.length),
  );
  const chosen = config.keep === "best" ? selectionFactor(trials.map(validationRisks)) : 1;
  const scaled = residuals.map((residual, i) => residual * chosen * scale[i % columns]!);
  return calibrate({ residuals: scaled, spreads, outputs: columns });
}

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

/** Half-widths on the test rows, and how far each row lies outside the box of the training rows. */
export function testIntervals(
  data: StudyData,
  calibration: Calibration,
  std: Float64Array,
): { readonly half: Float64Array; readonly outside: Float64Array } {
  const box = rangesOf(data.train.inputs, data.inputNames.length);
  const outside = outsideBox(data.test.inputs, box);
  return { half: halfWidths(calibration, std, usualLevel, outside), outside };
}

/** Share of the test rows whose truth lies within its interval, of each output. */
export function coverageOf(data: StudyData, mean: Float64Array, half: Float64Array): number[] {
  const { test, outputNames } = data;
  return outputNames.map((_, c) => {
    let held = 0;
    for (let i = c; i < mean.length; i += outputNames.length) {
      if (Math.abs(test.outputs[i]! - mean[i]!) <= half[i]!) held++;
    }
    return held / test.count;
  });
}
