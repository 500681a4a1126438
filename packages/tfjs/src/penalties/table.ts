import { tensorGelfandPenalty } from "./gelfand.ts";
import { tensorL2Penalty } from "./l2.ts";
import type { TensorPenalty } from "./tensor-penalty.ts";

/** Penalties of the kernels' engine written as tensor code, to check one engine against the other. Names are
 *  those of a study's penalties. A new one is a file and a row here. */
export const tensorPenalties = {
  l2: (weight: number): TensorPenalty => tensorL2Penalty(weight),
  gelfand: (weight: number): TensorPenalty => tensorGelfandPenalty({ weight }),
} as const;
