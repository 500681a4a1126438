import { BenchError } from "@stiffnet/terminal";
import type { ModelSpec } from "./config.ts";
import type { Sweep } from "./schema.ts";

/** A model of every combination of the swept values, out of each model. A weight is swept in penalised models
 *  only: one without a penalty stays as it is. */
export function sweptModels(models: readonly ModelSpec[], sweep: Sweep): ModelSpec[] {
  const { lambda = [], width = [], depth = [], trainRows = [], solver = [] } = sweep;
  if (lambda.length > 0 && !models.some((model) => model.penalty)) {
    throw new BenchError("sweep.lambda: no model has a penalty, expected one with a weight to vary");
  }
  const each = <T>(
    from: readonly ModelSpec[],
    values: readonly T[],
    one: (model: ModelSpec, value: T) => ModelSpec,
  ): readonly ModelSpec[] =>
    values.length === 0 ? from : from.flatMap((model) => values.map((value) => one(model, value)));
  let made = models.flatMap((model) =>
    model.penalty === undefined
      ? [model]
      : each([model], lambda, (m, weight) => ({
          ...m,
          name: `${m.name} ${weight}`,
          penalty: { ...m.penalty!, weight },
        })),
  );
  made = each(made, solver, (m, value) => ({
    ...m,
    // No residual network any more, but a neural ODE.
    name: `${m.name.replace(/^RES\b/, "NODE")} ${value}`,
    network: { ...m.network, solver: value },
  })) as ModelSpec[];
  for (const [field, values] of [
    ["width", width],
    ["depth", depth],
  ] as const) {
    made = each(made, values, (m, value) => ({
      ...m,
      name: `${m.name} ${field} ${value}`,
      network: { ...m.network, [field]: value },
    })) as ModelSpec[];
  }
  return each(made, trainRows, (m, value) => ({
    ...m,
    name: `${m.name} rows ${value}`,
    trainRows: value,
  })) as ModelSpec[];
}
