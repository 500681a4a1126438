import type { FastifyInstance, FastifyRequest } from "fastify";
import { HttpError, unavailable } from "./errors.ts";
import { inferText, readInfer } from "./infer.ts";
import { parseJson, quoted } from "./json.ts";
import type { ServedModel } from "./models.ts";
import { modelNameOf, predictionOf, readPredict } from "./predict.ts";
import { type Service, version } from "./service.ts";
import { datatypes } from "./tensors.ts";

interface ModelParams {
  readonly model: string;
  readonly version?: string;
}

/** The Open Inference Protocol v2 and the route for people. */
export function addInference(app: FastifyInstance, service: Service): void {
  const { registry, pool } = service;
  const json = "application/json; charset=utf-8";
  const modelOf = (request: FastifyRequest): ServedModel => {
    const { model, version } = request.params as ModelParams;
    return registry.get(model, version);
  };
  const requireReady = (): void => {
    if (!service.accepting) throw unavailable("the server is shutting down");
    if (pool.state.ready === 0) throw unavailable("no worker is ready");
  };

  app.get("/v2", async () => ({ name: "stiffnet-serve", version, extensions: [] }));
  app.get("/v2/health/live", async () => ({ live: true }));
  app.get("/v2/health/ready", async () => {
    requireReady();
    return { ready: true };
  });
  app.get("/v2/models", async () => ({ models: registry.names }));
  app.get("/models", async () => ({ models: registry.names.map((name) => describe(registry.get(name))) }));

  for (const prefix of ["/v2/models/:model", "/v2/models/:model/versions/:version"]) {
    app.get(prefix, async (request) =>
      metadataOf(modelOf(request), registry.versions(modelOf(request).name)),
    );
    app.get(`${prefix}/ready`, async (request) => {
      const { name } = modelOf(request);
      requireReady();
      return { name, ready: true };
    });
    app.post(`${prefix}/infer`, async (request, reply) => {
      const model = modelOf(request);
      const infer = readInfer(model, bodyOf(request));
      const outputs = await pool.run(model.key, infer.rows, model.surrogate.inputs.length, infer.outputs);
      return reply.type(json).send(inferText(model, infer, outputs));
    });
  }

  app.post("/predict", async (request) => {
    const body = bodyOf(request);
    const model = chosen(modelNameOf(body));
    const point = readPredict(model, body);
    const outputs = await pool.run(model.key, point.rows, model.surrogate.inputs.length, point.outputs);
    return predictionOf(model, point, outputs);
  });

  function chosen(name: string | undefined): ServedModel {
    if (name !== undefined) return registry.get(name);
    if (registry.names.length === 1) return registry.get(registry.names[0]!);
    throw new HttpError(400, `model is missing, expected one of ${registry.names.map(quoted).join(", ")}`);
  }
}

function bodyOf(request: FastifyRequest): unknown {
  const type = request.headers["content-type"];
  if (type !== undefined && !/^application\/json\s*(;|$)/i.test(type)) {
    throw new HttpError(415, `Content-Type is ${quoted(type)}, expected application/json`);
  }
  return parseJson((request.body as Buffer | undefined) ?? new Uint8Array());
}

function metadataOf(model: ServedModel, versions: readonly string[]) {
  const tensors = (list: ServedModel["description"]["inputs"]) =>
    list.map(({ name, shape }) => ({
      name,
      datatype: datatypes[model.surrogate.dtype],
      shape: shape.map((size) => (typeof size === "number" ? size : -1)),
    }));
  const { inputs, outputs } = model.description;
  return {
    name: model.name,
    versions,
    platform: "onnx_onnxv1",
    inputs: tensors(inputs),
    outputs: tensors(outputs),
  };
}

/** What a person or the page wants to know of a model. */
function describe(model: ServedModel) {
  const { surrogate, description } = model;
  const { inputs, outputs, members, dtype, config, metadata } = surrogate;
  return {
    name: model.name,
    version: model.version,
    description: description.description,
    sha256: description.sha256,
    dtype,
    members,
    config,
    inputs: inputs.map((input, j) => ({ ...input, slider: input.range ?? assumedRange(model, j) })),
    outputs,
    metadata,
  };
}

/** Two scales about the mean, where the file does not say what the network was trained on. */
function assumedRange(model: ServedModel, j: number): readonly [number, number] {
  let [mean, scale] = [0, 1];
  for (const step of model.surrogate.preparation[0]!.inputs.steps) {
    mean += scale * step.mean[j]!;
    scale *= step.scale[j]!;
  }
  return [mean - 2 * scale, mean + 2 * scale];
}
