import { linearFit } from "@stiffnet/tables";
import type { StudyData } from "@stiffnet/trials";
import { gaussianProcess } from "@stiffnet/uncertainty";

/** What simpler methods predict on the test rows, row-major, from the same training rows. */
export interface Baselines {
  readonly linear: Float64Array;
  readonly gaussian: Float64Array;
  /** Training rows that the Gaussian process is made of: not all of a large table. */
  readonly gaussianRows: number;
}

/** Outputs up to which each has a Gaussian process of its own; more of them share its lengths, for time. */
const mostAlone = 4;

export function baselinesOf({ train, test, outputNames }: StudyData): Baselines {
  const columns = outputNames.length;
  const linear = linearFit(train).predict(test.inputs);
  if (columns > mostAlone) {
    const process = gaussianProcess(train);
    return { linear, gaussian: process.predict(test.inputs), gaussianRows: process.rows };
  }
  const gaussian = new Float64Array(test.outputs.length);
  let rows = 0;
  for (let c = 0; c < columns; c++) {
    const process = gaussianProcess({ ...train, outputs: train.outputs.filter((_, i) => i % columns === c) });
    process.predict(test.inputs).forEach((value, row) => {
      gaussian[row * columns + c] = value;
    });
    rows = process.rows;
  }
  return { linear, gaussian, gaussianRows: rows };
}
