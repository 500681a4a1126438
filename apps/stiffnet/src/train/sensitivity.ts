import { rangesOf, tableColumns } from "@stiffnet/preparation";
import type { StudyData } from "@stiffnet/trials";
import type { SobolAnalysis } from "@stiffnet/uncertainty";
import { analyse } from "../sensitivity/experiment.ts";
import { rangeOver } from "../sensitivity/ranges.ts";

/** Inputs beyond which the indices would take longer than the training; 'stiffnet sensitivity' takes more. */
const mostInputs = 100;

/** Sobol indices of the model over the box of the training rows, from few points, so that they take a
 *  moment. Undefined if there are too many inputs, or if none varies. */
export async function sensitivityOf(
  data: StudyData,
  answer: (rows: Float64Array) => Float64Array,
  seed: number,
): Promise<SobolAnalysis | undefined> {
  const box = rangesOf(data.train.inputs, data.inputNames.length);
  if (box.length > mostInputs || box.every(([low, high]) => low === high)) return undefined;
  const ranges = tableColumns(data.inputNames, data.preparation.inputs).map((column) =>
    rangeOver(box, column),
  );
  return analyse(answer, ranges, data.outputNames, { samples: box.length > 20 ? 512 : 2048, seed });
}
