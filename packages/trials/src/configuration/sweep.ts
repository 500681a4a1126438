import { BenchError } from "@stiffnet/terminal";
import type { ModelSpec } from "./config.ts";
import type { Sweep } from "./schema.ts";

type Varied = {
  readonly [F in keyof Sweep]-?: (model: ModelSpec, value: NonNullable<Sweep[F]>[number]) => ModelSpec;
};

/** A model with a swept value, in the order that names tell of them. */
const varied: Varied = {
  // A model without a penalty stays as it is.
  lambda: (model, weight) =>
    model.penalty === undefined
      ? model
      : { ...model, name: `${model.name} ${weight}`, penalty: { ...model.penalty, weight } },
  solver: (model, solver) => ({
    ...model,
    // No residual network any more, but a neural ODE.
    name: `${model.name.replace(/^RES\b/, "NODE")} ${solver}`,
    network: { ...model.network, solver },
  }),
  width: (model, width) => ({
    ...model,
    name: `${model.name} width ${width}`,
    network: { ...model.network, width },
  }),
  depth: (model, depth) => ({
    ...model,
    name: `${model.name} depth ${depth}`,
    network: { ...model.network, depth },
  }),
  trainRows: (model, trainRows) => ({ ...model, name: `${model.name} rows ${trainRows}`, trainRows }),
};

/** A model of every combination of the swept values, out of each model. */
export function sweptModels(models: readonly ModelSpec[], sweep: Sweep): ModelSpec[] {
  if (sweep.lambda !== undefined && !models.some((model) => model.penalty)) {
    throw new BenchError("sweep.lambda: no model has a penalty, expected one with a weight to vary");
  }
  return Object.entries(varied).reduce<ModelSpec[]>(
    (made, [field, vary]) => {
      const values: readonly unknown[] | undefined = sweep[field as keyof Sweep];
      if (values === undefined) return made;
      const each = vary as (model: ModelSpec, value: unknown) => ModelSpec;
      return [...new Set(made.flatMap((model) => values.map((value) => each(model, value))))];
    },
    [...models],
  );
}
