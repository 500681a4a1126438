import type { FastifyInstance } from "fastify";
import { badRequest } from "../errors.ts";
import { modelNameOf, predictionOf, readPredict } from "../inference/predict.ts";
import { describeModel, networkOf } from "../models/describe.ts";
import type { ServedModel } from "../models/files.ts";
import type { Service } from "../service.ts";
import { readBody } from "./body.ts";
import { quoted } from "./json.ts";

/** Named values in physical units, and what the page needs. */
export function addPeople(app: FastifyInstance, service: Service): void {
  const { registry, pool } = service;

  app.get("/models", async () => ({
    models: registry.names.map((name) => describeModel(registry.get(name))),
  }));

  app.get("/models/:model/file", async (request, reply) => {
    const model = registry.get((request.params as { model: string }).model);
    return reply
      .type("application/octet-stream")
      .header("content-disposition", 'attachment; filename="model.onnx"')
      .send(Buffer.from(model.bytes));
  });

  app.get("/models/:model/network", async (request) =>
    networkOf(registry.get((request.params as { model: string }).model)),
  );

  app.post("/predict", async (request, reply) => {
    const body = readBody(request);
    const model = chosen(modelNameOf(body));
    const point = readPredict(model, body);
    const { length } = model.surrogate.inputs;
    const results = await pool.run(model.key, point.rows, length, point.outputs, {
      timeout: service.timeout,
      wanted: () => !reply.raw.destroyed,
    });
    service.metrics.rows(model, 1);
    return predictionOf(model, point, results);
  });

  function chosen(name: string | undefined): ServedModel {
    if (name !== undefined) return registry.get(name);
    if (registry.names.length === 1) return registry.get(registry.names[0]!);
    throw badRequest(`model is missing, expected one of ${registry.names.map(quoted).join(", ")}`);
  }
}
