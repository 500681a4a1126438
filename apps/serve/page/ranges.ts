// The range of each output. No DOM.

import { samplingStream } from "@stiffnet/base";
import { type Range, rangeOf } from "./numbers.ts";
import type { ModelDescription, PageService } from "./service/types.ts";
import { inputsOf, settingAt, variablesOf } from "./variables.ts";
import { column } from "./views/columns.ts";

export const samples = 400;

/** Over random points in the box of inputs, which are the same each time. */
export async function findRanges(service: PageService, model: ModelDescription): Promise<Range[]> {
  const variables = variablesOf(model);
  const { uniform } = samplingStream(0, "points");
  const rows = Array.from({ length: samples }, () =>
    variables.flatMap((variable) => inputsOf(variable, settingAt(variable, uniform()))),
  );
  const { mean } = await service.evaluate(model, rows);
  return model.outputs.map((_, j) => rangeOf(column(mean, j, model.outputs.length)));
}
