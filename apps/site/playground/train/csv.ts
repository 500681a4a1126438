import { readTable, type SplitDataset, type Table } from "@stiffnet/tables";
import { sentence } from "../sentence.ts";

/** Larger ones are for the command line. */
const mostBytes = 50_000_000;
const mostRows = 100_000;
const leastRows = 10;

/** A dropped file, by the reader that Node has too. Throws one sentence: the file, and what to do. */
export async function readCsv(file: File): Promise<Table> {
  const instead = `train it with 'stiffnet train ${file.name}'`;
  if (file.size > mostBytes) {
    const size = Math.round(file.size / 1e6);
    throw new Error(`${file.name} has ${size} MB, and this page takes ${mostBytes / 1e6}: ${instead}.`);
  }
  const table = await readTable(file);
  if (table.count > mostRows) {
    throw new Error(`${file.name} has ${table.count} rows, and this page takes ${mostRows}: ${instead}.`);
  }
  if (table.columns.length < 2) {
    throw new Error(`${file.name} has one column, expected at least an input and an output.`);
  }
  return table;
}

/** Roles of a table's column. */
export const uses = ["input", "output", "unused"] as const;
export type Use = (typeof uses)[number];

/** A first choice: the last column is the output. Columns of text and an index that pandas wrote are unused,
 *  and `noticed` says so. */
export function rolesOf(table: Table): { roles: Use[]; noticed: string } {
  const last = table.columns.length - 1;
  const before = table.columns.slice(0, last);
  const texts = before.filter((_, k) => table.faults(k).text > 0);
  // A range, because an index that is chosen by its own number would stay.
  const ranges = before.flatMap((name, k) => (texts.includes(name) ? [] : [`${k + 1}-${k + 1}`]));
  const { inputNames, notes } = splitOf(table, ranges.join(","), `${last + 1}`);
  const roles = table.columns.map((name, k) => {
    if (k === last) return "output";
    const taken = inputNames.length === 0 ? !texts.includes(name) : inputNames.includes(name);
    return taken ? "input" : "unused";
  });
  const left = texts.map(
    (name) => `column '${name}' holds text, which this page leaves out ('stiffnet train' takes it)`,
  );
  return { roles, noticed: [...notes, ...left].map((note) => sentence(note)).join(" ") };
}

/** Empty if the table cannot be split. The choice of columns then has the complaint. */
function splitOf(table: Table, inputs: string, outputs: string): Pick<SplitDataset, "inputNames" | "notes"> {
  try {
    return table.split({ inputs, outputs, test: 0.2, seed: 1, missing: "drop" });
  } catch {
    return { inputNames: [], notes: [] };
  }
}

/** What a training says of this choice of columns: a fault that prevents it, or the rows it leaves out. */
export function checkColumns(
  table: Table,
  inputs: readonly string[],
  outputs: readonly string[],
): { readonly fault?: string; readonly gaps?: string } {
  if (inputs.length === 0) return { fault: "Choose at least one input column." };
  if (outputs.length === 0) return { fault: "Choose at least one output column." };
  try {
    const { count, missing } = table.select({ inputs, outputs, missing: "drop" });
    const without = missing.dropped > 0 ? " without gaps" : "";
    if (count < leastRows) {
      return { fault: `${table.name} has ${count} rows${without}, expected at least ${leastRows}.` };
    }
    return missing.dropped === 0
      ? {}
      : { gaps: `${missing.dropped} of ${table.count} rows have gaps and are left out.` };
  } catch (error) {
    return { fault: sentence(error) };
  }
}

/** The chosen columns, as they cross to the workers. */
export function columnsOf(table: Table, names: readonly string[]): Float64Array[] {
  return names.map((name) => table.rows([table.columns.indexOf(name)]));
}
