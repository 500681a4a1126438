import { createHash } from "node:crypto";
import { BenchError } from "@stiffnet/terminal";
import { withoutPlace } from "../data/kinds.ts";
import type { EngineName, StudyFields } from "./fields.ts";

export type NetworkSpec = StudyFields["network"];
export type TrainingSpec = StudyFields["training"];
export type MeasuresSpec = StudyFields["measures"];
/** One of the models that a study compares: what it has of its own, the rest being the study's. */
export type ModelSpec = StudyFields["models"][number];
export type PenaltySpec = NonNullable<ModelSpec["penalty"]>;

export type StudyName = "study" | "train";

/** Everything that the numbers of a study depend on. Workers and interruptions are not part of it. Plain
 *  JSON, written to config.json. */
export type StudyConfig = StudyFields & { readonly command: StudyName };

/** One network to train. */
export interface TrialSpec {
  readonly id: string;
  readonly model: ModelSpec;
  /** Counted from 0; the initial parameters and the shuffles are a function of (seed, trial). */
  readonly trial: number;
  /** Trained on the test rows too. */
  readonly allRows?: boolean;
}

/** The trials of a study in their order: all models of trial 0, then of trial 1, ... so that an interrupted
 *  study has comparable models. The trials on all rows come last. */
export function trialSpecs(config: Pick<StudyConfig, "trials" | "models" | "refit">): TrialSpec[] {
  const over = (models: readonly ModelSpec[], how: Pick<TrialSpec, "allRows">): TrialSpec[] =>
    Array.from({ length: config.trials }, (_, trial) =>
      models.map((model) => ({
        id: `${slugOf(model.name)}-${String(trial).padStart(3, "0")}`,
        model,
        trial,
        ...how,
      })),
    ).flat();
  const again = config.refit ? config.models.map(onAllRows) : [];
  return [...over(config.models, {}), ...over(again, { allRows: true })];
}

/** The model as it is trained again. */
export function onAllRows(model: ModelSpec): ModelSpec {
  return { ...model, name: `${model.name} on all rows` };
}

/** A model's name as part of a file's name. */
export function slugOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9.]+/g, "-");
}

/** Training options of a model: its own, or else the study's. */
export function trainingFor(config: StudyConfig, model: ModelSpec): TrainingSpec {
  return { ...config.training, ...model.training };
}

export function networkFor(config: StudyConfig, model: ModelSpec): NetworkSpec {
  return { ...config.network, ...model.network };
}

/** Checks fields against each other. */
export function requireConsistent(config: StudyConfig): void {
  for (const fault of faultsOf(config)) throw new BenchError(fault);
}

function* faultsOf(config: StudyConfig): Generator<string> {
  const { models, command, surrogate, refit } = config;
  for (const [k, model] of models.entries()) {
    const { name } = model;
    const other = models.slice(0, k).find((before) => slugOf(before.name) === slugOf(name));
    if (other !== undefined)
      yield `models: '${other.name}' and '${name}' cannot be told apart, expected a name of its own for each`;
    const { steer = 0, anneal = false, patience, plateau } = trainingFor(config, model);
    if (anneal && plateau !== false)
      yield "training: anneal and plateau are both set, expected one rule for the learning rate";
    if (patience !== undefined && config.data.validation === 0)
      yield "training.patience: needs validation rows, expected data.validation above 0";
    // A batch must end after it starts, at horizon - steer at the earliest.
    const { horizon } = networkFor(config, model);
    const where = models.length > 1 ? ` in ${name}` : "";
    if (steer >= horizon)
      yield `--steer: is ${steer}, expected below the horizon, which is ${horizon}${where}`;
  }
  const { test, validation } = config.data;
  if (test === 0 && (command !== "train" || validation === 0))
    yield "data.test: is 0, expected test rows, or 'train' with data.validation above 0, because some rows must judge the model";
  for (const field of ["surrogate", "refit"] as const) {
    if (config[field] !== undefined && command !== "train")
      yield `${field}: only works with 'train', expected none here`;
  }
  if (refit && test === 0) yield "refit: is set without test rows, expected data.test above 0";
  if (surrogate === "best" && validation === 0)
    yield "surrogate: is 'best', which needs validation rows; expected data.validation above 0, 'network' or 'gaussian-process'";
  if (config.keep === "best" && validation === 0)
    yield "keep: is 'best', which needs validation rows; expected data.validation above 0, or 'final'";
}

/** Every model on every engine. With several engines, names say which are not on the usual one. */
export function onEngines(models: readonly ModelSpec[], engines: readonly EngineName[]): ModelSpec[] {
  return models.flatMap(({ engine: _, ...model }) =>
    [...new Set(engines)].map((engine) => {
      if (engine === "kernels") return model;
      return { ...model, name: engines.length > 1 ? `${model.name} (${engine})` : model.name, engine };
    }),
  );
}

/** Two configurations are the same study when this is equal. */
export function identityOf(config: StudyConfig): string {
  return createHash("sha256")
    .update(canonical(anywhere(config)))
    .digest("hex");
}

/** Where the data files lie does not matter. */
export function anywhere(config: StudyConfig): StudyConfig {
  return { ...config, data: withoutPlace(config.data) };
}

/** Fields that differ between two configurations, as "training.epochs was 100, now 200". */
export function differences(before: unknown, now: unknown, path = ""): string[] {
  if (canonical(before) === canonical(now)) return [];
  const both = [before, now];
  if (both.every((value) => typeof value === "object" && value !== null && !Array.isArray(value))) {
    const [a, b] = both as [Record<string, unknown>, Record<string, unknown>];
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return keys.flatMap((key) => differences(a[key], b[key], path === "" ? key : `${path}.${key}`));
  }
  return [`${path} was ${JSON.stringify(before) ?? "not set"}, now ${JSON.stringify(now) ?? "not set"}`];
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? "undefined"
  );
}
