import { createDigest, digestOf, littleEndian } from "@stiffnet/base";
import type { Samples, TrainingData } from "@stiffnet/preparation";
import { ConfigError } from "./errors.ts";
import type { Model } from "./model.ts";
import type { TrainSettings } from "./options.ts";
import type { Penalty } from "./penalty.ts";

/** All that decides a run's result, field by field; the number of epochs where the rate depends on it. */
export function fingerprintOf(
  model: Model,
  data: TrainingData,
  settings: TrainSettings,
  penalty: Penalty | undefined,
  engine: string,
): Record<string, string> {
  const { epochs, ...rest } = settings;
  const start = digestOf(model.parameters);
  const values = {
    model: model.config,
    start,
    ...Object.fromEntries(sets.map((set) => [`the ${set} set`, digestOfSet(data[set])])),
    names: [data.inputNames, data.outputNames],
    preparation: data.preparation,
    ...rest,
    ...(rest.anneal && { epochs }),
  };
  const fields = { ...values, penalty: penalty ? `${penalty.name} ${penalty.weight}` : "none", engine };
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, JSON.stringify(value)]));
}

/** The test set decides nothing that is trained, but the history that goes on. */
const sets = ["train", "validation", "test"] as const;

function digestOfSet(set: Samples | undefined): string {
  if (!set) return "none";
  const digest = createDigest().update(littleEndian(set.inputs)).update(littleEndian(set.outputs));
  return `${set.count} rows, checksum ${digest.hex()}`;
}

/** Refuses to resume what was started otherwise, naming the field. */
export function requireSame(
  saved: Readonly<Record<string, string>>,
  current: Readonly<Record<string, string>>,
  who = "train",
): void {
  for (const field of new Set([...Object.keys(saved), ...Object.keys(current)])) {
    if (saved[field] !== current[field]) {
      throw new ConfigError(
        `${who}: cannot resume, ${field} was ${saved[field] ?? "not set"} and is now ${current[field] ?? "not set"}`,
      );
    }
  }
}
