import { createDigest } from "@stiffnet/base";
import { writeGraphModel } from "#platform";
import { OnnxError } from "../errors.ts";
import { readSurrogate } from "../import-onnx.ts";
import { encodeModel } from "../proto.ts";
import type { OnnxSource } from "../source.ts";
import { type Verification, verifyOnnx } from "../verify.ts";
import { graphModel, inFloat32, type TfjsModel } from "./graph-model.ts";

/** The graph of an exported ONNX file, with its preparation, ensemble and further outputs, as a graph model
 *  of TensorFlow.js: `tf.loadGraphModel(tf.io.fromMemory(model))`. Numbers are float32 throughout. Files that
 *  stiffnet did not export, and operations that it does not use, are an `OnnxError` (`not_a_surrogate`,
 *  `unsupported`). */
export async function encodeTfjs(source: OnnxSource): Promise<TfjsModel> {
  return (await read(source)).model;
}

export interface TfjsExport {
  readonly folder: string;
  /** Size of both files. */
  readonly bytes: number;
  /** Of the graph in float32 throughout, in onnxruntime. */
  readonly verification: Verification;
}

/** Writes `encodeTfjs(source)` into `folder`, made where only its last part is missing, as `model.json` and
 *  the file of weights that it names. First the graph in float32 throughout is run in onnxruntime-node and
 *  compared with the model; where they differ by more than 1e-5, an `OnnxError` (`not_representable`) is
 *  thrown and `folder` is left as it was. */
export async function exportTfjs(source: OnnxSource, folder: string): Promise<TfjsExport> {
  const { single, models, model, from } = await read(source);
  const verification = await verifyOnnx(encodeModel(single), models);
  if (!verification.matches) {
    const { error, worst, tolerance } = verification;
    throw new OnnxError(
      `${from}: in float32, which is all that TensorFlow.js has, the graph and the model differ by ${error.toExponential(2)} relative in '${worst.output}', expected at most ${tolerance}; ${folder} was not written`,
      { code: "not_representable" },
    );
  }
  const path = `weights-${createDigest().update(new Uint8Array(model.weightData)).hex().slice(0, 8)}.bin`;
  const { json, weights } = tfjsFiles(model, path);
  await writeGraphModel(folder, json, path, weights);
  return { folder, bytes: json.length + weights.length, verification };
}

/** The two files of a graph model: `model.json`, which names the other one `path`, and the weights. */
export function tfjsFiles(model: TfjsModel, path: string): { json: Uint8Array; weights: Uint8Array } {
  const { weightSpecs, weightData, ...rest } = model;
  const weightsManifest = [{ paths: [path], weights: weightSpecs }];
  const json = new TextEncoder().encode(`${JSON.stringify({ ...rest, weightsManifest })}\n`);
  return { json, weights: new Uint8Array(weightData) };
}

async function read(source: OnnxSource) {
  // Refuses files of other origin.
  const { decoded, description, models, from } = await readSurrogate(source);
  const single = inFloat32(decoded);
  return { single, models, from, model: graphModel(single, description, from) };
}
