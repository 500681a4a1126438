import { counted } from "@stiffnet/base";
import { fileError, TableError } from "../errors.ts";
import { duplicateName } from "./columns.ts";
import { FaultLog } from "./faults.ts";
import { NumberStore } from "./store.ts";
import { Table } from "./table.ts";

/** Columns of several tables side by side, for inputs and outputs in two files. Row i of each belongs
 *  together. Columns without names, which readers call c1, c2 and so on, are counted through. */
export function joinColumns(parts: readonly Table[]): Table {
  const tables = countedThrough(parts);
  const [first] = tables;
  if (!first) throw new TableError("joinColumns: no table, expected at least one", { code: "no_tables" });
  if (tables.length === 1) return first;
  const columns = tables.flatMap((table) => table.columns);
  for (const table of tables) {
    if (table.count !== first.count) {
      throw new TableError(
        `${table.name} has ${counted(table.count, "row")}, expected ${first.count} as in ${first.name}, because the files are joined row by row`,
        { code: "row_count_mismatch", place: { file: table.name } },
      );
    }
  }
  const twice = duplicateName(columns);
  if (twice) {
    const name = columns[twice[1]]!;
    const owners = tables.filter((table) => table.columns.includes(name)).map((table) => table.name);
    throw new TableError(`column '${name}' is in ${owners.join(" and in ")}, expected different names`, {
      code: "duplicate_column",
      place: { file: owners.at(-1)! },
    });
  }
  const store = new NumberStore(columns.length);
  for (let r = 0; r < first.count; r++) {
    const { chunk, offset } = store.next();
    let at = offset;
    for (const table of tables) for (let c = 0; c < table.columns.length; c++) chunk[at++] = table.at(r, c);
  }
  store.finish();
  const faults = new FaultLog();
  let shift = 0;
  for (const table of tables) {
    for (let c = 0; c < table.columns.length; c++) faults.adopt(shift + c, table.faults(c), table.name);
    shift += table.columns.length;
  }
  return new Table({
    name: tables.map((table) => table.name).join(" + "),
    columns,
    store,
    faults,
    header: parts.every(({ header }) => header === "none") ? "none" : "stored",
    notes: tables.flatMap((table) => table.notes),
  });
}

/** Columns that are only numbered, an index without a name among them, get the numbers that they have side by
 *  side. */
function countedThrough(parts: readonly Table[]): readonly Table[] {
  let before = 0;
  return parts.map((table) => {
    const from = before;
    before += table.columns.length;
    const names = table.columns.map((name, i) => (name === `c${i + 1}` ? `c${from + i + 1}` : name));
    return from > 0 && names.join() !== table.columns.join() ? table.withColumns(names) : table;
  });
}

/** The parts of one file side by side, as far as they have as many rows as the part with most values; the
 *  others are left out with a note, unless they were asked for. `what` is what a part is called; `lost` are
 *  notes of parts that could not be read. */
export function joinAlike(
  parts: readonly Table[],
  { file, what, lost, asked }: { file: string; what: string; lost: readonly string[]; asked: boolean },
): Table {
  if (parts.length === 0) {
    throw fileError(file, `no ${what} with rows of numbers (${lost.join("; ")})`, "no_rows");
  }
  const weights = new Map<number, number>();
  for (const { count, columns } of parts)
    weights.set(count, (weights.get(count) ?? 0) + count * columns.length);
  const [rows] = [...weights].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
  const alike = parts.filter((part) => part.count === rows);
  const others = parts
    .filter((part) => part.count !== rows)
    .map(
      (part) =>
        `${what} '${part.columns[0]}' has ${counted(part.count, "row")} where the table has ${rows}: left out`,
    );
  const notes = [...others, ...lost];
  if (asked && notes[0] !== undefined) {
    const fault = notes[0].replace(/: left out$/, ", but arrays (--arrays) asks for it");
    throw fileError(file, fault, "row_count_mismatch");
  }
  return joinColumns(alike).renamed(file, notes);
}
