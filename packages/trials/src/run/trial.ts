import {
  type EngineFactory,
  evaluate,
  l2Penalty,
  type Model,
  neuralOde,
  type Penalty,
  resnet,
  type TrainingState,
  train,
} from "@stiffnet/core";
import { preparedColumns } from "@stiffnet/preparation";
import { penalisedProxies, stiffnessPenalty } from "@stiffnet/stiffness";
import { given } from "@stiffnet/terminal";
import {
  type ModelSpec,
  networkFor,
  type StudyConfig,
  type TrialSpec,
  trainingFor,
} from "../configuration/config.ts";
import { constantInputs, type StudyData } from "../data/kinds.ts";
import { firstRows, foldOf, withTestRows } from "../data/row-subsets.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { proxiesOf, proxyHistory } from "./measures.ts";
import type { TrialRecord } from "./record.ts";

/** A killed process loses at most these epochs, or this time if it is longer. At most a tenth of the time
 *  goes into saving. */
const checkpointEvery = { epochs: 5, milliseconds: 100, timesSaving: 10 };

/** The untrained network of a trial, as the seed and the data decide it. */
export function freshModel(
  config: StudyConfig,
  { model: spec, trial }: Pick<TrialSpec, "model" | "trial">,
  data: StudyData,
): Model {
  const network = networkFor(config, spec);
  const start = network.solver === undefined && network.weights === undefined ? resnet : neuralOde;
  const model: Model = start({
    ...network,
    inputs: preparedColumns(data.preparation.inputs),
    outputs: preparedColumns(data.preparation.outputs),
    seed: config.seed,
    trial,
  });
  freeze(model, constantInputs(data));
  const { inputNames, outputNames, preparation } = data;
  return { ...model, inputNames, outputNames, preparation };
}

/** An input that never varied is never learnt: without weights from the beginning it has no effect at all. */
function freeze({ layout, parameters, config }: Model, inputs: readonly number[]): void {
  const { offset, size } = layout.lift.weight;
  if (size === 0) return;
  for (const input of inputs) {
    for (let k = 0; k < config.width; k++) parameters[offset + k * config.inputs + input] = 0;
  }
}

/** The rows for training, validation and test. Without test rows, the validation rows serve as such. */
export function trialData(
  config: StudyConfig,
  data: StudyData,
  { model, trial, allRows }: TrialSpec,
): StudyData {
  const fold = foldOf(allRows ? withTestRows(data) : data, config.data.validation, trial);
  const judged = fold.test.count === 0 ? { ...fold, test: fold.validation ?? fold.train } : fold;
  return model.trainRows === undefined
    ? judged
    : { ...judged, train: firstRows(judged.train, model.trainRows) };
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
  const data = trialData(config, options.data, spec);
  const { measures } = config;
  const training = trainingFor(config, spec.model);
  const penalty = penaltyOf(spec.model);
  const engine = await engineOf(spec.model);
  const resume = checkpoint.load();
  let next = Number.NEGATIVE_INFINITY;
  let savedEpoch = -1;
  const save = (state: TrainingState): void => {
    if (state.epoch === savedEpoch) return;
    const began = performance.now();
    checkpoint.save(state);
    const ended = performance.now();
    const { milliseconds, timesSaving } = checkpointEvery;
    next = ended + Math.max(milliseconds, timesSaving * (ended - began));
    savedEpoch = state.epoch;
  };
  const { test: _, ...withoutTest } = data;
  const result = await train(
    freshModel(config, spec, data),
    measures.last === undefined ? data : withoutTest,
    {
      ...training,
      ...given({ penalty, engine, resume }),
      seed: config.seed,
      trial: spec.trial,
      select: config.keep,
      ...(measures.last === undefined && {
        measure: { every: measures.every, of: (model) => proxyHistory(model, data.test, measures) },
      }),
      checkpoint: {
        every: checkpointEvery.epochs,
        live: true,
        save(state) {
          if (performance.now() >= next) save(state);
        },
      },
      signal,
      onEpoch: ({ epoch, riskTrain }) => options.onEpoch(epoch, riskTrain),
    },
  );
  save(result.state);
  if (result.status === "interrupted") return { status: "interrupted", epoch: result.state.epoch };
  const { model } = result;
  const test = evaluate(model, data.test);
  const proxies = proxiesOf(model, data.test, measures);
  return {
    id: spec.id,
    model: spec.model.name,
    trial: spec.trial,
    status: result.status,
    ...given({ reason: result.reason }),
    epochs: result.state.epoch,
    epoch: result.epoch,
    riskTrain: evaluate(model, data.train).risk,
    riskTest: test.risk,
    ...(data.validation ? { riskValidation: evaluate(model, data.validation).risk } : {}),
    penalty: result.history.at(-1)!.penalty,
    stiffness: proxies.spectralRadius!.mean,
    proxies,
    outputs: test.outputs.map(({ name, rmse, r2 }) => ({ name, rmse, r2: Number.isNaN(r2) ? null : r2 })),
    engine: result.engine,
    digest: result.digest,
    seconds: result.seconds,
    processorSeconds: result.processorSeconds,
  };
}

/** TensorFlow.js takes a moment to load, and need not be installed. */
async function engineOf({ engine }: ModelSpec): Promise<EngineFactory | undefined> {
  return engine === "tfjs" ? (await import("@stiffnet/tfjs")).tfjsEngine() : undefined;
}

function penaltyOf({ penalty }: ModelSpec): Penalty | undefined {
  if (penalty === undefined) return undefined;
  const { kind, ...options } = penalty;
  return kind === "l2"
    ? l2Penalty(options.weight)
    : stiffnessPenalty(penalisedProxies[kind].create(), options);
}
