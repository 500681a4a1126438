import { predict } from "@stiffnet/core";
import { mean } from "@stiffnet/report";
import type { Results, TrainedTrial } from "@stiffnet/trials";
import {
  type Calibration,
  type GaussianModel,
  gaussianModel,
  gaussianModelMeans,
  predictGaussianModel,
  spreadOf,
} from "@stiffnet/uncertainty";
import { calibrationOf, gaussianErrors, type HonestErrors, networkErrors, sizesOf } from "./intervals.ts";

export type ModelKind = "network" | "gaussian-process";

/** A model that may be kept. */
export interface Candidate {
  readonly kind: ModelKind;
  readonly calibration: Calibration | undefined;
  /** Its answers on training rows that it had not seen. Undefined if no row was kept back. */
  readonly unseen: Pick<HonestErrors, "rows" | "means"> | undefined;
  /** Row-major inputs to row-major outputs in physical units. */
  answer(rows: Float64Array): { readonly mean: Float64Array; readonly std: Float64Array };
  /** The mean of `answer`, sooner. */
  mean(rows: Float64Array): Float64Array;
}

/** The model that is kept, and what chose it. */
export interface Kept {
  readonly kind: ModelKind;
  readonly by: "validation" | "option" | "default";
  /** Errors of the networks divided by those of the Gaussian process, on the rows that trials kept back:
   *  the geometric mean over the outputs. Null if they cannot be compared. */
  readonly ratio: number | null;
}

/** The Gaussian process is clearly better if the ratio of errors on validation rows is larger. */
const clearly = 1.05;

/** The mean of the networks and the Gaussian process, and which of them is kept. Test rows have no part in
 *  it. */
export function candidatesOf(results: Results, finished: readonly TrainedTrial[]) {
  const { config, data } = results;
  const process = gaussianModel(data);
  const models = finished.map(({ model }) => model);
  const errors =
    models.length === 0
      ? undefined
      : networkErrors(
          results,
          finished,
          models.map((model) => predict(model, data.train.inputs)),
        );
  const network: Candidate = {
    kind: "network",
    calibration: errors && calibrationOf(errors),
    unseen: errors,
    answer: (rows) => spreadOf(models.map((model) => predict(model, rows))),
    mean: (rows) => network.answer(rows).mean,
  };
  const judged = gaussianErrors(results, process);
  const gaussian: Candidate = {
    kind: "gaussian-process",
    calibration: calibrationOf(judged),
    unseen: judged,
    answer: (rows) => predictGaussianModel(process, rows),
    mean: (rows) => gaussianModelMeans(process, rows),
  };
  const ratio = errors ? ratioOf(sizesOf(errors, errors.rows), sizesOf(judged, errors.rows)) : null;
  const kept = keptOf(config.surrogate, ratio);
  return { network, gaussian, process, kept, chosen: kept.kind === "network" ? network : gaussian };
}

function ratioOf(network: readonly number[], gaussian: readonly number[]): number | null {
  const logarithms = network.map((size, c) => Math.log(size / gaussian[c]!)).filter(Number.isFinite);
  return logarithms.length === 0 ? null : Math.exp(mean(logarithms));
}

function keptOf(asked: Results["config"]["surrogate"], ratio: number | null): Kept {
  if (asked === "network" || asked === "gaussian-process") return { kind: asked, by: "option", ratio };
  if (ratio === null) return { kind: "network", by: "default", ratio };
  return { kind: ratio > clearly ? "gaussian-process" : "network", by: "validation", ratio };
}

/** Rows that the processes are conditioned on. */
export const rowsOfProcess = ({ processes }: GaussianModel): number => processes[0]!.rows;
