import { counted } from "@stiffnet/base";
import { fileError, reasonOf } from "../errors.ts";
import { TableBuilder } from "../table/builder.ts";
import { isRounded, storedCells } from "../table/cell.ts";
import type { Table } from "../table/table.ts";
import { textLines } from "../text/lines.ts";

/** Reads JSON lines: one object a line with a number for each column, or one array; or all of them in one
 *  array. The first record names the columns. A key that a later record lacks, and null, are missing values;
 *  a key that the first record does not have is an error. */
export async function readJsonLines(chunks: AsyncIterable<Uint8Array>, file: string): Promise<Table> {
  let builder: TableBuilder<unknown> | undefined;
  let known = new Set<string>();
  for await (const { record, place } of records(chunks, file)) {
    const isArray = Array.isArray(record);
    const keys = Object.keys(record);
    if (!builder) {
      if (keys.length === 0)
        throw fileError(file, "holds no values, expected at least one", "no_columns", place);
      const names = isArray
        ? { columns: keys.map((_, i) => `c${i + 1}`), header: "none" as const }
        : { columns: keys };
      builder = new TableBuilder(file, names, { ...storedCells, unit: unitOf(place) });
      known = new Set(keys);
    }
    const { columns } = builder;
    if (isArray && record.length !== columns.length) {
      const expected = `expected ${columns.length} as in the first ${unitOf(place)}`;
      throw fileError(file, `${counted(record.length, "value")}, ${expected}`, "ragged_row", place);
    }
    const cells = isArray
      ? record
      : columns.map((name) => (Object.hasOwn(record, name) ? record[name] : null));
    builder.add(cells, (place.line ?? place.row)!);
    const stranger = isArray ? undefined : keys.find((key) => !known.has(key));
    if (stranger !== undefined) {
      const expected = `expected ${counted(columns.length, "key")}`;
      const what = `has a key '${stranger}' that the first ${unitOf(place)} lacks, ${expected}`;
      throw fileError(file, what, "ragged_row", place);
    }
  }
  if (!builder) throw fileError(file, "is empty, expected lines of JSON", "empty_file");
  return builder.finish();
}

/** Where a record stands: in a line of its own, or as a row of the one array. */
type RecordPlace = { readonly line?: number; readonly row?: number };

const unitOf = ({ line }: RecordPlace): string => (line === undefined ? "row" : "line");

type JsonRecord = Record<string, unknown> | unknown[];

async function* records(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<{ readonly record: JsonRecord; readonly place: RecordPlace }> {
  let begun = false;
  const lines = textLines(chunks, file);
  for await (const { text, line } of lines) {
    if (text.trim() === "") continue;
    if (!begun && beginsArray(text)) {
      let whole = text;
      for await (const more of lines) whole += `\n${more.text}`;
      const all = parsed(whole, { line }, file) as readonly unknown[];
      for (const [index, value] of all.entries()) {
        const place = { row: index + 1 };
        yield { record: recordOf(value, place, file), place };
      }
      return;
    }
    begun = true;
    yield { record: recordOf(parsed(text, { line }, file), { line }, file), place: { line } };
  }
}

/** Whether a first line begins the array of all records: it ends later, or holds records. */
function beginsArray(text: string): boolean {
  if (!text.trimStart().startsWith("[")) return false;
  if (/^\s*\[\s*(\{|$)/.test(text)) return true;
  try {
    const values: unknown[] = JSON.parse(text);
    return Array.isArray(values[0]);
  } catch {
    return !text.trimEnd().endsWith("]");
  }
}

/** JSON.parse rounds whole numbers beyond 2^53: those are put in quotes before. */
function parsed(text: string, place: RecordPlace, file: string): unknown {
  const exact = /\d{16}/.test(text)
    ? text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])|[\d.eE+-]+/g, (token) =>
        /^-?\d{16,}$/.test(token) && isRounded(token, Number(token)) ? `"${token}"` : token,
      )
    : text;
  try {
    return JSON.parse(exact);
  } catch (error) {
    throw fileError(file, `is not JSON: ${reasonOf(error).slice(0, 80)}`, "malformed_text", place);
  }
}

function recordOf(value: unknown, place: RecordPlace, file: string): JsonRecord {
  if (typeof value === "object" && value !== null) return value as JsonRecord;
  const found = JSON.stringify(value)?.slice(0, 40);
  throw fileError(file, `holds ${found}, expected an object or an array`, "malformed_text", place);
}
