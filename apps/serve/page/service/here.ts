// Answers from the network that stands in the document itself.

import type { NetworkDocument } from "../../src/models/describe.ts";
import { evaluateHere, modelsOf, spectraHere } from "./networks.ts";
import type { ModelDescription, PageService } from "./types.ts";

export function hereService(model: ModelDescription, network: NetworkDocument): PageService {
  const networks = modelsOf(network, model);
  return {
    setKey() {},
    models: async () => [model],
    version: async () => model,
    evaluate: async (_, rows) => evaluateHere(networks, model.dtype, rows),
    spectra: async (_, point, member) => spectraHere(networks[member]!, point),
    async predict(_, point) {
      const large = point.findIndex((x) => model.dtype === "float32" && !Number.isFinite(Math.fround(x)));
      if (large >= 0) {
        throw new Error(`${model.inputs[large]!.name} is ${point[large]}, which float32 cannot hold.`);
      }
      const found = evaluateHere(networks, model.dtype, [point]);
      // As the service has it: no answer rather than NaN.
      const numbers = [...Array.from(found.mean), ...Array.from(found.spread ?? [])];
      const wrong = numbers.findIndex((number) => !Number.isFinite(number));
      if (wrong >= 0) {
        const { name } = model.outputs[wrong % model.outputs.length]!;
        throw new Error(`${name} has no finite value: the inputs lie too far outside the training range.`);
      }
      return found;
    },
  };
}
