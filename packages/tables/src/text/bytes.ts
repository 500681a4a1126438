import { concatenated } from "@stiffnet/base";

/** The longest record that is believed; a longer one is a file of another kind. */
export const longestRecord: number = 2 ** 24;

const decoder = new TextDecoder();

/** All that a stream holds. */
export async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of chunks) parts.push(part);
  return concatenated(Uint8Array, parts);
}

/** Bytes of UTF-8 as text. Cells are short and mostly ASCII, for which a decoder's call would be slow. */
export function textOf(bytes: Uint8Array): string {
  if (bytes.length > 32) return decoder.decode(bytes);
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! > 127) return decoder.decode(bytes);
  return String.fromCharCode.apply(undefined, bytes as unknown as number[]);
}
