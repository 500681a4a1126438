// The range of each output. No DOM.

import { type Range, rangeOf } from "./numbers.ts";
import type { ModelDescription, PageService } from "./service/types.ts";
import { inputsOf, settingAt, variablesOf } from "./variables.ts";
import { column } from "./views/columns.ts";

const golden = 0.6180339887498949;

/** Over points that fill the box of inputs evenly and are the same each time. */
export async function findRanges(service: PageService, model: ModelDescription): Promise<Range[]> {
  const variables = variablesOf(model);
  const rows = Array.from({ length: 400 }, (_, i) =>
    variables.flatMap((variable, j) =>
      inputsOf(variable, settingAt(variable, ((i + 1) * (golden + Math.sqrt(j + 2))) % 1)),
    ),
  );
  const { mean } = await service.evaluate(model, rows);
  return model.outputs.map((_, j) => rangeOf(column(mean, j, model.outputs.length)));
}
