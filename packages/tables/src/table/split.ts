import { anyNumber, type Check, fields, needed, object, whole } from "@stiffnet/base";
import { type Fits, fitsCheck, tableColumns } from "@stiffnet/preparation";
import { fileError, TableError } from "../errors.ts";
import { checkOptions, columnChoice, selectChecks } from "../options.ts";
import { assemble, type Sets, type SplitDataset } from "./assemble.ts";
import type { ColumnChoice } from "./columns.ts";
import { joinSelections, type Selection, type SelectOptions, selectSamples } from "./select.ts";
import { type Copies, copiesIn, draw, rowsOf, shuffled, type Unit, unitsOf } from "./units.ts";
import type { TableView } from "./view.ts";
import { warnings } from "./warnings.ts";

/** Columns that make groups: rows that agree in all of them stay on one side. Numbers or texts. */
export interface ByGroups {
  readonly groups: ColumnChoice;
}

/** Which rows are tested. A fraction may also be a number of rows. */
export type SplitBy =
  /** Rows drawn at random; 0 tests none. */
  | { readonly fraction: number }
  /** Groups drawn at random, which come as near to the fraction (default 0.2) as whole groups can. */
  | (ByGroups & { readonly fraction?: number })
  /** The rows with 1 in this column, the others having 0. */
  | { readonly column: ColumnChoice }
  /** The rows of a table of its own, whose inputs and outputs have the same names. */
  | { readonly table: TableView };

interface SetOptions extends SelectOptions {
  /** Validation rows: a fraction below 1, or a count. Default 0. */
  validation?: number;
  /** Default 1. */
  seed?: number;
  /** Which of the seed's independent splits, default 0. */
  trial?: number;
  /** How columns are prepared, default `standardise`; fitted on the training rows. */
  prepare?: Fits;
}

/** `test: 0.2`, the default, is short for `by: { fraction: 0.2 }`. */
export type SplitOptions = SetOptions &
  ({ test?: number; by?: undefined } | { test?: undefined; by: SplitBy });

export interface FoldOptions extends SetOptions {
  /** How many, default 5. */
  folds?: number;
  /** Single rows where not given. */
  by?: ByGroups;
}

type AnyWay = {
  fraction?: number | undefined;
  groups?: ColumnChoice;
  column?: ColumnChoice;
  table?: TableView;
};

const anyWay = fields<AnyWay>(
  { fraction: anyNumber, groups: columnChoice, column: columnChoice, table: object },
  {
    excludes: [
      ["fraction", "column"],
      ["fraction", "table"],
      ["groups", "column"],
      ["groups", "table"],
      ["column", "table"],
    ],
  },
);

const splitBy: Check<SplitBy> = {
  expected: "one of { fraction }, { groups }, { column } and { table }",
  fault(name, value) {
    const empty = Object.values(value ?? {}).every((field) => field === undefined);
    return empty ? `${name} says nothing, expected ${splitBy.expected}` : anyWay.fault(name, value);
  },
};

const setChecks = {
  ...selectChecks,
  validation: anyNumber,
  seed: anyNumber,
  trial: whole(0),
  prepare: fitsCheck,
};

/** Splits the rows of a table: a function of (values, options) alone. The test rows are drawn first, so they
 *  are the same whatever is then taken for validation. Copies of a row (equal in all chosen columns) stay on
 *  one side, as a group does. */
export function splitTable(table: TableView, options: SplitOptions): SplitDataset {
  checkOptions<SplitOptions>(
    "split",
    options,
    { ...setChecks, test: anyNumber, by: splitBy },
    { excludes: [["test", "by", "test alone, or by: { fraction } or { groups, fraction }"]] },
  );
  const { fraction = 0.2, ...by }: AnyWay = options.by ?? { fraction: options.test };
  if (by.table) return splitByTable(table, by.table, options);
  if (by.column !== undefined) return splitByColumn(table, by.column, options);
  const { selection, copies, units } = unitsIn(table, options, by.groups);
  const { count } = selection;
  const test = sizeOf("test", fraction, count, table.name);
  const validation = sizeOf("validation", options.validation ?? 0, count, table.name);
  const taken = `${test} test and ${validation} validation rows`;
  requireTraining(count - test - validation, taken, count, table.name);
  const sets = ["to train on", ...(test > 0 ? ["to test"] : []), ...(validation > 0 ? ["to validate"] : [])];
  requireUnits(units, sets, table.name);
  const tested = draw(shuffled(units, options), test, sets.length - 1);
  return finish(table, options, selection, {
    copies,
    sets: { test: tested.taken, ...validated(tested.left, validation, table.name) },
    asked: test,
  });
}

