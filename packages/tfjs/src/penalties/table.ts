import { tensorGelfandPenalty } from "./gelfand.ts";
import { tensorL2Penalty } from "./l2.ts";
import type { TensorPenalty } from "./tensor-penalty.ts";

/** Penalties of the kernels' engine as tensor code, by the names that a study gives them, to check one by the
 *  other: a new one is its own file and a row here. */
export const tensorPenalties = {
  l2: (weight: number): TensorPenalty => tensorL2Penalty(weight),
  gelfand: (weight: number): TensorPenalty => tensorGelfandPenalty({ weight }),
} as const;
