import { createHash } from "node:crypto";
import { evaluate, type Model, resnet, train } from "@stiffnet/core";
import { mean, quantile } from "@stiffnet/report";
import { stiffnessPenalty } from "@stiffnet/stiffness";
import type { NetworkSpec, StudyData, TrainingSpec, Watch } from "@stiffnet/trials";
import { proxyOf, type SpectralMethod } from "./methods.ts";
import { type BatchProbe, type MethodProbe, type Probe, probeOf, wellConditioned } from "./probe.ts";

/** Relative errors of values against exact ones, over (layer, sample) pairs. */
export interface ErrorQuantiles {
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly worst: number;
}

/** Accuracy of a method at one point of training, or over all points. */
export interface MethodAccuracy {
  readonly pairs: number;
  readonly error: ErrorQuantiles;
  /** Between the batch's penalty gradient (weights) and the exact one: over the batches. */
  readonly cosine: { readonly median: number; readonly worst: number };
  /** The same where only eigenvalues of condition at most 20 count. */
  readonly cosineWell: { readonly median: number; readonly worst: number };
  /** Length of the gradient over that of the exact one, median over the batches. */
  readonly length: number;
  /** Share of pairs with a larger error than residual and condition explain; absent where no residual is
   *  reported. */
  readonly unexplained?: number;
  /** The method's own figures over the epochs: products a pair, residuals, shares unmatched and capped. */
  readonly statistics: Readonly<Record<string, number>>;
}

export interface AccuracyPoint {
  readonly epoch: number;
  /** Exact spectral radius, mean over pairs, in 1/time. */
  readonly radius: number;
  /** Condition of the dominant eigenvalues: median and the share above 20. */
  readonly condition: number;
  readonly illConditioned: number;
  readonly methods: readonly MethodAccuracy[];
}

export interface AccuracyRun {
  readonly weight: number;
  readonly status: "finished" | "diverged";
  readonly reason?: string;
  readonly riskTrain: number;
  readonly riskTest: number;
  /** SHA-256 of the trained parameters. */
  readonly digest: string;
  /** Over all points, in the order of the methods. */
  readonly methods: readonly (MethodAccuracy & { readonly method: SpectralMethod })[];
  readonly points: readonly AccuracyPoint[];
}

export interface AccuracySpec {
  /** The first one trains. */
  readonly methods: readonly SpectralMethod[];
  readonly weights: readonly number[];
  readonly network: NetworkSpec;
  readonly training: TrainingSpec;
  /** Epochs that are looked at, and batches in each. */
  readonly points: readonly number[];
  readonly probes: number;
  readonly seed: number;
}

/** Trains one network for each weight and looks at the methods on the way; the runs so far where it is
 *  interrupted. */
export async function measureAccuracy(
  spec: AccuracySpec,
  data: StudyData,
  watch: Watch,
): Promise<AccuracyRun[]> {
  const runs: AccuracyRun[] = [];
  for (const weight of spec.weights) {
    const run = await accuracyRun(spec, weight, data, watch);
    if (run === undefined) break;
    runs.push(run);
  }
  return runs;
}

async function accuracyRun(
  spec: AccuracySpec,
  weight: number,
  data: StudyData,
  { signal, note }: Watch,
): Promise<AccuracyRun | undefined> {
  const { training, seed } = spec;
  const perEpoch = callsOf(data.train.count, training.batchSize);
  const probe = probeOf(spec.methods.map(proxyOf), {
    at: new Set(spec.points),
    calls: { perEpoch, probed: Math.min(spec.probes, perEpoch) },
  });
  const result = await train(freshModel(spec, data), data, {
    ...training,
    penalty: stiffnessPenalty(probe.proxy, { weight, subset: 1 }),
    seed,
    select: "final",
    signal,
    onEpoch({ epoch, riskTrain }) {
      if (spec.points.includes(epoch))
        note(
          `weight ${weight}: epoch ${epoch} of ${training.epochs}, training error ${riskTrain.toPrecision(3)}`,
        );
    },
  });
  if (result.status === "interrupted") return undefined;
  return {
    weight,
    status: result.status,
    ...(result.reason !== undefined && { reason: result.reason }),
    riskTrain: evaluate(result.model, data.train).risk,
    riskTest: evaluate(result.model, data.test).risk,
    digest: result.digest,
    methods: spec.methods.map((method, k) => ({ method, ...accuracyOf(probe, k) })),
    points: spec.points
      .filter((epoch) => probe.batches.some((batch) => batch.epoch === epoch))
      .map((epoch) => pointOf(probe, epoch, spec.methods.length)),
  };
}

