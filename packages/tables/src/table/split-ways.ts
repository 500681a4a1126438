import { TableError } from "../errors.ts";
import {
  assemble,
  requireTraining,
  type SplitDataset,
  type SplitOptions,
  shuffled,
  sizeOf,
  validated,
} from "./assemble.ts";
import type { ColumnChoice } from "./columns.ts";
import { requireNumbers, type Selection, selectSamples } from "./select.ts";
import type { TableView } from "./view.ts";

/** Trained on one table and tested on another. */
export function splitByTable(table: TableView, testOn: TableView, options: SplitOptions): SplitDataset {
  const own = selectSamples(table, options);
  const test = selectSamples(testOn, { ...options, inputs: own.inputNames, outputs: own.outputNames });
  if (test.count === 0) throw emptySet(`${testOn.name}: has no rows`, testOn.name);
  const joined: Selection = {
    ...own,
    count: own.count + test.count,
    inputs: joinedRows(own.inputs, test.inputs),
    outputs: joinedRows(own.outputs, test.outputs),
    rows: Uint32Array.from([...own.rows, ...test.rows]),
    missing: {
      dropped: own.missing.dropped + test.missing.dropped,
      filled: { ...own.missing.filled },
    },
  };
  for (const [name, cells] of Object.entries(test.missing.filled)) {
    (joined.missing.filled as Record<string, number>)[name] = (own.missing.filled[name] ?? 0) + cells;
  }
  const first = shuffled(own.count, options);
  return assemble(`${table.name}, tested on ${testOn.name}`, joined, options, {
    test: Uint32Array.from({ length: test.count }, (_, i) => own.count + i),
    ...validated(first, options, own.count, table.name),
  });
}

export function splitByColumn(
  table: TableView,
  selection: Selection,
  by: ColumnChoice,
  options: SplitOptions,
): SplitDataset {
  const [column, ...more] = table.indices(by, "split column");
  if (more.length > 0) throw emptySet(`${table.name}: several split columns, expected one`, table.name);
  const tested = (k: number): number => {
    const row = selection.rows[k]!;
    const value = table.at(row - 1, column!);
    if (value === 0 || value === 1) return value;
    throw new TableError(
      `${table.name}, row ${row}, split column '${table.columns[column!]}': ${value}, expected 0 (trained on) or 1 (tested)`,
      { code: "bad_split", place: { file: table.name, row, column: column! + 1 } },
    );
  };
  const order = shuffled(selection.count, options);
  const test = order.filter((k) => tested(k) === 1);
  const others = order.filter((k) => tested(k) === 0);
  if (test.length === 0) {
    throw emptySet(`${table.name}: no row has 1 in the split column, expected rows to test`, table.name);
  }
  requireTraining(others.length, `the split column's ${test.length} test rows`, selection.count, table.name);
  return assemble(table.name, selection, options, {
    test,
    ...validated(others, options, others.length, table.name),
  });
}

/** Groups in a random order; the first are tested. */
export function splitByGroup(
  table: TableView,
  selection: Selection,
  groups: ColumnChoice,
  options: SplitOptions,
): SplitDataset {
  const columns = table.indices(groups, "groups");
  // Texts all stand as NaN, and would be one group.
  requireNumbers(table, columns, "drop");
  const members = new Map<string, number[]>();
  selection.rows.forEach((row, k) => {
    const key = columns.map((column) => table.at(row - 1, column)).join(" ");
    const group = members.get(key);
    if (group) group.push(k);
    else members.set(key, [k]);
  });
  const all = [...members.values()];
  const order = shuffled(all.length, options);
  const sizes = [options.test ?? 0.2, options.validation ?? 0].map((asked, i) =>
    sizeOf(i === 0 ? "test" : "validation", asked, selection.count, table.name, 1 - i),
  );
  const parts: number[][] = [[], [], []];
  const starts: number[] = [];
  for (const g of order) {
    const group = all[g]!;
    const part = sizes.findIndex((size, i) => parts[i]!.length < size);
    const into = parts[part < 0 ? 2 : part]!;
    if (into === parts[2]) starts.push(...group.map(() => into.length));
    into.push(...group);
  }
  const [test, validation, train] = parts.map((rows) => Uint32Array.from(rows)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  requireTraining(
    train.length,
    `whole groups for test and validation, of ${all.length} groups,`,
    selection.count,
    table.name,
  );
  return {
    ...assemble(table.name, selection, options, { test, validation, train }),
    trainGroups: Uint32Array.from(starts),
  };
}

function joinedRows(first: Float64Array, second: Float64Array): Float64Array {
  const joined = new Float64Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

function emptySet(message: string, file: string): TableError {
  return new TableError(message, { code: "empty_set", place: { file } });
}
