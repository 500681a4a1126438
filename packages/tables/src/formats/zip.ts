import { promisify } from "node:util";
import type { Entry, ZipFile } from "yauzl";
import { fileError, reasonOf, type TableError } from "../errors.ts";
import { refuseBomb } from "./bomb.ts";

/** Opens a zip file, to be closed by the caller. `kind` is what the file claims to be. */
export async function openZip(path: string, file: string, kind: string): Promise<ZipFile> {
  const { default: yauzl } = await import("yauzl");
  const open = promisify<string, object, ZipFile>(yauzl.open);
  return open(path, { lazyEntries: true, autoClose: false }).catch((error: unknown) => {
    throw damagedZip(file, kind, error);
  });
}

export function zipEntries(zip: ZipFile, file: string, kind: string): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const all: Entry[] = [];
    zip.on("entry", (entry: Entry) => {
      all.push(entry);
      zip.readEntry();
    });
    zip.on("end", () => resolve(all));
    zip.on("error", (error) => reject(damagedZip(file, kind, error)));
    zip.readEntry();
  });
}

/** Refuses a zip file of XML of which a part would grow beyond reason, before anything is inflated. */
export async function refuseZipBomb(path: string, file: string, kind: string): Promise<void> {
  const zip = await openZip(path, file, kind);
  try {
    for (const { fileName, compressedSize, uncompressedSize } of await zipEntries(zip, file, kind)) {
      // A part that claims no size may have any that deflate can reach.
      const grown = uncompressedSize || 1032 * compressedSize;
      refuseBomb(`${file}, part '${fileName}'`, file, compressedSize, grown, 200);
    }
  } finally {
    zip.close();
  }
}

export function damagedZip(file: string, kind: string, cause: unknown): TableError {
  const what = `not a complete ${kind} (zip) file: ${reasonOf(cause)}`;
  return fileError(file, what, "malformed_file", { cause });
}
