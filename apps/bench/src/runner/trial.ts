import { evaluate, l2Penalty, type Model, type Penalty, resnet, train } from "@stiffnet/core";
import { spectralRadius, stiffnessPenalty } from "@stiffnet/stiffness";
import type { Checkpoint } from "./checkpoint.ts";
import type { ModelSpec, StudyConfig, TrialSpec } from "./config.ts";
import type { StudyData } from "./data.ts";
import { foldOf } from "./folds.ts";
import { proxiesOf, proxyMeans } from "./measures.ts";
import type { TrialRecord } from "./record.ts";

/** A killed process loses at most these epochs, or this time where epochs are shorter. */
const checkpointEvery = { epochs: 5, milliseconds: 100 };

/** The untrained network of a trial, as the seed and the data decide it. */
export function freshModel(config: StudyConfig, trial: number, data: StudyData): Model {
  const model = resnet({
    ...config.network,
    inputs: data.inputNames.length,
    outputs: data.outputNames.length,
    seed: config.seed,
    trial,
  });
  const { inputNames, outputNames, preparation } = data;
  return { ...model, inputNames, outputNames, preparation };
}

/** What the trial is trained, chosen and tested on. */
function trialData(config: StudyConfig, data: StudyData, trial: number): StudyData {
  return config.data.kind === "alpine02" ? data : foldOf(data, config.data.validation, trial);
}

/** Trains, or goes on training, one network of a study. */
export async function runTrial(
  config: StudyConfig,
  spec: TrialSpec,
  options: {
    data: StudyData;
    checkpoint: Checkpoint;
    signal: AbortSignal;
    onEpoch: (epoch: number, riskTrain: number) => void;
  },
): Promise<TrialRecord | { readonly status: "interrupted"; readonly epoch: number }> {
  const { checkpoint, signal } = options;
  const data = trialData(config, options.data, spec.trial);
  const { training, measures } = config;
  const penalty = penaltyOf(spec.model);
  const resume = checkpoint.load();
  let saved = Number.NEGATIVE_INFINITY;
  const result = await train(freshModel(config, spec.trial, data), data, {
    epochs: training.epochs,
    batchSize: training.batchSize,
    rate: training.rate,
    plateau: training.plateau,
    ...(penalty === undefined ? {} : { penalty }),
    seed: config.seed,
    trial: spec.trial,
    select: config.keep,
    measure: { every: measures.every, of: (model) => proxyMeans(model, data.test, measures.samples) },
    checkpoint: {
      every: checkpointEvery.epochs,
      save(state) {
        if (performance.now() - saved < checkpointEvery.milliseconds) return;
        checkpoint.save(state);
        saved = performance.now();
      },
    },
    ...(resume === undefined ? {} : { resume }),
    signal,
    onEpoch: ({ epoch, riskTrain }) => options.onEpoch(epoch, riskTrain),
  });
  checkpoint.save(result.state);
  if (result.status === "interrupted") return { status: "interrupted", epoch: result.state.epoch };
  const { model } = result;
  const test = evaluate(model, data.test);
  const proxies = proxiesOf(model, data.test);
  return {
    id: spec.id,
    model: spec.model.name,
    trial: spec.trial,
    status: result.status,
    ...(result.reason === undefined ? {} : { reason: result.reason }),
    epochs: result.state.epoch,
    epoch: result.epoch,
    riskTrain: evaluate(model, data.train).risk,
    riskTest: test.risk,
    ...(data.validation ? { riskValidation: evaluate(model, data.validation).risk } : {}),
    penalty: result.history.at(-1)!.penalty,
    stiffness: proxies.spectralRadius!.mean,
    proxies,
    outputs: test.outputs.map(({ name, rmse, r2 }) => ({ name, rmse, r2: Number.isNaN(r2) ? null : r2 })),
    digest: result.digest,
    seconds: result.seconds,
  };
}

function penaltyOf({ penalty }: ModelSpec): Penalty | undefined {
  switch (penalty?.kind) {
    case undefined:
      return undefined;
    case "l2":
      return l2Penalty(penalty.weight);
    case "stiff":
      return stiffnessPenalty(spectralRadius(), { weight: penalty.weight });
    case "gelfand":
      return stiffnessPenalty(spectralRadius({ method: "gelfand" }), { weight: penalty.weight });
  }
}
