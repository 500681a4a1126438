import { prepare, restore } from "@stiffnet/preparation";
import { asOde, type ModelConfig } from "./config.ts";
import { discretisationOf } from "./discretisation.ts";
import { ConfigError } from "./errors.ts";
import { createField64 } from "./field64.ts";
import type { Model } from "./model.ts";

/** `predict` in float64, by the model's own steps. Float32 engines and exported files are compared with it.
 *  inputs: row-major [rows, inputs] in physical units; returns row-major [rows, outputs]. `look`
 *  is shown the Jacobian diag(s'(z)) W where each step begins, [D, D] by columns, to be read at once.
 *  Refuses implicit solvers: `integrate` takes them. */
export function predict64(
  { config, layout, parameters, preparation }: Model,
  inputs: Float64Array,
  look?: (jacobian: Float64Array, row: number, step: number) => void,
): Float64Array {
  const { method, stages } = discretisationOf(config);
  if ("share" in method) {
    throw new ConfigError("predict64: the model's solver is implicit, expected an explicit one");
  }
  const plain = config.kind === "resnet" && config.skip === false;
  const ode = asOde(withSkips(config), "predict64");
  const { depth, horizon, weights } = ode;
  const field = createField64(ode, layout, parameters);
  const layers = weights.basis === "perLayer" ? weights.layers : 1;
  const prepared = prepare(preparation.inputs, inputs);
  const rows = prepared.length / config.inputs;
  const outputs = new Float64Array(rows * config.outputs);
  const slopes = method.c.map(() => new Float64Array(field.dimension));
  const jacobian = new Float64Array(look === undefined ? 0 : field.dimension ** 2);
  for (let row = 0; row < rows; row++) {
    let h = field.lift(prepared.subarray(row * config.inputs, (row + 1) * config.inputs));
    for (let n = 0; n < depth; n++) {
      const along = (c: readonly number[], known: number): Float64Array =>
        h.map((value, r) => {
          let sum = 0;
          for (let j = 0; j < known; j++) sum += c[j]! * slopes[j]![r]!;
          return value + (horizon / depth) * sum;
        });
      field.setPiece(Math.floor((n * layers) / depth));
      if (look !== undefined) {
        field.jacobian((n / depth) * horizon, h, jacobian);
        look(jacobian, row, n);
      }
      method.a.forEach((a, i) => {
        field.f(((n + method.c[i]!) / depth) * horizon, along(a, i), slopes[i]!);
      });
      h = plain ? slopes[0]!.slice() : along(method.b, stages);
    }
    outputs.set(field.readout(h), row * config.outputs);
  }
  return restore(preparation.outputs, outputs);
}

function withSkips(config: ModelConfig): ModelConfig {
  if (config.kind === "neuralOde") return config;
  const { skip: _, ...rest } = config;
  return rest;
}
