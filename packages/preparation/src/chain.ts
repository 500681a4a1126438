import { prepare, preparedColumns } from "./prepare.ts";
import type { Fit, Preparation } from "./types.ts";

/** One fit after another, each on what the ones before it make of the training rows. */
export function chain(...fits: readonly Fit[]): Fit {
  return (rows, names) => {
    let preparation: Preparation = { columns: names.length, steps: [] };
    for (const fitNext of fits) {
      const columns = preparedColumns(preparation);
      const known =
        columns === names.length ? names : names.slice(0, columns).map((_, i) => `component ${i + 1}`);
      const next = fitNext(prepare(preparation, rows), known);
      preparation = { columns: names.length, steps: [...preparation.steps, ...next.steps] };
    }
    return preparation;
  };
}
