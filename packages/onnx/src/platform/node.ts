import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { writeAside } from "@stiffnet/base/files";
import type { RealType } from "../graph.ts";

export async function readBytes(path: string): Promise<{ bytes: Uint8Array; from: string }> {
  return { bytes: await readFile(path), from: basename(path) };
}

/** Written aside and renamed: `path` is whole or untouched. */
export async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  await writeAside(path, (aside) => writeFile(aside, bytes));
}

/** Runs the graph once in onnxruntime-node on one thread; rows: [count, columns]. Returns the outputs by
 *  name, as float64. */
export async function runOnnx(
  bytes: Uint8Array,
  rows: Float64Array,
  columns: number,
  dtype: RealType,
): Promise<Record<string, Float64Array>> {
  // Asked when it is loaded: else it looks its maker's host up, and writes an id into the user's cache.
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
  const { default: ort } = await import("onnxruntime-node");
  const session = await ort.InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    const dims = [rows.length / columns, columns];
    const inputs =
      dtype === "float64"
        ? new ort.Tensor("float64", rows, dims)
        : new ort.Tensor("float32", Float32Array.from(rows), dims);
    const results = await session.run({ inputs });
    return Object.fromEntries(
      Object.entries(results).map(([name, tensor]) => [name, Float64Array.from(tensor.data as Float32Array)]),
    );
  } finally {
    await session.release();
  }
}
