import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { OutputTensor } from "../inference/batch.ts";
import { type InferRequest, inferAnswer, readInfer } from "../inference/infer.ts";
import { datatypes } from "../inference/tensors.ts";
import type { ServedModel } from "../models/files.ts";
import { requireReady, type Service, version } from "../service.ts";
import { readInferBody, sendInfer } from "./body.ts";

export const serverMetadata: {
  readonly name: string;
  readonly version: string;
  readonly extensions: string[];
} = {
  name: "stiffnet-serve",
  version,
  extensions: ["binary_tensor_data", "model_repository"],
};

interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  /** -1 is a free dimension. */
  readonly shape: readonly number[];
}

export interface ModelMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}

/** The Open Inference Protocol v2 over REST. */
export function addProtocol(app: FastifyInstance, service: Service): void {
  const { registry } = service;
  const modelOf = (request: FastifyRequest): ServedModel => {
    const { model, version } = request.params as { model: string; version?: string };
    return registry.get(model, version);
  };

  app.get("/v2", async () => serverMetadata);
  app.get("/v2/health/live", async () => ({ live: true }));
  app.get("/v2/health/ready", async () => {
    requireReady(service);
    return { ready: true };
  });
  app.get("/v2/models", async () => ({ models: registry.names }));

  for (const prefix of ["/v2/models/:model", "/v2/models/:model/versions/:version"]) {
    app.get(prefix, async (request) => metadataOf(modelOf(request), registry));
    app.get(`${prefix}/ready`, async (request) => {
      const { name } = modelOf(request);
      requireReady(service);
      return { name, ready: true };
    });
    app.post(`${prefix}/infer`, infer);
  }

  async function infer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const model = modelOf(request);
    const { dtype, inputs } = model.surrogate;
    const { json, numbers } = readInferBody(request, dtype, service.maxRows * inputs.length);
    const asked = readInfer(model, json, numbers, service.maxRows);
    const results = await runInfer(service, model, asked, () => !reply.raw.destroyed);
    return sendInfer(reply, inferAnswer(model, asked, results));
  }
}

/** Runs what was asked; `wanted` is false once nobody waits any more, `timeout` milliseconds are all that a caller has. */
export async function runInfer(
  { pool, metrics, timeout }: Pick<Service, "pool" | "metrics" | "timeout">,
  model: ServedModel,
  asked: InferRequest,
  wanted: () => boolean,
): Promise<OutputTensor[]> {
  const { length } = model.surrogate.inputs;
  const names = asked.outputs.map(({ name }) => name);
  const results = await pool.run(model.key, asked.rows, length, names, {
    timeout: Math.min(asked.timeout ?? timeout, timeout),
    wanted,
  });
  metrics.rows(model, asked.rows.length / length);
  return results;
}

export function metadataOf(model: ServedModel, registry: Service["registry"]): ModelMetadata {
  const datatype = datatypes[model.surrogate.dtype];
  const tensors = (list: ServedModel["description"]["inputs"]) =>
    list.map(({ name, shape }) => ({
      name,
      datatype,
      shape: shape.map((size) => (typeof size === "number" ? size : -1)),
    }));
  const { inputs, outputs } = model.description;
  return {
    name: model.name,
    versions: registry.versions(model.name),
    platform: "onnx_onnxv1",
    inputs: tensors(inputs),
    outputs: tensors(outputs),
  };
}
