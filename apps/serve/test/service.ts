import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Model, resnet } from "@stiffnet/core";
import { type ExportOptions, exportEnsemble, exportOnnx, type Json } from "@stiffnet/onnx";

export const folder: string = mkdtempSync(join(tmpdir(), "stiffnet-serve-"));

const affine = (mean: number[], scale: number[]) => ({
  columns: mean.length,
  steps: [{ kind: "affine" as const, mean, scale }],
});

/** Three inputs, two outputs, in physical units of their own. */
export function surrogate(trial = 0): Model {
  return {
    ...resnet({ inputs: 3, outputs: 2, width: 8, depth: 4, seed: 3, trial }),
    inputNames: ["rainfall", "soil depth", "Q10"],
    outputNames: ["GPP", "NEE"],
    preparation: {
      inputs: affine([800, 2, 1.5], [150, 0.5, 0.2]),
      outputs: affine([3e-8, 0.2], [1e-8, 0.4]),
    },
  };
}

const about = {
  ranges: [
    [400, 1200],
    [0.5, 3.5],
    [1, 2],
  ] as const,
  units: { inputs: ["mm/yr", "m", "1"], outputs: ["kg/m2/s", "g/m2/d"] },
  metadata: { risks: { train: 0.004, test: 0.006 } },
};

export async function writeModel(
  name: string,
  model: Model = surrogate(),
  options: ExportOptions = {},
): Promise<string> {
  return (await exportOnnx(model, join(folder, name), { ...about, ...options })).path;
}

/** As the calibration of `stiffnet train` on 60 rows, too few for 0.99. */
export const calibration = {
  rows: 60,
  levels: [0.5, 0.8, 0.9, 0.95, 0.99],
  outputs: [
    { floor: 2e-9, factors: [0.6, 1.2, 1.6, 2.1, null] },
    { floor: 0.08, factors: [0.7, 1.3, 1.7, 2, null] },
  ],
};

export async function writeEnsemble(
  name: string,
  metadata: Readonly<Record<string, Json>> = {},
): Promise<string> {
  const models = [0, 1, 2].map((trial) => surrogate(trial));
  const options = { ...about, members: true, jacobian: true, metadata: { ...about.metadata, ...metadata } };
  return (await exportEnsemble(models, join(folder, name), options)).path;
}
