import type { Sets } from "./assemble.ts";
import { placeholderIn } from "./placeholder.ts";
import type { Selection } from "./select.ts";
import type { Copies } from "./units.ts";
import type { TableView } from "./view.ts";

/** What makes the errors of a split look better or worse than they are, one line each. */
export function warnings(
  table: TableView,
  { count, inputNames, outputNames }: Selection,
  { copies, sets, asked }: { readonly copies: Copies; readonly sets: Sets; readonly asked: number },
): string[] {
  const found: string[] = [];
  const number = (test: (row: number) => boolean): number =>
    Array.from({ length: count }, (_, row) => row).filter(test).length;
  const repeated = number((row) => copies.rows[row] !== row);
  if (repeated > 0) {
    found.push(
      `${rows(repeated)} an earlier one in all chosen columns; a random split keeps copies together`,
    );
  }
  const tested = sets.test.flat();
  const known = new Set([...sets.train, ...sets.validation].flat().map((row) => copies.rows[row]));
  const seen = tested.filter((row) => known.has(copies.rows[row]));
  if (seen.length > 0) {
    found.push(`${rows(seen.length, "test row")} a training row, so the test error is too small`);
  }
  const torn = number((row) => copies.inputs[row] !== copies.rows[row]);
  if (torn > 0) {
    found.push(
      `${rows(torn)} an earlier one in the inputs but not in the outputs, so these inputs do not determine the outputs`,
    );
  }
  for (const name of [...inputNames, ...outputNames]) {
    const column = table.columns.indexOf(name);
    const odd = column < 0 ? undefined : placeholderIn(table, column);
    if (!odd) continue;
    const cells = odd.cells === 1 ? "one cell" : `${odd.cells} cells`;
    found.push(
      `column '${name}' holds ${odd.value} in ${cells}, far from all other values: if it stands for a missing value, leave the cell empty`,
    );
  }
  if (Math.abs(tested.length - asked) > asked / 4) {
    found.push(
      `${tested.length} of ${count} rows ${tested.length === 1 ? "is a test row" : "are test rows"}, not ${asked}, because groups stay whole`,
    );
  }
  return found;
}

function rows(count: number, what = "row"): string {
  return count === 1 ? `one ${what} repeats` : `${count} ${what}s repeat`;
}
