import { createHash } from "node:crypto";
import { endianness } from "node:os";
import type { Samples } from "./dataset.ts";

/** SHA-256 in hexadecimal over the JSON of names and counts, then the values of each set as little-endian float64. */
export function digestOf(data: {
  inputNames: readonly string[];
  outputNames: readonly string[];
  train: Samples;
  test?: Samples | undefined;
  validation?: Samples | undefined;
}): string {
  const { inputNames, outputNames, train, test, validation } = data;
  const sets = [train, validation, test];
  const hash = createHash("sha256");
  hash.update(JSON.stringify([inputNames, outputNames, sets.map((set) => set?.count ?? 0)]));
  for (const set of sets) {
    if (!set) continue;
    hash.update(littleEndian(set.inputs));
    hash.update(littleEndian(set.outputs));
  }
  return hash.digest("hex");
}

/** The bytes of the values, least significant first on every machine. */
export function littleEndian(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return endianness() === "LE" ? bytes : Buffer.from(bytes).swap64();
}
