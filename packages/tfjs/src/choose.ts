import type { StepSolver } from "@stiffnet/core";
import { createKernels } from "@stiffnet/kernels";
import { explicitSolvers } from "./network.ts";
import { missingPackages } from "./tensorflow.ts";

/** From how many products a layer, D^2 B, the native library takes less time a step than the kernels; below
 *  that its operations cost more to start than to compute. Measured by `apps/bench/scripts/crossover.mjs`,
 *  one thread. */
const pays = { native: 6e8, wasm: 1.2e7 } as const;

export interface EngineQuestion {
  /** D, the state's dimension. */
  readonly width: number;
  readonly batchSize: number;
  /** Absent: a residual network. */
  readonly solver?: StepSolver | undefined;
  /** Whether the loss has a stiffness penalty, which the kernels compute for both engines. */
  readonly penalised?: boolean;
  /** Tells whether the native library is there, and which kernels; for tests. */
  readonly machine?: { readonly library: boolean; readonly kernels: "native" | "wasm" };
}

/** Which engine trains faster here, and why in one line: `tfjsEngine({ backend: "tensorflow" })` or the
 *  default one. A rule on sizes, not a trial: the same answer every time on one machine. */
export function chooseEngine(question: EngineQuestion): { engine: "kernels" | "tfjs"; why: string } {
  const { width, batchSize, solver = "euler", penalised = false } = question;
  const { library, kernels } = question.machine ?? thisMachine();
  const products = width * width * batchSize;
  const counted = `${width} x ${width} weights on ${batchSize} samples are ${round(products)} products a layer`;
  const from = `TensorFlow's library pays from ${round(pays[kernels])} against ${kernels} kernels`;
  if (!library) return { engine: "kernels", why: "@tensorflow/tfjs-node is not installed" };
  if (!explicitSolvers().includes(solver)) return { engine: "kernels", why: `${solver} is implicit` };
  if (penalised) return { engine: "kernels", why: "the stiffness penalty is computed by the kernels" };
  return { engine: products < pays[kernels] ? "kernels" : "tfjs", why: `${counted}, and ${from}` };
}

function thisMachine() {
  const library = missingPackages("tensorflow").length === 0;
  return { library, kernels: createKernels().engine === "wasm" ? "wasm" : "native" } as const;
}

function round(products: number): string {
  return products.toExponential(1);
}
