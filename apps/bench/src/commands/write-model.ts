import type { Model } from "@stiffnet/core";
import { type ExportOptions, exportEnsemble, exportOnnx, OnnxError } from "@stiffnet/onnx";

/** Writes one network, or the mean of several, as an ONNX file. Where ONNX has no way to hold them, nothing
 *  is written: it is said on standard error and returned as a sentence for the report. */
export async function writeModel(
  networks: readonly Model[],
  path: string,
  { name, of, ...options }: ExportOptions & { readonly name: string; readonly of: string },
): Promise<string | undefined> {
  const kind = networks[0]!.config.kind === "resnet" ? "residual network" : "neural ODE";
  const description = `${of}: ${networks.length > 1 ? `mean of ${networks.length} ${kind}s` : kind}.`;
  try {
    const all = { ...options, description };
    await (networks.length > 1 ? exportEnsemble(networks, path, all) : exportOnnx(networks[0]!, path, all));
    return undefined;
  } catch (error) {
    if (!(error instanceof OnnxError) || error.code !== "unsupported") throw error;
    const sentence = `${name}: no ONNX file was written: ${error.message.replace(/^export: /, "")}.`;
    process.stderr.write(`${sentence}\n`);
    return sentence;
  }
}
