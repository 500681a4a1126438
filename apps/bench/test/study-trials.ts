import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EpochRecord } from "@stiffnet/core";
import type { Results, TrainedTrial } from "@stiffnet/trials";
import {
  freshModel,
  loadData,
  type ModelSpec,
  ResultsFolder,
  type StudyConfig,
  trialSpecs,
} from "@stiffnet/trials";
import { summarise } from "../../../packages/trials/src/results/summary.ts";
import type { ProxySummary, TrialRecord } from "../../../packages/trials/src/run/record.ts";

export const threeModels: readonly ModelSpec[] = [
  { name: "RES" },
  { name: "RES L2", penalty: { kind: "l2", weight: 1e-5 } },
  { name: "RES stiff", penalty: { kind: "stiff", weight: 1e-3 } },
];

export function configOf(over: Partial<StudyConfig> = {}): StudyConfig {
  return {
    format: 1,
    command: "study",
    seed: 1,
    trials: 8,
    data: { kind: "function", name: "alpine02", dimension: 2, validation: 0, train: 40, test: 12 },
    network: { width: 4, depth: 3, activation: "tanh", lift: "tanh", horizon: 1 },
    training: { epochs: 4, batchSize: 10, rate: 1e-3, plateau: false },
    keep: "final",
    models: threeModels,
    measures: { every: 2, samples: 4 },
    ...over,
  };
}

/** The outcome of a trial. Fields that are left out are equal in all trials. */
export type Told = Partial<
  Pick<TrialRecord, "riskTrain" | "riskTest" | "stiffness" | "processorSeconds" | "status">
>;

export function recordOf(model: string, trial: number, told: Told = {}, outputs = ["f"]): TrialRecord {
  const stiffness = told.stiffness ?? 1;
  const proxy = (mean: number): ProxySummary => ({
    samples: 12,
    mean,
    sum: 3 * mean,
    median: mean,
    max: 2 * mean,
    meanSquare: mean * mean,
    sumSquare: 3 * mean * mean,
    layers: [mean, mean, mean],
  });
  return {
    id: `${model}-${trial}`,
    model,
    trial,
    status: "finished",
    engine: "kernels: wasm",
    epochs: 4,
    epoch: 4,
    riskTrain: 0.1,
    riskTest: 0.2,
    penalty: model === "RES" ? 0 : 1,
    stiffness,
    proxies: {
      spectralRadius: proxy(stiffness),
      frobenius: proxy(3 * stiffness),
      largestSingularValue: proxy(2 * stiffness),
      eigenRatio: proxy(100),
    },
    outputs: outputs.map((name) => ({ name, rmse: 0.5, r2: 0.9 })),
    digest: "0".repeat(64),
    seconds: 4,
    processorSeconds: 2,
    ...told,
    ...(told.status === "diverged" ? { reason: "the loss is NaN" } : {}),
  };
}

/** A finished study whose networks are as they were made, with figures as they are told. */
export async function resultsOf(
  config: StudyConfig,
  tell: (model: string, trial: number) => Told,
): Promise<Results> {
  const data = await loadData(config.data, config.seed);
  const folder = ResultsFolder.open(join(mkdtempSync(join(tmpdir(), "stiffnet-study-")), "out"), config, {
    force: false,
  });
  const trials: TrainedTrial[] = trialSpecs(config).map((spec) => {
    const told = tell(spec.model.name, spec.trial);
    const record = { ...recordOf(spec.model.name, spec.trial, told, [...data.outputNames]), id: spec.id };
    return { record, model: freshModel(config, spec, data), history: historyOf(record) };
  });
  const records = trials.map(({ record }) => record);
  const files = Object.fromEntries(
    ["figures", "tables", "report.html"].map((name) => [name.replace(".html", ""), folder.file(name)]),
  );
  const run = { interrupted: false, specs: trialSpecs(config), records, failed: [], trained: true };
  return { config, data, folder, run, trials, summary: summarise(config, records, [], files) };
}

function historyOf({ epochs, riskTrain, riskTest, stiffness, trial }: TrialRecord): EpochRecord[] {
  return Array.from({ length: epochs + 1 }, (_, epoch) => {
    const factor = 1 + (epochs - epoch) * (1 + 0.1 * trial);
    const record = {
      epoch,
      riskTrain: factor * riskTrain,
      penalty: 0,
      total: riskTrain,
      riskTest: factor * riskTest,
      rate: 1e-3,
      norm: 1 + epoch,
    };
    if (epoch % 2 > 0) return record;
    const measures = {
      spectralRadius: stiffness * factor,
      frobenius: 3 * stiffness,
      eigenRatio: 100,
      // A field that a later version may record.
      kreissConstant: 2,
    };
    return { ...record, measures };
  });
}
