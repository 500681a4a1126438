import { prepare, restore, type Samples, takeRows } from "@stiffnet/preparation";
import { linearFit } from "@stiffnet/tables";
import type { Results, StudyData } from "@stiffnet/trials";
import type { Candidate } from "./candidates.ts";
import { foldsOf } from "./intervals.ts";

export type Predicted = Readonly<Record<"network" | "gaussian" | "linear", Float64Array>>;

/** The rows that models are compared on, and what each says of them, row-major in physical units. */
export interface Judged {
  readonly samples: Samples;
  readonly predicted: Predicted;
}

/** Judges on the test rows; where there are none, on the training rows that trials kept back. */
export function judge(
  results: Pick<Results, "data" | "config">,
  { network, gaussian }: { readonly network: Candidate; readonly gaussian: Candidate },
): Judged {
  const { train, test } = results.data;
  if (test.count > 0) {
    const predicted = {
      network: network.mean(test.inputs),
      gaussian: gaussian.mean(test.inputs),
      linear: linearBaseline(results.data),
    };
    return { samples: test, predicted };
  }
  const { rows, means } = (network.unseen ?? gaussian.unseen)!;
  const there = (answers: Float64Array): Float64Array =>
    takeRows({ count: train.count, inputs: new Float64Array(), outputs: answers }, rows).outputs;
  const predicted = {
    network: means,
    gaussian: there(gaussian.unseen!.means),
    linear: there(linearUnseen(results)),
  };
  return { samples: takeRows(train, rows), predicted };
}

/** The linear fit on its own training rows, each predicted without its part. */
function linearUnseen(results: Pick<Results, "data" | "config">): Float64Array {
  const { data } = results;
  const { train } = data;
  const answers = new Float64Array(train.outputs.length);
  const width = data.outputNames.length;
  const folds = foldsOf(results);
  const rowsWhere = (keeps: (fold: number) => boolean): number[] =>
    Array.from(folds, (fold, row) => (keeps(fold) ? row : -1)).filter((row) => row >= 0);
  for (const part of new Set(folds)) {
    const within = rowsWhere((fold) => fold === part);
    const others = takeRows(
      train,
      rowsWhere((fold) => fold !== part),
    );
    const told = linearBaseline({ ...data, train: others, test: takeRows(train, within) });
    within.forEach((row, k) => {
      answers.set(told.subarray(k * width, (k + 1) * width), row * width);
    });
  }
  return answers;
}

/** What a least-squares fit to the training rows predicts on the test rows, row-major. It is fitted to
 *  what the networks see, so that logarithms are of use to it too. */
function linearBaseline({ train, test, preparation }: StudyData): Float64Array {
  const { inputs, outputs } = preparation;
  const fit = linearFit({
    count: train.count,
    inputs: prepare(inputs, train.inputs),
    outputs: prepare(outputs, train.outputs),
  });
  return restore(outputs, fit.predict(prepare(inputs, test.inputs)));
}
