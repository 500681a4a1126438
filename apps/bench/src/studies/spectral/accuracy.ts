import { createHash } from "node:crypto";
import { type Model, resnet, train } from "@stiffnet/core";
import { mean, quantile } from "@stiffnet/report";
import { type DifferentiableProxy, spectralRadius, stiffnessPenalty } from "@stiffnet/stiffness";
import type { NetworkSpec, StudyData, TrainingSpec, Watch } from "@stiffnet/trials";
import { type Probe, probeOf } from "./probe.ts";

/** Ways to the spectral radius that can be trained with. */
const makers = {
  arnoldi: () => spectralRadius(),
  power: () => spectralRadius({ method: "power" }),
  gelfand: () => spectralRadius({ method: "gelfand" }),
};
export type SpectralMethod = keyof typeof makers;
export const spectralMethods = Object.keys(makers) as readonly SpectralMethod[];

export function proxyOf(method: SpectralMethod): DifferentiableProxy {
  return makers[method]();
}

/** Epochs from the first to the last, at about equal ratios. */
export function pointsOf(epochs: number, count: number): number[] {
  const at = Array.from({ length: count }, (_, k) =>
    Math.round(count === 1 ? epochs : epochs ** (k / (count - 1))),
  );
  return [...new Set(at)];
}

/** Accuracy of a method at one point of training, or over all points. */
export interface MethodAccuracy {
  readonly pairs: number;
  /** Relative errors of values against exact ones, over (layer, sample) pairs. */
  readonly error: Readonly<Record<"median" | "p90" | "p99" | "worst", number>>;
  /** Between the batch's penalty gradient (weights) and the exact one: over the batches. */
  readonly cosine: { readonly median: number; readonly worst: number };
}

export interface AccuracyPoint {
  readonly epoch: number;
  /** Exact spectral radius, mean over pairs, in 1/time. */
  readonly radius: number;
  readonly methods: readonly MethodAccuracy[];
}

export interface AccuracyRun {
  readonly weight: number;
  readonly status: "finished" | "diverged";
  readonly reason?: string;
  /** SHA-256 of the trained parameters. */
  readonly digest: string;
  /** Over all points, in the order of the methods. */
  readonly methods: readonly (MethodAccuracy & { readonly method: SpectralMethod })[];
  readonly points: readonly AccuracyPoint[];
}

export interface AccuracySpec {
  /** The first one trains. */
  readonly methods: readonly SpectralMethod[];
  readonly network: NetworkSpec;
  readonly training: TrainingSpec;
  /** Epochs that are looked at, and batches in each. */
  readonly points: readonly number[];
  readonly probes: number;
  readonly seed: number;
}

/** Trains one network and looks at the methods on the way; undefined where it is interrupted. */
export async function accuracyRun(
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
  return {
    epoch,
    radius: mean(batches.map(({ radius }) => radius)),
    methods: Array.from({ length: methods }, (_, k) => accuracyOf({ batches }, k)),
  };
}

function accuracyOf({ batches }: Pick<Probe, "batches">, method: number): MethodAccuracy {
  const own = batches.map(({ methods }) => methods[method]!);
  const errors = own.flatMap((batch) => batch.errors);
  const cosines = own.map(({ cosine }) => cosine);
  return {
    pairs: errors.length,
    error: {
      median: quantile(errors, 0.5),
      p90: quantile(errors, 0.9),
      p99: quantile(errors, 0.99),
      worst: quantile(errors, 1),
    },
    cosine: { median: quantile(cosines, 0.5), worst: Math.min(...cosines) },
  };
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
