import { exportGaussian, type Json } from "@stiffnet/onnx";
import { rangesOf } from "@stiffnet/preparation";
import type { Results } from "@stiffnet/trials";
import { type Exported, written } from "@stiffnet/trials/surrogate";
import type { GaussianModel } from "@stiffnet/uncertainty";

/** Writes the Gaussian process into the folder as model.onnx. */
export async function exportProcess(
  { data, folder, summary }: Results,
  process: GaussianModel,
  metadata: Record<string, Json>,
): Promise<Exported> {
  const path = folder.file("model.onnx");
  const options = {
    ranges: rangesOf(data.train.inputs, data.inputNames.length),
    metadata: {
      study: summary.command,
      studyDigest: summary.digest,
      seed: summary.config.seed,
      ...metadata,
    },
    description: `Surrogate of ${data.name}: Gaussian process.`,
  };
  return written("model", path, "Gaussian process", (dtype) =>
    exportGaussian(process, path, {
      ...options,
      dtype,
      ...(dtype === "float64" && { tolerance: 1e-5 }),
    }),
  );
}
