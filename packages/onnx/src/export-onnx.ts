import { createDigest } from "@stiffnet/base";
import type { Model } from "@stiffnet/core";
import { writeBytes } from "#platform";
import { encodeOnnx } from "./encode.ts";
import { OnnxError } from "./errors.ts";
import { type ExportOptions, requireExportOptions } from "./options.ts";
import { type Verification, verifyOnnx } from "./verify.ts";

export interface OnnxExport {
  readonly path: string;
  /** Size of the file. */
  readonly bytes: number;
  /** sha256 of the file, in hexadecimal. */
  readonly sha256: string;
  readonly verification: Verification;
}

/** Writes `model` to `path` as an ONNX file (opset 17), with the preparation inside the graph. The file maps
 *  raw physical inputs `inputs` [batch, inputs] to physical outputs `outputs` [batch, outputs]. First
 *  onnxruntime-node runs it, and the result is compared with the model. If they differ, throws an `OnnxError`
 *  (`verification_failed`) and leaves `path` unchanged. */
export async function exportOnnx(
  model: Model,
  path: string,
  options: ExportOptions = {},
): Promise<OnnxExport> {
  return exportEnsemble([model], path, options);
}

/** Writes several models of one configuration, such as the trials of a study, as one graph. `outputs` is the
 *  mean over the models. `outputs_std` is their standard deviation sqrt(sum_k (y_k - mean)^2 / (M - 1)).
 *  Both are [batch, outputs] in physical units. Otherwise as `exportOnnx`. */
export async function exportEnsemble(
  models: readonly Model[],
  path: string,
  options: ExportOptions = {},
): Promise<OnnxExport> {
  requireExportOptions(options);
  if (typeof path !== "string" || path === "") {
    throw new OnnxError(`export: the path is ${JSON.stringify(path)}, expected the name of a file`, {
      code: "bad_option",
    });
  }
  const bytes = encodeOnnx(models, options);
  const { tolerance } = options;
  const verification = await verifyOnnx(bytes, models, tolerance === undefined ? {} : { tolerance });
  return writeVerified(path, bytes, verification, "the model");
}

/** Writes a file whose answers were compared with those of `what`. */
export async function writeVerified(
  path: string,
  bytes: Uint8Array,
  verification: Verification,
  what: string,
): Promise<OnnxExport> {
  if (!verification.matches) {
    const { error, worst, tolerance } = verification;
    throw new OnnxError(
      `export: onnxruntime and ${what} differ by ${error.toExponential(2)} relative in '${worst.output}' (${worst.file} and ${worst.model}), expected at most ${tolerance}; ${path} was not written`,
      { code: "verification_failed" },
    );
  }
  await writeBytes(path, bytes);
  const sha256 = createDigest().update(bytes).hex();
  return { path, bytes: bytes.length, sha256, verification };
}
