import { DatasetError } from "../errors.ts";
import { FaultLog } from "./faults.ts";
import { NumberStore } from "./store.ts";
import { Table } from "./table.ts";

/** Columns of several tables side by side, for inputs and outputs in two files. Row i of each belongs together. */
export function joinColumns(tables: readonly Table[]): Table {
  const [first] = tables;
  if (!first) throw new DatasetError("joinColumns: no table, expected at least one", { code: "no_tables" });
  const columns = tables.flatMap((table) => table.columns);
  for (const table of tables) {
    if (table.count !== first.count) {
      throw new DatasetError(
        `${table.name} has ${table.count} rows, expected ${first.count} as ${first.name} has: row i of each belong together`,
        { code: "row_count_mismatch", place: { file: table.name } },
      );
    }
  }
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) {
    const owners = tables.filter((table) => table.columns.includes(twice)).map((table) => table.name);
    throw new DatasetError(
      `column '${twice}' stands in ${owners.join(" and in ")}: expected different names`,
      {
        code: "duplicate_column",
        place: { file: owners.at(-1)! },
      },
    );
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
  return new Table({ name: tables.map((table) => table.name).join(" + "), columns, store, faults });
}
