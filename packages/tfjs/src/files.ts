// Writes files, so it needs Node and is not part of the package's main entry.
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createDigest } from "@stiffnet/base";
import { writeWhole } from "@stiffnet/base/files";
import { OnnxError, type OnnxSource, type Verification, verifyOnnx } from "@stiffnet/onnx";
import { encodeModel } from "@stiffnet/onnx/file";
import { readGraph, tfjsFiles } from "./graph/encode-tfjs.ts";

export interface TfjsExport {
  readonly folder: string;
  /** Size of both files. */
  readonly bytes: number;
  /** Check of the float32 graph in onnxruntime. */
  readonly verification: Verification;
}

/** Writes `encodeTfjs(source)` into `folder` as `model.json` and its file of weights. Makes the last part of
 *  `folder` if it is missing. First onnxruntime-node runs the graph in float32 and compares it with the
 *  model. If they differ by more than 1e-5, throws an `OnnxError` (`not_representable`) and leaves `folder`
 *  unchanged. */
export async function exportTfjs(source: OnnxSource, folder: string): Promise<TfjsExport> {
  const { single, models, model, from } = await readGraph(source);
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

/** The weights under a name of their own and then model.json, which names them: who reads the folder sees the
 *  earlier model or this one. The earlier one's weights are removed. */
async function writeGraphModel(
  folder: string,
  json: Uint8Array,
  name: string,
  weights: Uint8Array,
): Promise<void> {
  // Not the recursive mkdir of Node, which tries for ever where a file system knows no new folders.
  await mkdir(folder).catch((error) => {
    if (error.code !== "EEXIST") throw error;
  });
  writeWhole(join(folder, name), weights);
  writeWhole(join(folder, "model.json"), json);
  for (const other of await readdir(folder)) {
    if (other !== name && /^weights-[0-9a-f]{8}\.bin$/.test(other)) await rm(join(folder, other));
  }
}
