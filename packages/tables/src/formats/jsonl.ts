import { TableError } from "../errors.ts";
import { parseCell } from "../table/cell.ts";
import { FaultLog } from "../table/faults.ts";
import { NumberStore, type Precision } from "../table/store.ts";
import { checked, Table } from "../table/table.ts";
import { textLines } from "../text/lines.ts";

/** Reads JSON lines: one object a line with a number for each column, or one array. The first line names the
 *  columns. A key that a later line lacks, and null, are missing values; a key that the first line does not
 *  have is an error. */
export async function readJsonLines(
  chunks: AsyncIterable<Uint8Array>,
  options: { file: string; precision: Precision },
): Promise<Table> {
  const { file, precision } = options;
  const faults = new FaultLog();
  let columns: string[] | undefined;
  let positions = new Map<string, number>();
  let store = new NumberStore(1, precision);
  for await (const { text, line } of textLines(chunks, file)) {
    if (text.trim() === "") continue;
    const record = parseLine(text, line, file);
    const isArray = Array.isArray(record);
    const keys = Object.keys(record);
    if (!columns) {
      columns = isArray ? keys.map((_, i) => `c${i + 1}`) : keys;
      positions = new Map(keys.map((key, i) => [key, i]));
      if (columns.length === 0) throw at(file, line, "holds no values, expected at least one", "no_columns");
      store = new NumberStore(columns.length, precision);
    }
    if (isArray && record.length !== columns.length) {
      throw at(
        file,
        line,
        `${record.length} values, expected ${columns.length} as in the first line`,
        "ragged_row",
      );
    }
    const row = store.count;
    const { chunk, offset } = store.next();
    for (const [column, name] of columns.entries()) {
      const value = Object.hasOwn(record, isArray ? column : name)
        ? (record as Record<string, unknown>)[isArray ? column : name]
        : null;
      chunk[offset + column] = cellOf(value, column, row, line, faults);
    }
    const stranger = isArray ? undefined : keys.find((key) => !positions.has(key));
    if (stranger !== undefined) {
      throw at(
        file,
        line,
        `has a key '${stranger}' that the first line lacks, expected ${columns.length} keys`,
        "ragged_row",
      );
    }
  }
  if (!columns)
    throw new TableError(`${file}: is empty, expected lines of JSON`, {
      code: "empty_file",
      place: { file },
    });
  store.finish();
  return new Table({ name: file, columns, store, faults });
}

function parseLine(text: string, line: number, file: string): Record<string, unknown> | unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0]! : "";
    throw at(file, line, `is not JSON: ${reason.slice(0, 80)}`, "malformed_text");
  }
  if (typeof value === "object" && value !== null) return value as Record<string, unknown> | unknown[];
  throw at(
    file,
    line,
    `holds ${JSON.stringify(value)?.slice(0, 40)}, expected an object or an array`,
    "malformed_text",
  );
}

function cellOf(value: unknown, column: number, row: number, line: number, faults: FaultLog): number {
  const place = `line ${line}`;
  if (typeof value === "number") return checked(value, column, row, place, faults);
  if (typeof value === "boolean") return Number(value);
  const nested = Array.isArray(value) ? "[...]" : "{...}";
  const text = value === null ? "null" : typeof value === "string" ? value : nested;
  // "NaN" and "Infinity" are often written as strings, since JSON has no such numbers.
  const parsed = typeof value === "string" || value === null ? parseCell(text) : "text";
  faults.add(column, typeof parsed === "number" ? "text" : parsed, row, place, text);
  return Number.NaN;
}

function at(file: string, line: number, message: string, code: string): TableError {
  return new TableError(`${file}, line ${line}: ${message}`, { code, place: { file, line } });
}
