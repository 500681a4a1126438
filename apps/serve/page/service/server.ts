// Answers from the server that the page came from.

import type { NetworkDocument } from "../../src/models/describe.ts";
import { hasSpread } from "./intervals.ts";
import type { ModelDescription, PageService, Values } from "./types.ts";

interface InferAnswer {
  readonly outputs: readonly { readonly data: readonly number[] }[];
}
interface Prediction {
  readonly outputs: Readonly<Record<string, number>>;
  readonly std?: Readonly<Record<string, number>>;
}

/** An error of the server, in its own words. */
export class ServerError extends Error {
  readonly status: number;
  constructor(text: string, status: number) {
    super(text);
    this.status = status;
  }
}

export function serverService(): PageService {
  let key = "";
  async function ask<T>(path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = {};
    if (body) headers["content-type"] = "application/json";
    if (key) headers.authorization = `Bearer ${key}`;
    const response = await fetch(path, {
      headers,
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new ServerError(answer.error, response.status);
    return answer;
  }
  const under = (prefix: string, { name, version }: Pick<ModelDescription, "name" | "version">): string =>
    `${prefix}/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`;
  const networks = new Map<string, Promise<NetworkDocument>>();
  return {
    url: new URL(".", location.href).href.replace(/\/$/, ""),
    setKey(given) {
      key = given;
    },
    models: async () => (await ask<{ models: ModelDescription[] }>("models")).models,
    version: (name, version) => ask(under("models", { name, version })),
    async predict(model, point) {
      const { outputs, std } = await ask<Prediction>("predict", {
        model: model.name,
        version: model.version,
        inputs: Object.fromEntries(model.inputs.map(({ name }, j) => [name, point[j]])),
      });
      const inOrder = (of: Readonly<Record<string, number>>): number[] =>
        model.outputs.map(({ name }) => of[name]!);
      return { mean: inOrder(outputs), ...(std && { spread: inOrder(std) }) };
    },
    async evaluate(model, rows): Promise<Values> {
      const datatype = model.dtype === "float64" ? "FP64" : "FP32";
      const names = hasSpread(model) ? ["outputs", "outputs_std"] : ["outputs"];
      const { outputs } = await ask<InferAnswer>(`${under("v2/models", model)}/infer`, {
        inputs: [{ name: "inputs", shape: [rows.length, model.inputs.length], datatype, data: rows.flat() }],
        outputs: names.map((name) => ({ name })),
      });
      const [mean, std] = outputs.map(({ data }) => data);
      return { mean: mean!, ...(std && { spread: std }) };
    },
    async spectra(model, point, member) {
      const path = `${under("models", model)}/network`;
      const asked = `${path} ${model.sha256}`;
      if (!networks.has(asked)) networks.set(asked, ask<NetworkDocument>(path));
      networks.get(asked)!.catch(() => networks.delete(asked));
      const [document, { modelsOf, spectraHere }] = await Promise.all([
        networks.get(asked)!,
        // Only this needs the kernels.
        import("./networks.ts"),
      ]);
      return spectraHere(modelsOf(document, model)[member]!, point);
    },
  };
}
