import type { CellValue } from "hucre/xlsx";
import { fileError, reasonOf, TableError } from "../errors.ts";
import { TableBuilder } from "../table/builder.ts";
import { type CellRules, kindOf } from "../table/cell.ts";
import { joinColumns } from "../table/join.ts";
import type { Table } from "../table/table.ts";
import { namesOf } from "../text/dialect.ts";
import { finished } from "../text/finish.ts";
import { chosenArrays } from "./arrays.ts";

interface XlsxOptions {
  readonly file: string;
  readonly header?: boolean | undefined;
  readonly arrays?: readonly string[] | undefined;
}

/** A row with a cell that is not empty: its number as Excel shows it, from 1, and the columns of its first
 *  and last such cell, from 0. */
interface SheetRow {
  readonly row: number;
  readonly cells: readonly CellValue[];
  readonly first: number;
  readonly last: number;
}

/** Reads a sheet of an Excel workbook (.xlsx, .xlsm): the first visible one that has cells, or the named ones
 *  side by side. The first row with cells is the header by the rules of text. Empty rows are skipped and
 *  empty cells are missing values; a formula is the value that was stored with it, missing where none was.
 *  Text, dates and errors of formulas are no numbers, which is no error until their column is chosen.
 *
 *  By hucre: it depends on nothing, runs in pages, hands out rows as it parses, bounds what a damaged file
 *  can ask for, and tells an error of a formula from an empty cell (read-excel-file makes one of both; `xlsx`
 *  on npm is a stale release with known vulnerabilities; exceljs is hardly kept).
 *
 *  arrays: names of the sheets. */
export async function readXlsx(bytes: Uint8Array, options: XlsxOptions): Promise<Table> {
  const { file, arrays } = options;
  const library = await import("hucre/xlsx");
  try {
    const [visible, hidden]: string[][] = [[], []];
    const sheets = ({
      name,
      ...state
    }: {
      name: string;
      hidden?: boolean;
      veryHidden?: boolean;
    }): boolean => {
      (state.hidden || state.veryHidden ? hidden : visible)!.push(name);
      return false;
    };
    await library.readXlsx(bytes, { sheets });
    const names = [...visible!, ...hidden!];
    chosenArrays(names, arrays, file, "sheet");
    const open = (sheet: string): AsyncGenerator<SheetRow> =>
      rowsOf(library.streamXlsxRows(bytes, { sheet }), `${file}, sheet '${sheet}'`, file);
    return arrays ? await sideBySide(arrays, open, options) : await firstSheet(names, open, options);
  } catch (error) {
    if (error instanceof TableError) throw error;
    const what = `not a complete XLSX file: ${reasonOf(error)}`;
    throw fileError(file, what, "malformed_file", { cause: error });
  }
}

type OpenSheet = (sheet: string) => AsyncGenerator<SheetRow>;

async function sideBySide(sheets: readonly string[], open: OpenSheet, options: XlsxOptions): Promise<Table> {
  const { file } = options;
  const tables: Table[] = [];
  for (const sheet of sheets) {
    const table = await readSheet(sheet, open, options);
    if (!table) throw noCells(`sheet '${sheet}' has no cells`, file);
    tables.push(sheets.length > 1 ? table.renamed(`${file}, sheet '${sheet}'`) : table);
  }
  return joinColumns(tables).renamed(file);
}

async function firstSheet(names: readonly string[], open: OpenSheet, options: XlsxOptions): Promise<Table> {
  const { file } = options;
  for (const [i, sheet] of names.entries()) {
    const table = await readSheet(sheet, open, options);
    if (!table) continue;
    for (const other of names.slice(i + 1)) {
      const rows = open(other);
      const { done } = await rows.next();
      await rows.return(undefined);
      if (done) continue;
      const others = names.filter((name) => name !== sheet).map((name) => `'${name}'`);
      const note = `read sheet '${sheet}', the first with cells; choose another with --arrays: ${others.join(", ")}`;
      return table.renamed(file, [note]);
    }
    return table;
  }
  throw noCells(`no sheet has cells (${names.map((name) => `'${name}'`).join(", ")})`, file);
}

/** Undefined where the sheet has no cells. */
async function readSheet(
  sheet: string,
  open: OpenSheet,
  { file, header }: XlsxOptions,
): Promise<Table | undefined> {
  const rows = open(sheet);
  const cells: CellRules<CellValue> = { unit: `sheet '${sheet}', row`, parse: kindOf, show };
  const ahead = [await rows.next(), await rows.next()].flatMap(({ value }) => (value ? [value] : []));
  const [top] = ahead as SheetRow[];
  if (!top) return undefined;
  // A table need not begin in column A; an index without a name stands left of the other names.
  const left = Math.min(...ahead.map(({ first }) => first));
  const setting = { file, header, cells };
  const names = namesOf(top.cells.slice(left, top.last + 1), setting, top.row);
  const builder = new TableBuilder(file, names, cells);
  const width = names.columns.length;
  const add = ({ row, cells: found, first, last }: SheetRow): void => {
    if (first < left || last >= left + width) {
      const stray = first < left ? first : last;
      const span = width === 1 ? letters(left) : `${letters(left)} to ${letters(left + width - 1)}`;
      throw new TableError(
        `${file}, ${cells.unit} ${row}: '${show(found[stray]!)}' is in column ${letters(stray)}, ` +
          `expected cells only in ${span}, as in row ${top.row}`,
        { code: "ragged_row", place: { file } },
      );
    }
    builder.add(
      Array.from({ length: width }, (_, c) => found[left + c] ?? null),
      row,
    );
  };
  for (const row of names.header === "none" ? ahead : ahead.slice(1)) add(row);
  for await (const row of rows) add(row);
  return finished(builder);
}

/** The rows of a sheet that are not empty. A sheet of charts alone has none. */
async function* rowsOf(
  rows: AsyncIterable<{ readonly index: number; readonly values: readonly CellValue[] }>,
  where: string,
  file: string,
): AsyncGenerator<SheetRow> {
  let before = 0;
  try {
    for await (const { index, values: cells } of rows) {
      const row = index + 1;
      if (!(row > before && row <= 2 ** 20)) {
        throw new TableError(`${where}: row ${row} follows row ${before}, expected rows in order`, {
          code: "malformed_file",
          place: { file },
        });
      }
      before = row;
      const first = cells.findIndex((cell) => show(cell) !== "");
      if (first < 0) continue;
      let last = cells.length - 1;
      while (show(cells[last]!) === "") last--;
      yield { row, cells, first, last };
    }
  } catch (error) {
    if (error instanceof Error && /missing worksheet file/.test(error.message)) return;
    throw error;
  }
}

function show(cell: CellValue): string {
  if (cell === null) return "";
  if (typeof cell === "boolean") return cell ? "TRUE" : "FALSE";
  if (cell instanceof Date) return dateText(cell);
  if (typeof cell === "number") return String(cell);
  return cell.trim();
}

/** Text that a workbook may hold in place of a date has no ISO form. */
function dateText(date: Date): string {
  if (Number.isNaN(date.valueOf())) return "a date";
  return date.toISOString().replace(/T00:00:00\.000Z$|\.000Z$/, "");
}

/** The name of a column in Excel, counted from 0. */
function letters(column: number): string {
  const rest = Math.floor(column / 26);
  return (rest > 0 ? letters(rest - 1) : "") + String.fromCharCode(65 + (column % 26));
}

function noCells(what: string, file: string): TableError {
  return fileError(file, `${what}, expected rows of numbers`, "no_rows");
}
