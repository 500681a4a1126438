import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { littleEndian } from "@stiffnet/base";
import type { Table } from "../table/table.ts";

/** Values written at a time. */
const blockSize = 2 ** 16;

/** An NPY array of shape (rows, columns), little-endian float64, C order. */
export function* npyChunks(table: Table): Generator<Uint8Array> {
  const width = table.columns.length;
  yield npyHeader([table.count, width]);
  yield* blocks(table.count * width, (i) => table.at(Math.floor(i / width), i % width));
}

/** One array of shape (rows,) for each column, by its name. */
export async function writeNpz(table: Table, path: string): Promise<void> {
  const { default: yazl } = await import("yazl");
  const zip = new yazl.ZipFile();
  for (const [column, name] of table.columns.entries()) {
    const chunks = function* (): Generator<Uint8Array> {
      yield npyHeader([table.count]);
      yield* blocks(table.count, (row) => table.at(row, column));
    };
    zip.addReadStreamLazy(`${name}.npy`, { mtime: new Date(Date.UTC(1980, 0, 2)) }, (give) =>
      give(null, Readable.from(chunks(), { objectMode: false })),
    );
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}

function npyHeader(shape: readonly number[]): Uint8Array {
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${dimensions}), }`;
  // The numbers begin at a multiple of 64 bytes.
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const header = Buffer.alloc(10 + padded.length);
  header.write("\x93NUMPY\x01\x00", "latin1");
  header.writeUInt16LE(padded.length, 8);
  header.write(padded, 10, "latin1");
  return header;
}

function* blocks(count: number, value: (index: number) => number): Generator<Uint8Array> {
  for (let start = 0; start < count; start += blockSize) {
    const length = Math.min(blockSize, count - start);
    yield littleEndian(Float64Array.from({ length }, (_, i) => value(start + i)));
  }
}
