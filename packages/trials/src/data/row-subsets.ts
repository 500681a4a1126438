import { type Samples, takeRows } from "@stiffnet/preparation";
import { trainParts } from "@stiffnet/tables";
import type { StudyData } from "./kinds.ts";

/** The data of one trial: the training rows without its validation rows. Each trial has other validation
 *  rows, as in cross-validation, so that an average over trials has seen every row. `share` is a fraction of
 *  the training rows; with 0 all rows are trained on. The preparation stays that of all training rows, so
 *  that risks compare. */
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

/** Trained on all rows: those of the test follow. They are prepared as before, so that errors compare. */
export function withTestRows(data: StudyData): StudyData {
  const { train, test, trainGroups, testGroups } = data;
  const joined = (one: Float64Array, other: Float64Array): Float64Array =>
    Float64Array.from([...one, ...other]);
  const starts = (groups: Uint32Array | undefined, { count }: Samples): ArrayLike<number> =>
    groups ?? Array.from({ length: count }, (_, row) => row);
  return {
    ...data,
    train: {
      count: train.count + test.count,
      inputs: joined(train.inputs, test.inputs),
      outputs: joined(train.outputs, test.outputs),
    },
    test: takeRows(test, []),
    trainGroups: Uint32Array.from([
      ...Array.from(starts(trainGroups, train)),
      ...Array.from(starts(testGroups, test), (start) => train.count + start),
    ]),
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

export function firstRows(samples: Samples, count: number): Samples {
  if (count >= samples.count) return samples;
  return takeRows(
    samples,
    Array.from({ length: count }, (_, row) => row),
  );
}
