import { exportGaussian, type Json, OnnxError } from "@stiffnet/onnx";
import { rangesOf } from "@stiffnet/preparation";
import { note } from "@stiffnet/terminal";
import type { Results } from "@stiffnet/trials";
import type { Exported } from "@stiffnet/trials/surrogate";
import type { GaussianModel } from "@stiffnet/uncertainty";

/** Writes the Gaussian process into the folder as model.onnx; in float64 where the data's units go beyond
 *  what float32 holds. */
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
  try {
    await exportGaussian(process, path, options).catch((error) => {
      if (!(error instanceof OnnxError && error.code === "verification_failed")) throw error;
      return exportGaussian(process, path, { ...options, dtype: "float64", tolerance: 1e-5 });
    });
    return { files: { model: path }, missing: [] };
  } catch (error) {
    if (!(error instanceof OnnxError)) throw error;
    const sentence = `Gaussian process: no ONNX file was written: ${error.message.replace(/^export: /, "")}.`;
    note(sentence);
    return { files: {}, missing: [sentence] };
  }
}
