import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { createGunzip } from "node:zlib";
import { fileError, reasonOf, TableError } from "../errors.ts";

/** The first bytes of a file, fewer where it is shorter. Throws one line where it cannot be opened. */
export async function firstBytes(path: string, length: number): Promise<Buffer> {
  try {
    const file = await open(path, "r");
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Bytes in a file. */
export async function fileSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Streams a file's bytes, inflating gzip on the way, so that memory does not grow with the file. */
export async function* fileBytes(path: string): AsyncGenerator<Buffer> {
  const magic = await firstBytes(path, 2);
  const compressed = isGzip(magic);
  const raw = createReadStream(path, { highWaterMark: 2 ** 18 });
  const stream = compressed ? raw.pipe(createGunzip({ chunkSize: 2 ** 18 })) : raw;
  raw.once("error", (error) => stream.destroy(error));
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    raw.destroy();
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** A file that cannot be read, as one line. */
function unreadable(path: string, error: unknown): TableError {
  if (error instanceof TableError) return error;
  const reason = error instanceof Error && "code" in error ? String(error.code) : "";
  const known: Record<string, string> = {
    ENOENT: `no such file ('${path}')`,
    EISDIR: "is a directory, expected a file",
    ESPIPE: "is a pipe, expected a file, because its beginning is read twice",
    EACCES: "may not be read (permission denied)",
    Z_DATA_ERROR: "the gzip data are damaged",
    Z_BUF_ERROR: "the gzip data end early, expected more bytes",
  };
  const code =
    reason === "ENOENT" ? "file_not_found" : reason.startsWith("Z_") ? "damaged_file" : "unreadable_file";
  return fileError(basename(path), known[reason] ?? reasonOf(error), code, { cause: error });
}
