import type { OnnxSource } from "@stiffnet/onnx";
import { type OnnxModel, readSurrogate, type Surrogate } from "@stiffnet/onnx/file";
import { graphModel, inFloat32, type TfjsModel } from "./graph-model.ts";

/** The graph of an exported ONNX file, with its preparation, ensemble and further outputs, as a graph model
 *  of TensorFlow.js: `tf.loadGraphModel(tf.io.fromMemory(model))`. Numbers are float32 throughout. Files that
 *  stiffnet did not export, and operations that it does not use, are an `OnnxError` (`not_a_surrogate`,
 *  `unsupported`). */
export async function encodeTfjs(source: OnnxSource): Promise<TfjsModel> {
  return (await readGraph(source)).model;
}

/** The two files of a graph model: `model.json`, which names the other one `path`, and the weights. */
export function tfjsFiles(model: TfjsModel, path: string): { json: Uint8Array; weights: Uint8Array } {
  const { weightSpecs, weightData, ...rest } = model;
  const weightsManifest = [{ paths: [path], weights: weightSpecs }];
  const json = new TextEncoder().encode(`${JSON.stringify({ ...rest, weightsManifest })}\n`);
  return { json, weights: new Uint8Array(weightData) };
}

export async function readGraph(
  source: OnnxSource,
): Promise<Pick<Surrogate, "models" | "from"> & { single: OnnxModel; model: TfjsModel }> {
  // Refuses files of other origin.
  const { decoded, description, models, from } = await readSurrogate(source);
  const single = inFloat32(decoded);
  return { single, models, from, model: graphModel(single, description, from) };
}
