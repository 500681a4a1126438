import { deflateRawSync, gzipSync } from "node:zlib";

function npy(header: string, numbers = Buffer.alloc(48)): Buffer {
  const start = Buffer.alloc(10);
  start.write("\x93NUMPY\x01\x00", "latin1");
  start.writeUInt16LE(header.length, 8);
  return Buffer.concat([start, Buffer.from(header), numbers]);
}

/** A zip of one deflated entry. */
function zip(name: string, content: Buffer): Buffer {
  const packed = deflateRawSync(content);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), packed]);
  const central = Buffer.concat([
    Buffer.from("PK\x01\x02\x14\x00"),
    common,
    Buffer.alloc(14),
    Buffer.from(name),
  ]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

const dict = (shape: string, descr = "'<f8'"): string =>
  `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`;
const latin1 = Buffer.from("temp\xe9rature,y\n1,2\n", "latin1");
const long = 18 * 2 ** 20;

/** [case, file name, bytes, code, words of the one line] */
export const malformed: [string, string, () => Uint8Array | string, string, RegExp][] = [
  ["CSV in Latin-1", "a.csv", () => latin1, "not_text", /^a.csv, line 1: bytes that are not UTF-8/],
  [
    "CSV in UTF-16",
    "a.csv",
    () => Buffer.from("\uFEFFa,b\n1,2\n", "utf16le"),
    "not_text",
    /^a.csv: is UTF-16/,
  ],
  [
    "CSV that is binary further down",
    "a.csv",
    () => `a,b\n${"1,2\n".repeat(90000)}1,\0\n`,
    "not_text",
    /line 90002: holds a zero/,
  ],
  [
    "CSV of one endless line",
    "a.csv",
    () => "1".repeat(long),
    "malformed_text",
    /^a.csv, line 1: longer than 16 MiB/,
  ],
  [
    "CSV with an endless row",
    "a.csv",
    () => `a,b\n1,${"2".repeat(long)}`,
    "malformed_text",
    /^a.csv, line 2: longer than/,
  ],
  [
    "CSV with an endless quoted cell",
    "a.csv",
    () => `a,b\n1,"${"2".repeat(long)}`,
    "malformed_text",
    /line 2: .*MiB/,
  ],
  [
    "ragged CSV far down",
    "a.csv",
    () => `a,b\n${"1,2\n".repeat(90000)}1,2,3\n`,
    "ragged_row",
    /line 90002: 3 cells, expected 2/,
  ],
  [
    "ragged CSV behind quotes",
    "a.csv",
    () => 'a,b\n1,"2"\n"3"\n',
    "ragged_row",
    /line 3: 1 cell, expected 2/,
  ],
  [
    "truncated gzip",
    "a.csv.gz",
    () => gzipSync("a,b\n1,2\n").subarray(0, 20),
    "damaged_file",
    /gzip data end early/,
  ],
  [
    "damaged gzip",
    "a.csv.gz",
    () => gzipSync("a,b\n1,2\n".repeat(99)).fill(7, 20, 30),
    "damaged_file",
    /gzip data are damaged/,
  ],
  ["gzip of nothing", "a.csv.gz", () => gzipSync(""), "empty_file", /^a.csv.gz: is empty/],
  [
    "JSON lines with a broken line",
    "a.jsonl",
    () => '{"a":1}\n{"a":\n',
    "malformed_text",
    /^a.jsonl, line 2: is not JSON/,
  ],
  [
    "JSON lines with a number",
    "a.jsonl",
    () => '{"a":1}\n5\n',
    "malformed_text",
    /line 2: holds 5, expected an object/,
  ],
  [
    "JSON lines with a new key",
    "a.jsonl",
    () => '{"a":1}\n{"a":1,"b":2}\n',
    "ragged_row",
    /line 2: has a key 'b'/,
  ],
  [
    "JSON lines, arrays of two lengths",
    "a.jsonl",
    () => "[1,2]\n[1]\n",
    "ragged_row",
    /line 2: 1 values, expected 2/,
  ],
  ["JSON lines, not UTF-8", "a.jsonl", () => Buffer.from('{"\xe9":1}\n', "latin1"), "not_text", /not UTF-8/],
  ["JSON lines without keys", "a.jsonl", () => "{}\n", "no_columns", /line 1: holds no values/],
  ["empty JSON lines", "a.jsonl", () => "\n", "empty_file", /^a.jsonl: is empty/],
  [
    "NPY of another magic",
    "a.npy",
    () => "hello",
    "malformed_file",
    /^a.npy: does not begin like a NPY file/,
  ],
  ["empty NPY", "a.npy", () => "", "empty_file", /^a.npy: is empty/],
  [
    "NPY cut within the header",
    "a.npy",
    () => npy(dict("(2, 3)")).subarray(0, 30),
    "malformed_file",
    /within its header/,
  ],
  [
    "NPY cut within the numbers",
    "a.npy",
    () => npy(dict("(2, 3)")).subarray(0, 90),
    "malformed_file",
    /needs 48 bytes of numbers, the file has/,
  ],
  [
    "NPY with a negative dimension",
    "a.npy",
    () => npy(dict("(-2, 3)")),
    "malformed_file",
    /a dimension of -2/,
  ],
  [
    "NPY that claims a trillion rows",
    "a.npy",
    () => npy(dict("(1000000000000, 3)")),
    "malformed_file",
    /needs 24000000000000 bytes/,
  ],
  ["NPY of no rows", "a.npy", () => npy(dict("(0, 3)")), "no_rows", /holds no numbers/],
  [
    "NPY with a huge header",
    "a.npy",
    () => Buffer.concat([Buffer.from("\x93NUMPY\x02\x00\xff\xff\xff\x7f", "latin1"), Buffer.alloc(64)]),
    "malformed_file",
    /a header of 2147483659 bytes/,
  ],
  [
    "NPY of pickled objects",
    "a.npy",
    () => npy(dict("(2,)", "'|O'")),
    "malformed_file",
    /pickled objects are never loaded/,
  ],
  [
    "NPY of complex numbers",
    "a.npy",
    () => npy(dict("(2,)", "'<c16'")),
    "malformed_file",
    /'<c16', expected real numbers/,
  ],
  [
    "NPY with code for a header",
    "a.npy",
    () => npy("__import__('os')"),
    "malformed_file",
    /cannot read '__import__/,
  ],
  [
    "NPY of whole numbers beyond 2^53",
    "a.npy",
    () => npy(dict("(2,)", "'<i8'"), Buffer.from("ffffffffffffff7f".repeat(2), "hex")),
    "not_representable",
    /row 1, column 1: whole number 9223372036854775807/,
  ],
  ["NPZ that is no zip", "a.npz", () => "PK\x03\x04 nothing more", "malformed_file", /not a whole NPZ/],
  [
    "NPZ without arrays",
    "a.npz",
    () => zip("readme.txt", Buffer.from("hello")),
    "no_such_array",
    /no array, the file has none/,
  ],
  [
    "zip bomb",
    "a.npz",
    () => zip("x.npy", npy(dict("(16777216,)"), Buffer.alloc(2 ** 27))),
    "zip_bomb",
    /array 'x': \d+ bytes declare 1342/,
  ],
  [
    "NPZ whose array ends early",
    "a.npz",
    () => zip("x.npy", npy(dict("(100,)"))),
    "malformed_file",
    /array 'x': shape \(100\) needs 800/,
  ],
  [
    "Parquet of another magic",
    "a.parquet",
    () => "hello hello hello",
    "malformed_file",
    /^a.parquet: does not begin like/,
  ],
  ["Parquet of magic alone", "a.parquet", () => "PAR1PAR1", "malformed_file", /not a whole Parquet file/],
  [
    "Parquet with a huge footer",
    "a.parquet",
    () => Buffer.from("PAR1\xff\xff\xff\x7fPAR1", "latin1"),
    "malformed_file",
    /not a whole Parquet file/,
  ],
  [
    "HDF5 of magic alone",
    "a.h5",
    () => Buffer.from("\x89HDF\r\n\x1a\n", "latin1"),
    "malformed_file",
    /^a.h5: not a whole HDF5/,
  ],
  ["HDF5 of another magic", "a.nc", () => "netcdf", "malformed_file", /^a.nc: does not begin like a HDF5/],
  ["bzip2", "a.csv", () => "BZh91AY", "unknown_format", /expected gzip or none/],
];
