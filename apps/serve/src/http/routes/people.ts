import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { badRequest, notFound } from "../../errors.ts";
import { predictBody, predictionBody, predictionOf, readPredict } from "../../inference/predict.ts";
import { runInfer } from "../../inference/run.ts";
import { quoted } from "../../json/parse.ts";
import { about, answers, answersWith } from "../../json/schemas.ts";
import {
  describeModel,
  type ModelDescription,
  type NetworkDocument,
  networkOf,
} from "../../models/describe.ts";
import type { ServedModel } from "../../models/files.ts";
import type { Registry } from "../../models/registry.ts";
import type { Service } from "../../service.ts";
import { nameModel } from "../body.ts";
import { copies } from "../budget.ts";
import { type Form, forms, getter, modelOf } from "./routes.ts";

const modelDescription = Type.Unsafe<ModelDescription>({
  type: "object",
  description: "names, units, ranges, configuration and metadata",
});
const networkDocument = Type.Unsafe<NetworkDocument>({
  type: "object",
  description: "configuration, and parameters and preparation of each member",
});

const described = (registry: Registry, found: ServedModel): ModelDescription =>
  describeModel(found, registry.versions(found.name));

/** Named values in physical units, and what the page needs. */
export function addPeople(app: FastifyInstance, service: Service): void {
  const { registry } = service;
  getter(app)(
    "/models",
    ["people", "describeModels", "Every model with names, units, ranges and metadata."],
    answers(Type.Object({ models: Type.Array(modelDescription) }), 401),
    () => ({ models: registry.names.map((name) => described(registry, registry.get(name))) }),
  );
  for (const form of forms) addModel(app, registry, form);

  app.withTypeProvider<TypeBoxTypeProvider>().post(
    "/predict",
    {
      schema: {
        ...about(
          [
            "people",
            "predict",
            "One point by names, in physical units. Warns of inputs outside the training range.",
          ],
          answers(predictionBody, 400, 401, 404, 413, 415, 503),
        ),
        body: predictBody,
      },
    },
    async ({ body, share }, reply) => {
      const model = modelFor(body);
      const point = readPredict(model, body);
      const outputs = point.outputs.map((name) => ({ name }));
      const asked = { rows: point.rows, outputs, timeout: undefined };
      const results = await runInfer(service, model, asked, { wanted: () => !reply.raw.destroyed, share });
      nameModel(reply, model);
      return predictionOf(model, point, results);
    },
  );

  function modelFor({ model: name, version: of }: Static<typeof predictBody>): ServedModel {
    if (name !== undefined) return registry.get(name, of);
    if (registry.names.length === 1) return registry.get(registry.names[0]!, of);
    throw badRequest(`model is missing, expected one of ${registry.names.map(quoted).join(", ")}`);
  }
}

function addModel(app: FastifyInstance, registry: Registry, form: Form): void {
  const path = `/models${form.path}`;
  const get = getter(app, form.suffix);
  get(
    path,
    ["people", "describeModel", "Names, units, ranges and metadata."],
    answers(modelDescription, 401, 404),
    (request) => described(registry, modelOf(registry, request)),
  );
  get(
    `${path}/file`,
    ["people", "modelFile", "The ONNX file."],
    answersWith("application/octet-stream", 401, 404),
    (request, reply) => {
      const { bytes } = modelOf(registry, request);
      request.share.take(bytes.length);
      return reply
        .type("application/octet-stream")
        .header("content-disposition", 'attachment; filename="model.onnx"')
        .send(Buffer.from(bytes));
    },
  );
  get(
    `${path}/network`,
    [
      "people",
      "modelNetwork",
      "Configuration, preparation and parameters (base64 of little-endian float32), per member.",
    ],
    answers(networkDocument, 401, 404),
    (request) => {
      const model = modelOf(registry, request);
      if (model.surrogate.config.kind === "gaussianProcess") {
        throw notFound(`model ${quoted(model.name)} is a Gaussian process, which has no network`);
      }
      // The text in base64, and the bytes behind it.
      request.share.take(copies * model.bytes.length);
      return networkOf(model);
    },
  );
}
