// Answers from the network or the Gaussian process that stands in the document itself.

import { takesLogarithm } from "@stiffnet/preparation";
import { predictGaussianModel } from "@stiffnet/uncertainty";
import { withoutLogarithm } from "../../src/inference/logarithms.ts";
import type { Embedded } from "../../src/models/describe.ts";
import { evaluateHere, modelsOf, spectraHere } from "./networks.ts";
import type { PageService, Values } from "./types.ts";

export function hereService(embedded: Embedded): PageService {
  const { model, process } = embedded;
  const networks = process ? [] : modelsOf(embedded.network, model);
  const logarithmic = takesLogarithm((process ?? networks[0]!).preparation.inputs);
  const evaluate = (rows: readonly (readonly number[])[]): Values => {
    if (!process) return evaluateHere(networks, model.dtype, rows);
    const { mean, std } = predictGaussianModel(process, Float64Array.from(rows.flat()));
    return { mean, spread: std };
  };
  return {
    setKey() {},
    models: async () => [model],
    version: async () => model,
    evaluate: async (_, rows) => evaluate(rows),
    spectra: async (_, point, member) => spectraHere(networks[member]!, point),
    async predict(_, point) {
      const large = point.findIndex((x) => model.dtype === "float32" && !Number.isFinite(Math.fround(x)));
      if (large >= 0) {
        throw new Error(`${model.inputs[large]!.name} is ${point[large]}, which float32 cannot hold.`);
      }
      const wrong = withoutLogarithm(point, logarithmic);
      if (wrong >= 0) {
        const { name } = model.inputs[wrong]!;
        throw new Error(
          `${name} is ${point[wrong]}, expected a positive number: the model takes its logarithm.`,
        );
      }
      const found = evaluate([point]);
      // As the service has it: no answer rather than NaN.
      const numbers = [...Array.from(found.mean), ...Array.from(found.spread ?? [])];
      const infinite = numbers.findIndex((number) => !Number.isFinite(number));
      if (infinite >= 0) {
        const { name } = model.outputs[infinite % model.outputs.length]!;
        throw new Error(`${name} has no finite value: the inputs lie too far outside the training range.`);
      }
      return found;
    },
  };
}