function freshModel({ network, seed }: AccuracySpec, data: StudyData): Model {
  const { inputNames, outputNames, preparation } = data;
  const sizes = { inputs: inputNames.length, outputs: outputNames.length };
  return { ...resnet({ ...network, ...sizes, seed, trial: 0 }), inputNames, outputNames, preparation };
}

/** How often an epoch evaluates the penalty: the engine takes batches in chunks of at most 64 samples. */
function callsOf(rows: number, batch: number): number {
  const chunks = (samples: number): number => Math.ceil(samples / Math.min(batch, 64));
  return Math.floor(rows / batch) * chunks(batch) + chunks(rows % batch);
}

function pointOf(probe: Probe, epoch: number, methods: number): AccuracyPoint {
  const batches = probe.batches.filter((batch) => batch.epoch === epoch);
  const conditions = batches.flatMap(({ exact }) => exact.conditions);
  return {
    epoch,
    radius: mean(batches.map(({ exact }) => exact.mean)),
    condition: quantile(conditions, 0.5),
    illConditioned: conditions.filter((condition) => condition > wellConditioned).length / conditions.length,
    methods: Array.from({ length: methods }, (_, k) => accuracyOf(probe, k, epoch)),
  };
}

function accuracyOf(probe: Probe, method: number, epoch?: number): MethodAccuracy {
  const chosen = (at: { readonly epoch: number }): boolean => epoch === undefined || at.epoch === epoch;
  const batches = probe.batches.filter(chosen).map((batch: BatchProbe) => batch.methods[method]!);
  const errors = batches.flatMap((batch) => batch.errors);
  const spread = (of: (batch: MethodProbe) => number): { median: number; worst: number } => {
    const values = batches.map(of);
    return { median: quantile(values, 0.5), worst: Math.min(...values) };
  };
  const unexplained = batches.flatMap((batch) => batch.unexplained ?? []);
  return {
    pairs: errors.length,
    error: {
      median: quantile(errors, 0.5),
      p90: quantile(errors, 0.9),
      p99: quantile(errors, 0.99),
      worst: quantile(errors, 1),
    },
    cosine: spread((batch) => batch.cosine),
    cosineWell: spread((batch) => batch.cosineWell),
    length: quantile(
      batches.map((batch) => batch.length),
      0.5,
    ),
    ...(unexplained.length > 0 && {
      unexplained: unexplained.reduce((sum, count) => sum + count, 0) / errors.length,
    }),
    statistics: meanOf(probe.statistics.filter(chosen).map(({ methods }) => methods[method]!)),
  };
}

function meanOf(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  return Object.fromEntries(
    Object.keys(records[0] ?? {}).map((key) => {
      const values = records.map((record) => record[key]!);
      return [key, key.endsWith("Worst") ? Math.max(...values) : mean(values)];
    }),
  );
}

/** Over all that was computed; no clock enters. */
export function accuracyDigest(runs: readonly AccuracyRun[]): string {
  const hash = createHash("sha256");
  for (const { weight, digest, methods } of runs) {
    hash.update(`${weight} ${digest}\n`);
    for (const { method, error } of methods) hash.update(`${method} ${JSON.stringify(error)}\n`);
  }
  return hash.digest("hex");
}
