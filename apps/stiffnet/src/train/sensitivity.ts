import { rangesOf } from "@stiffnet/onnx";
import type { StudyData } from "@stiffnet/trials";
import type { SobolAnalysis } from "@stiffnet/uncertainty";
import { analyse } from "../sensitivity/experiment.ts";

/** Inputs beyond which the indices would take longer than the training; 'stiffnet sensitivity' takes more. */
const mostInputs = 100;

/** Sobol indices of the model that is kept over the box of the training rows, from so few points that they
 *  take a moment; nothing where there are too many inputs, or where none varies. */
export async function sensitivityOf(
  data: StudyData,
  answer: (rows: Float64Array) => Float64Array,
  seed: number,
): Promise<SobolAnalysis | undefined> {
  const box = rangesOf(data.train.inputs, data.inputNames.length);
  if (box.length > mostInputs || box.every(([low, high]) => low === high)) return undefined;
  const ranges = data.inputNames.map((name, i) => {
    const [low, high] = box[i]!;
    return { name, low, high, logarithmic: false };
  });
  return analyse(answer, ranges, data.outputNames, { samples: box.length > 20 ? 512 : 2048, seed });
}