/** Cross-validation: the rows in a random order, cut into folds whose sizes differ by at most one, or as
 *  little as whole groups and copies allow. Dataset k is tested on fold k and trained on the others (less
 *  `validation` rows), with a preparation of its own. */
export function foldTable(table: TableView, options: FoldOptions): SplitDataset[] {
  checkOptions<FoldOptions>("folds", options, {
    ...setChecks,
    folds: anyNumber,
    by: fields<ByGroups>({ groups: needed(columnChoice) }),
  });
  const { folds = 5 } = options;
  const { selection, copies, units } = unitsIn(table, options, options.by?.groups);
  const { count } = selection;
  if (whole(2, units.length).fault("folds", folds)) {
    const most = units.length === count ? `the ${count} rows` : `the ${units.length} groups of rows`;
    const what = `folds is ${folds}, expected a whole number from 2 to ${most}`;
    throw fileError(table.name, what, "bad_split");
  }
  const validation = sizeOf("validation", options.validation ?? 0, count, table.name);
  requireTraining(
    count - Math.ceil(count / folds) - validation,
    `a fold and ${validation} validation rows`,
    count,
    table.name,
  );
  const parts = dealt(shuffled(units, options), count, folds);
  return parts.map((test, k) => {
    const others = [...parts.slice(k + 1), ...parts.slice(0, k)].flat();
    const sets = { test, ...validated(others, validation, table.name) };
    return finish(table, options, selection, { copies, sets, asked: Math.round(count / folds) });
  });
}

/** Units dealt to parts of about equal numbers of rows. */
export function dealt(units: readonly Unit[], count: number, parts: number): (readonly Unit[])[] {
  let left = units;
  let rows = 0;
  return Array.from({ length: parts }, (_, k) => {
    const wanted = Math.floor(((k + 1) * count) / parts) - rows;
    const drawn = k + 1 < parts ? draw(left, Math.max(1, wanted), parts - k - 1) : { taken: left, left: [] };
    left = drawn.left;
    rows += rowsOf(drawn.taken);
    return drawn.taken;
  });
}

/** Trained on one table and tested on another. */
function splitByTable(table: TableView, testOn: TableView, options: SetOptions): SplitDataset {
  const own = selectSamples(table, options);
  const inputs = tableColumns(own.inputNames, own).map(({ name }) => name);
  const columns = { inputs, outputs: own.outputNames };
  const test = selectSamples(testOn, { ...options, ...columns }, { known: own.categories });
  if (test.count === 0) throw fileError(testOn.name, "has no rows", "empty_set");
  const joined = joinSelections(own, test);
  const copies = copiesIn(joined);
  const isOwn = (row: number): boolean => row < own.count;
  const units = unitsOf(copies).flatMap((unit) => (isOwn(unit[0]!) ? [unit.filter(isOwn)] : []));
  const validation = sizeOf("validation", options.validation ?? 0, own.count, table.name);
  const sets = {
    test: Array.from({ length: test.count }, (_, row) => [own.count + row]),
    ...validated(shuffled(units, options), validation, table.name),
  };
  const name = `${table.name}, tested on ${testOn.name}`;
  return finish(table, options, joined, { copies, sets, asked: test.count, name });
}

