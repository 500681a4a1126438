import { concatenated, counted } from "@stiffnet/base";
import { type Category, type NamedSamples, tableColumns } from "@stiffnet/preparation";
import { fileError, TableError } from "../errors.ts";
import { inputAt, inputReaders } from "./categories.ts";
import { parseCell } from "./cell.ts";
import { type ColumnChoice, label } from "./columns.ts";
import type { FaultKind } from "./faults.ts";
import { withoutIndex } from "./index-column.ts";
import type { TableView } from "./view.ts";

/** What becomes of rows with missing values in the chosen columns. `error` (default) refuses the first by its
 *  place; `drop` leaves the rows out; `mean` puts the mean of the column's training rows into inputs, and
 *  leaves rows with a missing output out, since an invented output would be learnt as truth. Both are counted
 *  in `missing`. */
export type MissingRule = "error" | "drop" | "mean";

export interface SelectOptions {
  inputs: ColumnChoice;
  outputs: ColumnChoice;
  missing?: MissingRule;
  /** What becomes of inputs that are columns of texts: `error` (default) refuses them; `categories` makes an
   *  input of each value, 1 where a row holds it and 0 elsewhere. The preparation says which. */
  text?: "error" | "categories";
}

/** What was done about missing values. */
export interface MissingReport {
  /** Rows left out. */
  readonly dropped: number;
  /** Input cells to fill or filled, by column name; only columns that had any. */
  readonly filled: Readonly<Record<string, number>>;
}

/** The chosen columns of all rows that are kept. With `missing: "mean"`, inputs may still hold NaN. */
export interface Selection extends NamedSamples {
  readonly missing: MissingReport;
  /** Row of the table of every row that is kept, counted from 1. */
  readonly rows: Uint32Array;
  /** The inputs that are texts in the table. */
  readonly categories: readonly Category[];
  /** Which columns were left out, and why: one line each. */
  readonly notes: readonly string[];
}

/** Takes inputs and outputs out of a table. Throws one line that names file, place and column where the
 *  choice cannot be met: no such column, a column on both sides, text, infinity, or missing values under
 *  `error`. Rows that name no group count as rows with a missing output. */
export function selectSamples(
  table: TableView,
  options: SelectOptions,
  { groups = [], known }: { readonly groups?: readonly number[]; readonly known?: readonly Category[] } = {},
): Selection {
  const chosenInputs = table.indices(options.inputs, "inputs");
  const chosenOutputs = table.indices(options.outputs, "outputs");
  const taken = new Set(chosenOutputs);
  const both = chosenInputs.find((index) => taken.has(index));
  if (both !== undefined) {
    const what = `column ${label(table.columns, both)} is chosen as input and as output, expected one of them`;
    throw fileError(table.name, what, "overlapping_columns", { column: both + 1 });
  }
  const { columns: inputs, notes: ofInputs } = withoutIndex(table, options.inputs, chosenInputs);
  const { columns: outputs, notes: ofOutputs } = withoutIndex(table, options.outputs, chosenOutputs);
  const rule = options.missing ?? "error";
  const chosen = [...inputs, ...outputs];
  const { readers, categories } = inputReaders(table, inputs, options.text === "categories" ? known : []);
  const texts = new Set(categories.map(({ name }) => name));
  const numbers = chosen.filter((column) => !texts.has(table.columns[column]!));
  const hint = "; --missing drop (missing: 'drop') leaves such rows out, --missing mean fills such inputs";
  refuse(table, numbers, rule === "error" ? ["text", "infinite", "missing"] : ["text", "infinite"], { hint });
  if (rule === "error") {
    refuse(table, chosen, ["missing"], { expected: "a text", hint });
    refuse(table, groups, ["missing"], { expected: "the name or number of a group", hint });
  }
  const kept = rowsWithout(table, [...(rule === "mean" ? outputs : chosen), ...groups]);
  const take = <C>(columns: readonly C[], at: (row: number, column: C) => number): Float64Array => {
    const values = new Float64Array(kept.length * columns.length);
    let k = 0;
    for (const r of kept) for (const column of columns) values[k++] = at(r, column);
    return values;
  };
  const inputNames = readers.map(({ name }) => name);
  const filled = take(readers, (row, reader) => inputAt(table, row, reader));
  return {
    count: kept.length,
    inputs: filled,
    outputs: take(outputs, (row, column) => table.at(row, column)),
    rows: Uint32Array.from(kept, (row) => row + 1),
    inputNames,
    outputNames: outputs.map((index) => table.columns[index]!),
    missing: { dropped: table.count - kept.length, filled: holes(filled, { inputNames, categories }) },
    categories,
    notes: [...ofInputs, ...ofOutputs, ...categories.map((category) => categoryNote(table, category))],
  };
}

function categoryNote(table: TableView, { name, values }: Category): string {
  const { columns } = table;
  // A category may be called none.
  const { found } = table.faults(columns.indexOf(name)).first.missing ?? {};
  const empty = found ? `; '${found}' counts as an empty cell` : "";
  const shown = `${values.slice(0, 6).join(", ")}${values.length > 6 ? ", ..." : ""}`;
  return `column ${label(columns, columns.indexOf(name))} holds text, and becomes one input for each of its ${counted(values.length, "value")} (${shown})${empty}`;
}

