import { readBytes } from "#platform";

/** A file by path, or its bytes. */
export type OnnxSource = string | Uint8Array;

export async function bytesOf(source: OnnxSource): Promise<{ bytes: Uint8Array; from: string }> {
  return typeof source === "string" ? readBytes(source) : { bytes: source, from: "bytes" };
}
