import { wholeFault } from "@stiffnet/base";
import { TableError } from "../errors.ts";
import {
  assemble,
  requireTraining,
  type SplitDataset,
  type SplitOptions,
  shuffled,
  sizeOf,
} from "./assemble.ts";
import { selectSamples } from "./select.ts";
import { splitByColumn, splitByGroup, splitByTable } from "./split-ways.ts";
import type { TableView } from "./view.ts";

/** Splits the rows of a table at random: a function of (values, options) alone. The test rows are drawn
 *  first, so they are the same whatever is then taken for validation. */
export function splitTable(table: TableView, options: SplitOptions): SplitDataset {
  if (options.testOn) return splitByTable(table, options.testOn, options);
  const selection = selectSamples(table, options);
  if (options.by !== undefined) return splitByColumn(table, selection, options.by, options);
  if (options.groups !== undefined) return splitByGroup(table, selection, options.groups, options);
  const { count } = selection;
  const test = sizeOf("test", options.test ?? 0.2, count, table.name, 1);
  const validation = sizeOf("validation", options.validation ?? 0, count, table.name, 0);
  requireTraining(
    count - test - validation,
    `${test} test and ${validation} validation rows`,
    count,
    table.name,
  );
  const order = shuffled(count, options);
  return assemble(table.name, selection, options, {
    test: order.subarray(0, test),
    validation: order.subarray(test, test + validation),
    train: order.subarray(test + validation),
  });
}

export interface FoldOptions extends Omit<SplitOptions, "test"> {
  /** How many, default 5. */
  folds?: number;
}

/** Cross-validation: the rows in a random order, cut into folds whose sizes differ by at most one. Dataset k
 *  is tested on fold k and trained on the others (less `validation` rows), with a preparation of its own. */
export function foldTable(table: TableView, options: FoldOptions): SplitDataset[] {
  const { folds = 5 } = options;
  const selection = selectSamples(table, options);
  const { count } = selection;
  if (wholeFault(folds, 2, count)) {
    throw new TableError(
      `${table.name}: folds is ${folds}, expected a whole number from 2 to the ${count} rows`,
      { code: "bad_split", place: { file: table.name } },
    );
  }
  const validation = sizeOf("validation", options.validation ?? 0, count, table.name, 0);
  requireTraining(
    count - Math.ceil(count / folds) - validation,
    `a fold and ${validation} validation rows`,
    count,
    table.name,
  );
  const order = shuffled(count, options);
  return Array.from({ length: folds }, (_, k) => {
    const [from, to] = [Math.floor((k * count) / folds), Math.floor(((k + 1) * count) / folds)];
    const others = new Uint32Array(count - (to - from));
    others.set(order.subarray(to));
    others.set(order.subarray(0, from), count - to);
    return assemble(table.name, selection, options, {
      test: order.subarray(from, to),
      validation: others.subarray(0, validation),
      train: others.subarray(validation),
    });
  });
}
