import { randomStream } from "@stiffnet/base";
import { type ResNetConfig, resnet } from "@stiffnet/core";
import { type PenalisedName, type PenalisedRow, penalisedProxies } from "@stiffnet/stiffness";

/** The stiffness penalties by the names of their models. */
export const stiffnessModels: ReadonlyMap<string, [PenalisedName, PenalisedRow]> = new Map(
  Object.entries(penalisedProxies).map(([name, row]) => [`RES ${row.label}`, [name as PenalisedName, row]]),
);

/** The models of the slides, who penalised the spectral radius by Gelfand's formula (`RES stiff` is the same
 *  penalty by Arnoldi iteration), and all other penalties. */
export const stepModels: readonly StepModel[] = ["RES", "RES L2", ...stiffnessModels.keys()];
export type StepModel = string;

/** lambda of the slides; 0 for the plain network. */
export function penaltyWeight(model: StepModel): number {
  return model === "RES L2" ? 1e-5 : (stiffnessModels.get(model)?.[1].weight ?? 0);
}

export interface StepSizes {
  readonly inputs: number;
  readonly outputs: number;
  readonly width: number;
  readonly depth: number;
  readonly batch: number;
}

/** The input of every engine: the same initial parameters and batches, in float32. */
export interface StepProblem {
  readonly config: ResNetConfig;
  readonly batch: number;
  /** Whole batches, one behind the other: inputs [count * batch, inputs], outputs [count * batch,
   *  outputs]. */
  readonly batches: number;
  readonly parameters: Float32Array;
  readonly inputs: Float32Array;
  readonly outputs: Float32Array;
}

/** A seeded problem. Inputs are uniform in [-1, 1]. Outputs are products and squares of inputs, which are the
 *  same on every machine. */
export function stepProblem(sizes: StepSizes, seed: number, batches = 50): StepProblem {
  const { inputs: columns, outputs: targets, width, depth, batch } = sizes;
  const model = resnet({ inputs: columns, outputs: targets, width, depth, seed });
  const random = randomStream(seed, 1);
  const rows = batch * batches;
  const inputs = new Float32Array(rows * columns).map(() => 2 * random.uniform() - 1);
  const outputs = new Float32Array(rows * targets);
  for (let row = 0; row < rows; row++) {
    const x = inputs.subarray(row * columns, (row + 1) * columns);
    for (let k = 0; k < targets; k++) {
      const [a, b, c] = [x[k % columns]!, x[(k + 5) % columns]!, x[(2 * k + 1) % columns]!];
      outputs[row * targets + k] = 2 * a * b + c - 1.5 * a * a + 0.5;
    }
  }
  const { config, parameters } = model;
  return { config, batch, batches, parameters, inputs, outputs };
}
