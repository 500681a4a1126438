import papaparse from "papaparse";
import type { TableColumns } from "./protocol.ts";

/** Larger ones are for the command line. */
const mostBytes = 50_000_000;
const mostRows = 100_000;

export type ReadTable = Omit<TableColumns, "inputs" | "outputs">;

/** A dropped file as columns of numbers. Throws one sentence that names the file and what to do. */
export async function readCsv(file: File): Promise<ReadTable> {
  if (file.size > mostBytes) {
    const size = Math.round(file.size / 1e6);
    throw new Error(
      `${file.name} has ${size} MB, and this page takes ${mostBytes / 1e6}: train it with 'stiffnet train ${file.name}'.`,
    );
  }
  return parseCsv(file.name, await file.text());
}

/** The same of text. Cells that hold no number stand as NaN, and matter where their column is chosen. */
export function parseCsv(name: string, text: string): ReadTable {
  const { data: rows } = papaparse.parse<string[]>(text, { skipEmptyLines: "greedy" });
  const [header, ...body] = rows;
  if (header === undefined || body.length === 0) {
    throw new Error(`${name} has ${rows.length} lines, expected names of columns and rows of numbers below.`);
  }
  if (body.length > mostRows) {
    throw new Error(
      `${name} has ${body.length} rows, and this page takes ${mostRows}: use 'stiffnet train'.`,
    );
  }
  if (header.length < 2) {
    throw new Error(`${name} has one column, expected at least an input and an output.`);
  }
  if (header.every((cell) => isNumber(cell))) {
    throw new Error(`${name} begins with numbers, expected a first line with the names of the columns.`);
  }
  const short = body.findIndex((row) => row.length !== header.length);
  if (short !== -1) {
    throw new Error(
      `${name}, row ${short + 1}: ${body[short]!.length} cells, expected ${header.length} as in the first line.`,
    );
  }
  return {
    name,
    columns: header.map((cell, k) => cell.trim() || `column ${k + 1}`),
    values: header.map((_, k) =>
      Float64Array.from(body, (row) => (isNumber(row[k]!) ? Number(row[k]) : Number.NaN)),
    ),
  };
}

/** What is wrong with a choice of columns, a bad cell by its row and column; undefined where nothing is. */
export function faultOfColumns(
  { name, columns, values }: ReadTable,
  inputs: readonly string[],
  outputs: readonly string[],
): string | undefined {
  if (inputs.length === 0) return "Choose at least one input column.";
  if (outputs.length === 0) return "Choose at least one output column.";
  for (const column of [...inputs, ...outputs]) {
    const own = values[columns.indexOf(column)]!;
    const row = own.findIndex((value) => !Number.isFinite(value));
    if (row !== -1)
      return `${name}, row ${row + 1}, column '${column}': no number there; mend it or leave the column out.`;
    if (own.every((value) => value === own[0])) {
      return `${name}, column '${column}': every row has ${own[0]}; leave the column out.`;
    }
  }
  if (values[0]!.length < 10) return `${name} has ${values[0]!.length} rows, expected at least 10.`;
  return undefined;
}

function isNumber(cell: string): boolean {
  return cell.trim() !== "" && Number.isFinite(Number(cell));
}
