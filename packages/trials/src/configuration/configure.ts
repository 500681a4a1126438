import { readFileSync } from "node:fs";
import { BenchError, note } from "@stiffnet/terminal";
import { type DataSpec, loadData, type StudyData } from "../data/kinds.ts";
import type { StudyKind } from "../study/kind.ts";
import { requireConsistent, type StudyConfig, type TrainingSpec } from "./config.ts";
import { type Preset, presetOf } from "./presets.ts";
import { complaintOf, type StudyFile } from "./schema.ts";
import { sweptModels } from "./sweep.ts";

/** A configuration file, checked. */
export function readStudyFile(path: string): StudyFile {
  return checked(readJson(path), path);
}

/** The value in a file. */
export function readJson(path: string): unknown {
  try {
    // Editors of Windows write a mark before the first character.
    return JSON.parse(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new BenchError(`${path}: not JSON: ${error.message}`);
  }
}

/** The value as a configuration; `source` names it in the complaint where it is none. */
export function checked(value: unknown, source: string): StudyFile {
  const complaint = complaintOf(value);
  if (complaint !== undefined) throw new BenchError(`${source}: ${complaint}`);
  return value as StudyFile;
}

/** Sets fields of a configuration by their paths, as in training.epochs or models.1.penalty.weight, beside
 *  what `base` has there. A value is JSON, or a text where it is not. */
export function assign(
  file: StudyFile,
  assignments: readonly { readonly name: string; readonly value: string }[],
  base: Preset,
): StudyFile {
  const copy = structuredClone(file) as Record<string, unknown>;
  for (const { name, value } of assignments) {
    const keys = name.split(".");
    let at = copy;
    let below: unknown = base;
    for (const key of keys.slice(0, -1)) {
      below = (below as Record<string, unknown> | undefined)?.[key];
      if (!Object.hasOwn(at, key)) at[key] = structuredClone(below ?? {});
      // What the preset switches off is switched on by a field of it.
      if (at[key] === false && below === false) at[key] = {};
      const inner = at[key];
      if (typeof inner !== "object" || inner === null)
        throw new BenchError(`--set ${name}: '${key}' has no fields`);
      at = inner as Record<string, unknown>;
    }
    Object.defineProperty(at, keys.at(-1)!, {
      value: parsed(value),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return checked(copy, "--set");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The preset, overlaid by what the file and then the command line give; swept; its data looked at. */
export async function studyConfig(
  { name, complaint }: Pick<StudyKind, "name" | "complaint">,
  given: StudyFile,
): Promise<{ config: StudyConfig; data?: StudyData }> {
  const base = presetOf(name, given.preset);
  const data = given.data ?? base.data;
  if (data === undefined) throw new BenchError("no data, expected a file, or data in the configuration");
  const seed = given.seed ?? base.seed;
  const { spec, rows, ...read } = await described(data, seed);
  const training = trainingOf(base, given, rows, spec);
  const { augment = 0, ...network } = { ...base.network, ...given.network };
  const every = Math.max(1, Math.round(training.epochs / base.records));
  const config: StudyConfig = {
    format: 1,
    command: name,
    seed,
    trials: given.trials ?? base.trials,
    data: spec,
    network: augment > 0 ? { ...network, augment } : network,
    training,
    keep: given.keep ?? base.keep ?? (data.validation > 0 ? "best" : "final"),
    models: sweptModels(given.models ?? base.models, given.sweep ?? {}),
    measures: { every, ...base.measures, ...given.measures },
    ...(given.surrogate !== undefined && { surrogate: given.surrogate }),
    ...(given.refit && { refit: true }),
  };
  requireConsistent(config);
  const unfit = complaint?.(config);
  if (unfit !== undefined) throw new BenchError(unfit);
  return { config, ...read };
}

/** The data as a configuration keeps them, and how many training rows they have. A table is read now: it is
 *  known again by the digest of what was chosen of it. */
async function described(
  spec: DataSpec,
  seed: number,
): Promise<{ spec: DataSpec; rows: number; data?: StudyData }> {
  if (spec.kind !== "table") return { spec, rows: spec.train };
  const data = await loadData({ ...spec, digest: spec.digest ?? "" }, seed);
  for (const text of data.notes ?? []) note(`${data.name}: ${text}`);
  return { spec: { ...spec, digest: data.digest }, rows: data.train.count, data };
}

/** The preset's training with what is given of it. Automatic epochs are counted out for so many rows; whoever
 *  gives another rule for the rate does not mean the preset's as well. */
function trainingOf(
  { training: base }: Preset,
  { training: given = {} }: StudyFile,
  rows: number,
  { validation }: Pick<DataSpec, "validation">,
): TrainingSpec {
  const { anneal, ...rest } = base;
  const merged = { ...rest, ...(anneal && given.plateau === undefined && { anneal }), ...given };
  if (typeof merged.epochs === "number") return { ...merged, epochs: merged.epochs };
  const { steps, least, patience } = merged.epochs;
  const batches = Math.ceil((rows * (1 - validation)) / merged.batchSize);
  const epochs = Math.max(least, Math.round(steps / batches));
  return { ...(validation > 0 && { patience: Math.ceil(patience * epochs) }), ...merged, epochs };
}
