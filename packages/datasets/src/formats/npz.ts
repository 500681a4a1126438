import { promisify } from "node:util";
import type { Entry, ZipFile } from "yauzl";
import { DatasetError } from "../errors.ts";
import { joinAlike } from "../table/join.ts";
import type { Precision } from "../table/store.ts";
import type { Table } from "../table/table.ts";
import { requireArrays } from "./arrays.ts";
import { refuseBomb } from "./bomb.ts";
import { readNpyStream } from "./npy.ts";

/** Reads the arrays of an NPZ file side by side. Those with another number of rows than the largest are left
 *  out with a note. arrays: the names of those to read, default all. */
export async function readNpz(
  path: string,
  options: { file: string; precision: Precision; arrays?: readonly string[] | undefined },
): Promise<Table> {
  const { file, precision, arrays } = options;
  const { default: yauzl } = await import("yauzl");
  let zip: ZipFile;
  try {
    zip = (await promisify<string, object, ZipFile>(yauzl.open)(path, {
      lazyEntries: true,
      autoClose: false,
    })) as ZipFile;
  } catch (error) {
    throw damaged(file, error);
  }
  try {
    const tables: Table[] = [];
    const seen: string[] = [];
    for (const entry of await entries(zip, file)) {
      const name = entry.fileName.replace(/\.npy$/, "");
      if (name === entry.fileName) continue;
      seen.push(name);
      if (arrays && !arrays.includes(name)) continue;
      refuseBomb(`${file}, array '${name}'`, file, entry.compressedSize, entry.uncompressedSize, 200);
      const stream = await promisify(zip.openReadStream.bind(zip))(entry).catch((error: unknown) => {
        throw damaged(file, error);
      });
      const place = `${file}, array '${name}'`;
      try {
        tables.push(
          await readNpyStream(stream as AsyncIterable<Buffer>, {
            file: place,
            size: entry.uncompressedSize,
            precision,
            name,
          }),
        );
      } catch (error) {
        throw error instanceof DatasetError ? error : damaged(place, error);
      }
    }
    requireArrays(seen, arrays, file, "array");
    return joinAlike(tables, file, "array");
  } finally {
    zip.close();
  }
}

function entries(zip: ZipFile, file: string): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const all: Entry[] = [];
    zip.on("entry", (entry: Entry) => {
      all.push(entry);
      zip.readEntry();
    });
    zip.on("end", () => resolve(all));
    zip.on("error", (error) => reject(damaged(file, error)));
    zip.readEntry();
  });
}

function damaged(file: string, error: unknown): DatasetError {
  const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
  return new DatasetError(`${file}: not a whole NPZ (zip) file: ${reason}`, {
    code: "malformed_file",
    place: { file },
    cause: error,
  });
}
