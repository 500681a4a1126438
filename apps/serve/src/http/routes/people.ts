import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { badRequest } from "../../errors.ts";
import { runInfer } from "../../inference/infer.ts";
import { predictBody, predictionBody, predictionOf, readPredict } from "../../inference/predict.ts";
import { quoted } from "../../json/parse.ts";
import { answers, answersWith } from "../../json/schemas.ts";
import { describeModel, modelDescription, networkDocument, networkOf } from "../../models/describe.ts";
import type { ServedModel } from "../../models/files.ts";
import type { Service } from "../../service.ts";
import { nameModel } from "../body.ts";

const params = Type.Object({ model: Type.String() });

/** Named values in physical units, and what the page needs. */
export function addPeople(app: FastifyInstance, service: Service): void {
  const { registry } = service;
  const typed = app.withTypeProvider<TypeBoxTypeProvider>();

  typed.get(
    "/models",
    {
      schema: {
        summary: "Every model with names, units, ranges and metadata.",
        tags: ["people"],
        operationId: "describeModels",
        response: answers(Type.Object({ models: Type.Array(modelDescription) }), 401),
      },
    },
    async () => ({ models: registry.names.map((name) => describeModel(registry.get(name))) }),
  );

  typed.get(
    "/models/:model/file",
    {
      schema: {
        summary: "The ONNX file.",
        tags: ["people"],
        operationId: "modelFile",
        params,
        response: answersWith("application/octet-stream", 401, 404),
      },
    },
    async (request, reply) =>
      reply
        .type("application/octet-stream")
        .header("content-disposition", 'attachment; filename="model.onnx"')
        .send(Buffer.from(registry.get(request.params.model).bytes)),
  );

  typed.get(
    "/models/:model/network",
    {
      schema: {
        summary: "Configuration, preparation and parameters (base64 of little-endian float32), per member.",
        tags: ["people"],
        operationId: "modelNetwork",
        params,
        response: answers(networkDocument, 401, 404),
      },
    },
    async (request) => networkOf(registry.get(request.params.model)),
  );

  typed.post(
    "/predict",
    {
      schema: {
        summary: "One point by names, in physical units. Warns of inputs outside the training range.",
        tags: ["people"],
        operationId: "predict",
        body: predictBody,
        response: answers(predictionBody, 400, 401, 404, 413, 415, 503),
      },
    },
    async ({ body }, reply) => {
      const model = modelFor(body.model);
      const point = readPredict(model, body);
      const outputs = point.outputs.map((name) => ({ name }));
      const asked = { rows: point.rows, outputs, timeout: undefined };
      const results = await runInfer(service, model, asked, () => !reply.raw.destroyed);
      nameModel(reply, model);
      return predictionOf(model, point, results);
    },
  );

  function modelFor(name: string | undefined): ServedModel {
    if (name !== undefined) return registry.get(name);
    if (registry.names.length === 1) return registry.get(registry.names[0]!);
    throw badRequest(`model is missing, expected one of ${registry.names.map(quoted).join(", ")}`);
  }
}
