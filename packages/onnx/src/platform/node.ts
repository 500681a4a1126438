import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { writeAside } from "@stiffnet/base/files";
import type { RealType } from "../graph.ts";

export async function readBytes(path: string): Promise<{ bytes: Uint8Array; from: string }> {
  return { bytes: await readFile(path), from: basename(path) };
}

/** Written aside and renamed: `path` is whole or untouched. */
export async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  await writeAside(path, (aside) => writeFile(aside, bytes));
}

/** The weights under a name of their own and then model.json, which names them: who reads the folder sees the
 *  earlier model or this one. The earlier one's weights are removed. */
export async function writeGraphModel(
  folder: string,
  json: Uint8Array,
  name: string,
  weights: Uint8Array,
): Promise<void> {
  // Not the recursive mkdir of Node, which tries for ever where a file system knows no new folders.
  await mkdir(folder).catch((error) => {
    if (error.code !== "EEXIST") throw error;
  });
  await writeBytes(join(folder, name), weights);
  await writeBytes(join(folder, "model.json"), json);
  for (const other of await readdir(folder)) {
    if (other !== name && /^weights-[0-9a-f]{8}\.bin$/.test(other)) await rm(join(folder, other));
  }
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
