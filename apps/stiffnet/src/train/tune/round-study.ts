import { mean } from "@stiffnet/report";
import {
  type ModelSpec,
  modelsOf,
  networkFor,
  type StudyConfig,
  type StudyData,
  type TrialRecord,
} from "@stiffnet/trials";
import type { Candidate } from "./candidates.ts";
import type { Round } from "./rounds.ts";

export function nameOf(candidate: number): string {
  return `configuration ${candidate}`;
}

/** The study of a round: a model for each candidate. */
export function roundConfig(
  config: StudyConfig,
  { part, trials }: Round,
  candidates: ReadonlyMap<number, Candidate>,
): StudyConfig {
  const { epochs, patience } = config.training;
  const shorter = (count: number): number => Math.max(1, Math.ceil(count / part));
  const training = {
    ...config.training,
    epochs: shorter(epochs),
    ...(patience !== undefined && { patience: shorter(patience) }),
  };
  const models = [...candidates].map(([k, one]): ModelSpec => {
    const { name: __, penalty: asked, ...base } = config.models[0]!;
    const penalty = one.penalty === undefined ? asked : one.penalty;
    const own = {
      ...(one.network && { network: { ...base.network, ...one.network } }),
      ...(one.training && { training: { ...base.training, ...one.training } }),
    };
    return { name: nameOf(k), ...base, ...own, ...(penalty && { penalty }) };
  });
  // Nobody looks at the stiffness meanwhile.
  const { refit: _, ...once } = config;
  return { ...once, trials, training, models, measures: { every: training.epochs, samples: 1 } };
}

/** The user's configuration with the candidate's settings. */
export function withCandidate(config: StudyConfig, { network, training, penalty }: Candidate): StudyConfig {
  const [base] = config.models;
  const [named] = penalty === undefined ? [base] : modelsOf([penalty ?? undefined]);
  return {
    ...config,
    network: { ...config.network, ...network },
    training: { ...config.training, ...training },
    models: [{ ...base, ...named! }],
  };
}

/** Mean logarithm of the validation error over the trials of a candidate: all of a round have the same rows.
 *  Infinite where one diverged or failed. */
export function scoreOf(records: readonly TrialRecord[], name: string, trials: number): number {
  const risks = records
    .filter(({ model, status }) => model === name && status === "finished")
    .map(({ riskValidation }) => Math.log(riskValidation!));
  return risks.length < trials ? Number.POSITIVE_INFINITY : mean(risks);
}

/** Multiplications for one sample, which the time is about proportional to. The penalty on the stiffness
 *  costs about two more steps. */
export function costOf(config: StudyConfig, { inputNames, outputNames }: StudyData): number {
  const { width, depth } = networkFor(config, config.models[0]!);
  const products = width * (inputNames.length + outputNames.length) + depth * width * width;
  const penalised = config.models[0]!.penalty?.kind ?? "l2";
  return products * (penalised === "l2" ? 1 : 3);
}
