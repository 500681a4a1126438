// Intervals about the answers, where the file is calibrated. No DOM.

import { type Calibration, intervalsAt, levelsOf, usualLevel } from "@stiffnet/uncertainty";
import type { ModelDescription, PageService, Values } from "./types.ts";

/** The calibration of a model with intervals of the usual level. It was checked when the server or the
 *  document was made. */
export function calibrationOf({ metadata }: ModelDescription): Calibration | undefined {
  const found = metadata.intervals as Calibration | undefined;
  return found && levelsOf(found).includes(usualLevel) ? found : undefined;
}

/** Whether its answers have a standard deviation beside them. */
export const hasSpread = ({ config, members }: ModelDescription): boolean =>
  config.kind === "gaussianProcess" || members > 1;

/** The same service, with intervals about the answers of calibrated models; their spread is half of the
 *  interval. */
export function withIntervals(service: PageService): PageService {
  return {
    ...service,
    predict: async (model, point) => calibrated(model, [point], await service.predict(model, point)),
    evaluate: async (model, rows) => calibrated(model, rows, await service.evaluate(model, rows)),
  };
}

function calibrated(
  model: ModelDescription,
  rows: readonly (readonly number[])[],
  { mean, spread }: Values,
): Values {
  const calibration = calibrationOf(model);
  if (!calibration) return { mean, ...(spread && { spread }) };
  const answers = { means: mean, spreads: spread, level: usualLevel };
  const { low, high } = intervalsAt(calibration, { ...answers, inputs: model.inputs, rows: rows.flat() });
  return { mean, spread: low.map((from, k) => (high[k]! - from) / 2), low, high };
}