/** Rows of the inputs of a model, [count, inputs], by the names of its inputs and the categories of its
 *  preparation: a column of texts is read where the model has an input for each of its values. Throws by
 *  place for a text that the model was not trained on, and for a cell that holds none; `missing: "drop"`
 *  leaves rows with empty cells out. */
export function inputsFor(
  table: TableView,
  {
    inputNames,
    categories = [],
  }: { readonly inputNames: readonly string[]; readonly categories?: readonly Category[] },
  { missing = "error" }: { readonly missing?: "error" | "drop" } = {},
): Float64Array {
  const columns = tableColumns(inputNames, { categories }).map(
    ({ name }) => table.indices([name], "inputs")[0]!,
  );
  const { readers } = inputReaders(table, columns, categories);
  const texts = new Set(categories.map(({ name }) => name));
  refuse(
    table,
    columns.filter((column) => !texts.has(table.columns[column]!)),
    missing === "error" ? ["text", "infinite", "missing"] : ["text", "infinite"],
  );
  if (missing === "error") refuse(table, columns, ["missing"], { expected: "a text" });
  const kept = rowsWithout(table, columns);
  return Float64Array.from({ length: kept.length * readers.length }, (_, i) =>
    inputAt(table, kept[Math.floor(i / readers.length)]!, readers[i % readers.length]!),
  );
}

/** The rows, from 0, that have no empty cell in these columns. */
function rowsWithout(table: TableView, columns: readonly number[]): number[] {
  const holed = columns.filter((column) => table.faults(column).missing > 0);
  return Array.from({ length: table.count }, (_, row) => row).filter(
    (row) => !holed.some((column) => table.label(row, column) === ""),
  );
}

/** The rows of one selection and then those of another with the same columns. */
export function joinSelections(first: Selection, second: Selection): Selection {
  const filled = new Map(Object.entries(first.missing.filled));
  for (const [name, cells] of Object.entries(second.missing.filled)) {
    filled.set(name, (filled.get(name) ?? 0) + cells);
  }
  return {
    ...first,
    count: first.count + second.count,
    inputs: concatenated(Float64Array, [first.inputs, second.inputs]),
    outputs: concatenated(Float64Array, [first.outputs, second.outputs]),
    rows: concatenated(Uint32Array, [first.rows, second.rows]),
    missing: { dropped: first.missing.dropped + second.missing.dropped, filled: Object.fromEntries(filled) },
  };
}

/** Empty cells by column of the table, where all inputs of a text are NaN. */
function holes(
  rows: Float64Array,
  { inputNames, categories }: Pick<Selection, "inputNames" | "categories">,
): Record<string, number> {
  const names = new Map(tableColumns(inputNames, { categories }).map(({ first, name }) => [first, name]));
  // A column may be called constructor.
  const counts = new Map<string, number>();
  rows.forEach((value, i) => {
    const name = names.get(i % inputNames.length);
    if (name !== undefined && Number.isNaN(value)) counts.set(name, (counts.get(name) ?? 0) + 1);
  });
  return Object.fromEntries(counts);
}

/** Throws for the first cell, in reading order, that is one of these kinds. */
function refuse(
  table: TableView,
  columns: readonly number[],
  kinds: readonly FaultKind[],
  { expected = "a finite number", hint = "" }: { readonly expected?: string; readonly hint?: string } = {},
): void {
  const found = columns.flatMap((column) =>
    kinds.flatMap((kind) => {
      const first = table.faults(column).first[kind];
      return first ? [{ column, kind, ...first }] : [];
    }),
  );
  found.sort((a, b) => a.row - b.row || a.column - b.column);
  const worst = found[0];
  if (!worst) return;
  const { column, kind, place, file = table.name } = worst;
  const digits = kind === "text" && /^[+-]?\d{16,}$/.test(worst.found);
  // A text may look like a number: in quotes in JSON, or by the cell's format in a workbook.
  const stored = kind === "text" && typeof parseCell(worst.found) === "number" ? " (stored as text)" : "";
  const word = kind === "missing" ? `'${worst.found}' counts as an empty cell` : `'${worst.found}${stored}'`;
  const cell = worst.found === "" ? "the cell is empty" : word;
  const count = table.faults(column)[kind];
  const more = count > 1 ? ` (and ${count - 1} more in this column)` : "";
  const line = /^line (\d+)$/.exec(place);
  throw new TableError(
    `${file}, ${place}, column ${label(table.columns, column)}: ${cell}, expected ${digits && stored === "" ? "a number that a float64 holds exactly" : expected}${more}${kind === "missing" ? hint : ""}`,
    {
      code: kind === "missing" ? "missing_value" : kind === "text" ? "not_a_number" : "not_finite",
      place: {
        file,
        row: worst.row + 1,
        column: column + 1,
        ...(line ? { line: Number(line[1]) } : {}),
      },
    },
  );
}
