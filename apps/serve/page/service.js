// Where answers come from: the server that the page came from or, in a document of its own, the network
// itself.

import { predict, readNetwork } from "./network.js";
import { evaluateHere } from "./views.js";

export function serverService() {
  let key = "";
  async function ask(path, body) {
    const headers = {
      ...(body && { "content-type": "application/json" }),
      ...(key && { authorization: `Bearer ${key}` }),
    };
    const response = await fetch(path, {
      headers,
      ...(body && { method: "POST", body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw Object.assign(new Error(answer.error), { status: response.status });
    return answer;
  }
  return {
    url: new URL(".", location.href).href.replace(/\/$/, ""),
    setKey: (given) => {
      key = given;
    },
    models: async () => (await ask("models")).models,
    predict: (model, inputs) => ask("predict", { model: model.name, inputs }),
    network: async (model) => readNetwork(await ask(`models/${encodeURIComponent(model.name)}/network`)),
    /** One output at many rows. */
    async evaluate(model, rows, output) {
      const datatype = model.dtype === "float64" ? "FP64" : "FP32";
      const names = model.members > 1 ? ["outputs", "outputs_std"] : ["outputs"];
      const answer = await ask(`v2/models/${encodeURIComponent(model.name)}/infer`, {
        inputs: [{ name: "inputs", shape: [rows.length, model.inputs.length], datatype, data: rows.flat() }],
        outputs: names.map((name) => ({ name })),
      });
      const column = (data) => data.filter((_, k) => k % model.outputs.length === output);
      const [mean, std] = answer.outputs.map(({ data }) => column(data));
      return std ? { mean, std } : { mean };
    },
  };
}

export function hereService({ model, network }) {
  const here = readNetwork(network);
  const values = (inputs) => model.inputs.map(({ name }) => inputs[name]);
  return {
    models: async () => [model],
    network: async () => here,
    evaluate: async (_, rows, output) => evaluateHere(here, rows, output),
    async predict(_, inputs) {
      const { mean, std } = predict(here, values(inputs));
      // As the service has it: no answer rather than NaN.
      const wrong = [...mean, ...(std ?? [])].findIndex((number) => !Number.isFinite(number));
      if (wrong >= 0) {
        const { name } = model.outputs[wrong % model.outputs.length];
        throw new Error(`${name} has no finite value: the inputs lie too far outside the training range.`);
      }
      const byName = (numbers) => Object.fromEntries(model.outputs.map(({ name }, j) => [name, numbers[j]]));
      const warnings = model.inputs.flatMap(({ name, range, unit = "" }) =>
        range && (inputs[name] < range[0] || inputs[name] > range[1])
          ? [
              `${name} is ${inputs[name]}, outside the training range of ${range[0]} to ${range[1]} ${unit}`.trimEnd(),
            ]
          : [],
      );
      return { outputs: byName(mean), ...(std && { std: byName(std) }), warnings };
    },
  };
}
