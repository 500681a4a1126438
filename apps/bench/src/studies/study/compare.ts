import { type Estimate, estimateOf, holm, signedRank } from "@stiffnet/report";
import {
  type ModelSpec,
  networkFor,
  type StudyConfig,
  type TrialRecord,
  trainingFor,
} from "@stiffnet/trials";

/** Quantities that are reported of every model, over its finished trials. Times are those of training. */
export type Quantity =
  | "penalty"
  | "riskTrain"
  | "riskTest"
  | "stiffness"
  | "seconds"
  | "processorSeconds"
  /** On the processor. */
  | "millisecondsPerStep";

const quantities: Readonly<Record<Quantity, (record: TrialRecord, steps: Steps) => number>> = {
  penalty: (r) => r.penalty,
  riskTrain: (r) => r.riskTrain,
  riskTest: (r) => r.riskTest,
  stiffness: (r) => r.stiffness,
  seconds: (r) => r.seconds,
  processorSeconds: (r) => r.processorSeconds,
  millisecondsPerStep: (r, steps) => (1000 * r.processorSeconds) / steps(r),
};

/** Steps that a trial was trained for. */
export type Steps = (record: TrialRecord) => number;

export interface ModelStatistics {
  readonly name: string;
  readonly figures: Readonly<Record<Quantity, Estimate>>;
  /** Processor time a step, times that of the first model with the same initialisation. */
  readonly timeRatio: Estimate;
  /** Root mean square error in the output's unit, and R². */
  readonly outputs: readonly { readonly name: string; readonly rmse: Estimate; readonly r2: Estimate }[];
}

/** One quantity of two models, trial by trial: the same initialisation and data, another penalty. */
export interface Comparison {
  readonly quantity: Quantity;
  readonly model: string;
  readonly against: string;
  readonly pairs: number;
  /** Model / against, and model - against, over the pairs. */
  readonly ratio: Estimate;
  readonly difference: Estimate;
  /** p of Wilcoxon's signed-rank test, two-sided. */
  readonly p: number;
  /** The same by Holm over the pairs of models that this quantity is compared for. */
  readonly adjusted: number;
}

export function modelStatistics(
  config: StudyConfig,
  records: readonly TrialRecord[],
  steps: Steps,
): ModelStatistics[] {
  const first = finishedOf(records, config.models[0]!.name);
  return config.models.map(({ name }) => {
    const own = finishedOf(records, name);
    const over = (of: (record: TrialRecord) => number): Estimate => estimateOf(own.map(of));
    return {
      name,
      figures: Object.fromEntries(
        Object.entries(quantities).map(([quantity, of]) => [quantity, over((r) => of(r, steps))]),
      ) as Record<Quantity, Estimate>,
      timeRatio: estimateOf(
        pairsOf(own, first).map(
          ([a, b]) => quantities.millisecondsPerStep(a, steps) / quantities.millisecondsPerStep(b, steps),
        ),
      ),
      outputs: (own[0]?.outputs ?? []).map((output, k) => ({
        name: output.name,
        rmse: over((r) => r.outputs[k]!.rmse),
        r2: over((r) => r.outputs[k]!.r2 ?? Number.NaN),
      })),
    };
  });
}

const compared = ["riskTest", "riskTrain", "stiffness", "millisecondsPerStep"] as const;

/** Up to so many models are compared in all pairs. Of more models, each is compared with one. */
const mostForAllPairs = 4;

export function comparisons(
  config: StudyConfig,
  records: readonly TrialRecord[],
  steps: Steps,
): Comparison[] {
  const { models } = config;
  const pairs =
    models.length <= mostForAllPairs
      ? models.flatMap((model, k) => models.slice(0, k).map((against) => ({ model, against })))
      : models.slice(1).map((model) => ({ model, against: referenceOf(config, model) }));
  return compared.flatMap((quantity) => {
    const found = pairs.flatMap(({ model, against }) => {
      const matched = pairsOf(finishedOf(records, model.name), finishedOf(records, against.name));
      if (matched.length === 0) return [];
      const values = matched.map(
        (pair) => pair.map((r) => quantities[quantity](r, steps)) as [number, number],
      );
      const { p } = signedRank(values.map(([a, b]) => a - b));
      return {
        quantity,
        model: model.name,
        against: against.name,
        pairs: matched.length,
        ratio: estimateOf(values.map(([a, b]) => a / b)),
        difference: estimateOf(values.map(([a, b]) => a - b)),
        p,
      };
    });
    const adjusted = holm(found.map(({ p }) => p));
    return found.map((comparison, k) => ({ ...comparison, adjusted: adjusted[k]! }));
  });
}

/** The model without a penalty that is otherwise the same, or else the first. */
function referenceOf(config: StudyConfig, model: ModelSpec): ModelSpec {
  const sizes = ({ penalty: _, ...spec }: ModelSpec): string =>
    JSON.stringify([networkFor(config, spec), trainingFor(config, spec), spec.trainRows ?? null]);
  const plain = config.models.find((other) => other.penalty === undefined && sizes(other) === sizes(model));
  return plain === undefined || plain.name === model.name ? config.models[0]! : plain;
}

function finishedOf(records: readonly TrialRecord[], model: string): TrialRecord[] {
  return records.filter((record) => record.model === model && record.status === "finished");
}

/** Trials with the same number. */
function pairsOf(own: readonly TrialRecord[], other: readonly TrialRecord[]): [TrialRecord, TrialRecord][] {
  const byTrial = new Map(other.map((record) => [record.trial, record]));
  return own.flatMap((record): [TrialRecord, TrialRecord][] => {
    const partner = byTrial.get(record.trial);
    return partner === undefined ? [] : [[record, partner]];
  });
}
