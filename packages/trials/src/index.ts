export {
  type ModelSpec,
  type NetworkSpec,
  networkFor,
  onAllRows,
  type PenaltySpec,
  type StudyConfig,
  slugOf,
  type TrainingSpec,
  trainingFor,
  trialSpecs,
} from "./configuration/config.ts";
export { checked, readJson } from "./configuration/configure.ts";
export { type MissingRule, missingRules, surrogates } from "./configuration/fields.ts";
export { labelOf, labelsOf } from "./configuration/labels.ts";
export type { StudyFile, Sweep } from "./configuration/schema.ts";
export {
  constantInputs,
  type DataSpec,
  loadData,
  requireUsualSize,
  type StudyData,
  standIn,
} from "./data/kinds.ts";
export { keptBack, withTestRows } from "./data/row-subsets.ts";
export { readSource, type TableSource } from "./data/table-source.ts";
export {
  type ConfigOf,
  type Experiment,
  type ExperimentConfig,
  type ExperimentOptions,
  experimentCommand,
  runExperiment,
  type Watch,
} from "./experiment/run-experiment.ts";
export { addDataOptions, type DataOptions, dataOf, refuseWithoutData } from "./options/data-options.ts";
export { comparedModels, modelsOf, penalty, penaltyHelp } from "./options/penalties.ts";
export { type Assignment, assignment, type StudyOptions } from "./options/study-options.ts";
export { addTableOptions, sourceOf, type TableOptions } from "./options/table-options.ts";
export { addQueueOptions, part, type QueueOptions, redisAddress } from "./options/where-options.ts";
export { factsOf, printed, proxyTable, troubleOf } from "./results/report.ts";
export type { Summary } from "./results/summary.ts";
export { Checkpoint } from "./run/checkpoint.ts";
export { complaintsOf } from "./run/complaints.ts";
export { ResultsFolder, readConfig, tuneFolder, withLockedFolder } from "./run/folder.ts";
export { joinParts, planMerge } from "./run/merge.ts";
export { type FailedTrial, localRunner } from "./run/pool.ts";
export type { TrialRecord } from "./run/record.ts";
export { type TrainedTrial, trainedTrials } from "./run/results.ts";
export type { Shard } from "./run/shard.ts";
export { type StudyStatus, studyStatus, type TrialStatus } from "./run/status.ts";
export { explainInterruption, runStudy, type StudyRun } from "./run/study.ts";
export { freshModel, runTrial, trialData } from "./run/trial.ts";
export type { Asked, Chosen, Results, StudyKind } from "./study/kind.ts";
export { finishStudy, trialRunner } from "./study/run.ts";
export { studyCommand } from "./study/study-command.ts";
export { versionOf } from "./versions.ts";
