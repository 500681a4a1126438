import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

/** Writes chunks to a file as they come, under gzip where asked. */
export async function streamTo(
  path: string,
  chunks: Iterable<string | Uint8Array>,
  gzip: boolean,
): Promise<void> {
  const source = Readable.from(chunks, { objectMode: true });
  const target = createWriteStream(path);
  await (gzip ? pipeline(source, createGzip(), target) : pipeline(source, target));
}
