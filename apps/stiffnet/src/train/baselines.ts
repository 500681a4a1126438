import { prepare, restore } from "@stiffnet/preparation";
import { linearFit } from "@stiffnet/tables";
import type { StudyData } from "@stiffnet/trials";

/** What a least-squares fit to the training rows predicts on the test rows, row-major. It is fitted to
 *  what the networks see, so that logarithms are of use to it too. */
export function linearBaseline({ train, test, preparation }: StudyData): Float64Array {
  const { inputs, outputs } = preparation;
  const fit = linearFit({
    count: train.count,
    inputs: prepare(inputs, train.inputs),
    outputs: prepare(outputs, train.outputs),
  });
  return restore(outputs, fit.predict(prepare(inputs, test.inputs)));
}