function splitByColumn(table: TableView, by: ColumnChoice, options: SetOptions): SplitDataset {
  const { selection, copies, units } = unitsIn(table, options);
  const [column, ...more] = table.indices(by, "split column");
  if (more.length > 0) throw fileError(table.name, "several split columns, expected one", "empty_set");
  const tested = Array.from(selection.rows, (row) => {
    const value = table.at(row - 1, column!);
    if (value === 0 || value === 1) return value === 1;
    const found = table.label(row - 1, column!) || "an empty cell";
    throw new TableError(
      `${table.name}, row ${row}, split column '${table.columns[column!]}': ${found}, expected 0 (trained on) or 1 (tested)`,
      { code: "bad_split", place: { file: table.name, row, column: column! + 1 } },
    );
  });
  const order = shuffled(units, options);
  const part = (test: boolean): Unit[] =>
    order.map((unit) => unit.filter((row) => tested[row] === test)).filter((unit) => unit.length > 0);
  const [test, others] = [part(true), part(false)];
  if (test.length === 0) {
    throw fileError(table.name, "no row has 1 in the split column, expected rows to test", "empty_set");
  }
  const [asked, left] = [rowsOf(test), rowsOf(others)];
  requireTraining(left, `the split column's ${asked} test rows`, selection.count, table.name);
  const validation = sizeOf("validation", options.validation ?? 0, left, table.name);
  const sets = { test, ...validated(others, validation, table.name) };
  const told = learntToo(table, selection, [column!], "says which rows are tested");
  return finish(table, options, told, { copies, sets, asked });
}

/** Notes the columns that divide the rows, and are inputs or outputs besides. */
function learntToo(
  table: TableView,
  selection: Selection,
  columns: readonly number[],
  what: string,
): Selection {
  const { inputNames, outputNames } = selection;
  const learnt = [...tableColumns(inputNames, selection).map(({ name }) => name), ...outputNames];
  const names = columns.map((column) => table.columns[column]!).filter((name) => learnt.includes(name));
  const notes = names.map((name) => `column '${name}' ${what}, and is learnt from as well; is that meant?`);
  return { ...selection, notes: [...selection.notes, ...notes] };
}

/** The chosen columns, and which rows belong together. */
function unitsIn(
  table: TableView,
  options: SelectOptions,
  groups?: ColumnChoice,
): { selection: Selection; copies: Copies; units: Unit[] } {
  const columns = groups === undefined ? [] : table.indices(groups, "groups");
  const chosen = selectSamples(table, options, { groups: columns });
  const selection = learntToo(table, chosen, columns, "makes the groups of rows");
  const copies = copiesIn(selection);
  const nameOf = (k: number): string =>
    JSON.stringify(columns.map((column) => table.label(selection.rows[k]! - 1, column)));
  return { selection, copies, units: unitsOf(copies, columns.length > 0 ? nameOf : undefined) };
}

/** The units that are not tested, less those for validation. */
function validated(
  left: readonly Unit[],
  validation: number,
  file: string,
): Pick<Sets, "train" | "validation"> {
  const count = rowsOf(left);
  requireTraining(count - validation, `${validation} validation rows`, count, file);
  requireUnits(left, validation > 0 ? ["to train on", "to validate"] : ["to train on"], file);
  const drawn = draw(left, validation, 1);
  return { validation: drawn.taken, train: drawn.left };
}

function requireUnits(units: readonly Unit[], sets: readonly string[], file: string): void {
  if (units.length >= sets.length) return;
  const groups = units.length === 1 ? "one group" : `${units.length} groups`;
  const what = `the rows form ${groups}, expected at least ${sets.length}: one each ${sets.join(", ")}`;
  throw fileError(file, what, "empty_set");
}

/** asked: how many rows were to be tested. */
function finish(
  table: TableView,
  { prepare }: SetOptions,
  selection: Selection,
  drawn: { readonly copies: Copies; readonly sets: Sets; readonly asked: number; readonly name?: string },
): SplitDataset {
  const notes = [...table.notes, ...selection.notes, ...warnings(table, selection, drawn)];
  return assemble(drawn.name ?? table.name, selection, prepare, drawn.sets, notes);
}

function requireTraining(rows: number, taken: string, count: number, file: string): void {
  if (rows <= 0) throw fileError(file, `${taken} leave none of ${count} to train on`, "empty_set");
}

function sizeOf(what: string, asked: number, count: number, file: string): number {
  const rows = asked > 0 && asked < 1 ? Math.max(1, Math.round(asked * count)) : asked;
  if (whole(0).fault(what, rows)) {
    const expected = "expected a fraction between 0 and 1 or a count of at least 0";
    throw fileError(file, `${what} is ${asked}, ${expected}`, "bad_split");
  }
  return rows;
}
