import { promisify } from "node:util";
import { TableError } from "../errors.ts";
import { joinAlike } from "../table/join.ts";
import type { Table } from "../table/table.ts";
import { whole } from "../text/bytes.ts";
import { chosenArrays } from "./arrays.ts";
import { refuseBomb } from "./bomb.ts";
import { readNpy, StrangeCells } from "./npy.ts";
import { damagedZip, openZip, zipEntries } from "./zip.ts";

/** Reads the arrays of an NPZ file side by side. Those with another number of rows than the largest, and
 *  those that hold neither numbers nor text, are left out with a note. arrays: the names of those to read,
 *  default all; of these none is left out. */
export async function readNpz(
  path: string,
  { file, arrays }: { file: string; arrays?: readonly string[] | undefined },
): Promise<Table> {
  const zip = await openZip(path, file, "NPZ");
  try {
    const tables: Table[] = [];
    const notes: string[] = [];
    const found = (await zipEntries(zip, file, "NPZ")).filter(({ fileName }) => fileName.endsWith(".npy"));
    const entries = new Map(found.map((entry) => [entry.fileName.slice(0, -".npy".length), entry]));
    for (const name of chosenArrays([...entries.keys()], arrays, file, "array")) {
      const entry = entries.get(name)!;
      const place = `${file}, array '${name}'`;
      refuseBomb(place, file, entry.compressedSize, entry.uncompressedSize, 200);
      try {
        const stream = await promisify(zip.openReadStream.bind(zip))(entry);
        tables.push(readNpy(await whole(stream as AsyncIterable<Uint8Array>), { file: place, name }));
      } catch (error) {
        if (!(error instanceof TableError)) throw damagedZip(place, "NPZ", error);
        const unfit = error instanceof StrangeCells || error.code === "no_rows";
        if (arrays || !unfit) throw error;
        notes.push(`array '${name}'${error.message.slice(place.length + 1)}: left out`);
      }
    }
    return joinAlike(tables, { file, what: "array", lost: notes, asked: arrays !== undefined });
  } finally {
    zip.close();
  }
}
