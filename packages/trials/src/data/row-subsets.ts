import type { Samples } from "@stiffnet/preparation";
import { trainParts } from "@stiffnet/tables";
import type { StudyData } from "./kinds.ts";

/** The data of one trial: the training rows less a validation part that moves on from trial to trial, as in
 *  cross-validation, so that an average over trials has seen every row. share: of the training rows, a
 *  fraction; 0 keeps no validation set. The preparation stays that of all training rows, so that risks
 *  compare. */
export function foldOf(data: StudyData, share: number, trial: number): StudyData {
  if (share === 0) return data;
  const { count } = data.train;
  const inFold = keptBack(data, share, trial);
  const rows = Array.from({ length: count }, (_, row) => row);
  return {
    ...data,
    train: takeRows(
      data.train,
      rows.filter((row) => !inFold(row)),
    ),
    validation: takeRows(data.train, rows.filter(inFold)),
  };
}

/** Which of the training rows a trial keeps back for validation: whole groups, where there are groups, and
 *  at least one of them. */
export function keptBack(
  data: Pick<StudyData, "train" | "trainGroups">,
  share: number,
  trial: number,
): (row: number) => boolean {
  if (share === 0) return () => false;
  const parts = trainParts(data, Math.max(1, Math.round(share * data.train.count)));
  const kept = new Set(parts[trial % parts.length]);
  return (row) => kept.has(row);
}

function takeRows(samples: Samples, rows: readonly number[]): Samples {
  const take = (values: Float64Array): Float64Array => {
    const width = values.length / samples.count;
    const taken = new Float64Array(rows.length * width);
    rows.forEach((row, i) => {
      taken.set(values.subarray(row * width, (row + 1) * width), i * width);
    });
    return taken;
  };
  return { count: rows.length, inputs: take(samples.inputs), outputs: take(samples.outputs) };
}

export function firstRows(samples: Samples, count: number): Samples {
  if (count >= samples.count) return samples;
  return takeRows(
    samples,
    Array.from({ length: count }, (_, row) => row),
  );
}
