import { fileError } from "../errors.ts";

/** `text` is CSV and its relatives; `hdf5` includes NetCDF-4. */
export type Format = "text" | "jsonl" | "npy" | "npz" | "parquet" | "hdf5" | "xlsx";

/** The formats that are read, as messages list them. */
const readable = "text, JSON lines, NPY, NPZ, Parquet, HDF5, NetCDF-4 or Excel (.xlsx)";

const magic: readonly (readonly [bytes: string, format: Format])[] = [
  ["\x93NUMPY", "npy"],
  ["PK\x03\x04", "npz"],
  ["PK\x05\x06", "npz"],
  ["PAR1", "parquet"],
  ["\x89HDF\r\n\x1a\n", "hdf5"],
  // MATLAB puts 512 bytes of its own before.
  ["MATLAB 7.3 MAT-file", "hdf5"],
];

/** A workbook is a zip file too: how the name of its first part begins. */
const partOfBook = /^(\[Content_Types\]|_rels\/|docProps\/|xl\/)/;

const endings: readonly (readonly [ending: RegExp, format: Format])[] = [
  [/\.(jsonl|ndjson)(\.gz)?$/i, "jsonl"],
  [/\.npy$/i, "npy"],
  [/\.npz$/i, "npz"],
  [/\.(parquet|pq)$/i, "parquet"],
  [/\.(h5|hdf5|hdf|nc|nc4)$/i, "hdf5"],
  [/\.(xlsx|xlsm)$/i, "xlsx"],
  [/\.(csv|tsv|tab|txt|dat)(\.gz)?$/i, "text"],
];

/** Formats that people have and that are not read, and how to leave them. */
const others: readonly (readonly [ending: RegExp, way: string])[] = [
  [/\.(xls|xlsb|ods)$/i, "save it as .xlsx, or the sheet as CSV"],
  [/\.(rdata|rda|rds)$/i, 'in R, write.csv(table, "table.csv", row.names = FALSE) converts it'],
  [/\.mat$/i, "in MATLAB, save with -v7.3 (HDF5), or writematrix(x, 'table.csv')"],
  [
    /\.(pkl|pickle|joblib)$/i,
    'in Python, frame.to_csv("table.csv", index=False) or numpy.save("table.npy", x)',
  ],
  [/\.(feather|arrow|orc)$/i, 'in Python, frame.to_parquet("table.parquet")'],
  [/\.(sav|dta|sas7bdat)$/i, "in Python, pandas.read_spss, read_stata or read_sas, then to_csv"],
];

/** The format of a file by its first bytes, else by its name, else text. Throws where the bytes are of a
 *  format that is known and not read, or do not fit the name. */
export function formatOf(file: string, start: Uint8Array): Format {
  const text = String.fromCharCode(...start);
  const way = others.find(([ending]) => ending.test(file))?.[1];
  const known = magic.find(([bytes]) => text.startsWith(bytes))?.[1];
  // Since version 7.3 the files of MATLAB are HDF5.
  if (way !== undefined && known !== "hdf5") {
    throw fileError(
      file,
      `has a format that stiffnet does not read, expected ${readable}: ${way}`,
      "unknown_format",
    );
  }
  const named = endings.find(([ending]) => ending.test(file))?.[1];
  if (known === "npz" && (named === "xlsx" || partOfBook.test(text.slice(30)))) return "xlsx";
  if (known) return known;
  if (text.startsWith("\xd0\xcf\x11\xe0")) {
    throw fileError(
      file,
      "is an Excel file with a password or in the old format (.xls), expected .xlsx without a password; save it as such",
      "unknown_format",
    );
  }
  if (text.startsWith("CDF") && [1, 2, 5].includes(start[3] ?? 0)) {
    throw fileError(
      file,
      "is NetCDF classic, expected NetCDF-4: `nccopy -k nc4 old.nc new.nc` converts it",
      "unknown_format",
    );
  }
  if (/^(RDX|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd)/.test(text)) {
    throw fileError(
      file,
      "is compressed by a method that stiffnet does not read, expected gzip or none",
      "unknown_format",
    );
  }
  if (named === undefined) {
    return /\.json(\.gz)?$/i.test(file) || /^\s*(\{\s*"|\[\s*[{[])/.test(text) ? "jsonl" : "text";
  }
  if (named === "text" || named === "jsonl") return named;
  if (start.length === 0) throw fileError(file, "is empty, expected rows of numbers", "empty_file");
  throw fileError(
    file,
    `does not begin like a ${named.toUpperCase()} file, as its name says`,
    "malformed_file",
  );
}
