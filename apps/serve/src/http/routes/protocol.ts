import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { inferAnswerBody, inferBody, readInfer } from "../../inference/infer.ts";
import { inferAnswer, runInfer } from "../../inference/run.ts";
import { about, answers } from "../../json/schemas.ts";
import {
  allStatistics,
  configOf,
  metadataOf,
  modelConfig,
  modelMetadata,
  modelStatistics,
} from "../../models/protocol.ts";
import { requireReady, type Service, serverMetadata } from "../../service.ts";
import { addInferBodies, nameModel, sendInfer } from "../body.ts";
import { type Form, forms, getter, modelOf, paramsOf } from "./routes.ts";

const health = { open: true, health: true };
const serverAnswer = Type.Object(
  { name: Type.String(), version: Type.String(), extensions: Type.Array(Type.String()) },
  { examples: [serverMetadata] },
);
const names = Type.Object({ models: Type.Array(Type.String()) }, { examples: [{ models: ["model"] }] });
const readyAnswer = Type.Object(
  { name: Type.String(), ready: Type.Boolean() },
  { examples: [{ name: "model", ready: true }] },
);
const flag = (key: string) => Type.Object({ [key]: Type.Boolean() }, { examples: [{ [key]: true }] });

/** The Open Inference Protocol v2 over REST. */
export async function addProtocol(app: FastifyInstance, service: Service): Promise<void> {
  const { registry } = service;
  const get = getter(app);

  get(
    "/v2",
    ["inference", "serverMetadata", "The server and its extensions."],
    answers(serverAnswer, 401),
    () => serverMetadata,
  );
  get(
    "/v2/health/live",
    ["operation", "serverLive", "Whether the server lives."],
    answers(flag("live")),
    () => ({ live: true }),
    health,
  );
  get(
    "/v2/health/ready",
    ["operation", "serverReady", "Whether the server would run a request now."],
    answers(flag("ready"), 503),
    () => {
      requireReady(service);
      return { ready: true };
    },
    health,
  );
  get("/v2/models", ["models", "models", "The names of the models."], answers(names, 401), () => ({
    models: registry.names,
  }));
  get(
    "/v2/models/stats",
    ["models", "statistics", "Counts and times of all models, as Triton reports them."],
    answers(modelStatistics, 401),
    () => allStatistics(service),
  );
  for (const form of forms) addModel(app, service, form);
  // Their bodies may hold bytes behind the JSON.
  await app.register(async (scope) => {
    addInferBodies(scope, (request) => modelOf(registry, request), service.maxRows);
    for (const form of forms) addInfer(scope, service, form);
  });
}

function addModel(app: FastifyInstance, service: Service, form: Form): void {
  const { registry } = service;
  const path = `/v2/models${form.path}`;
  const get = getter(app, form.suffix);
  get(
    path,
    ["models", "modelMetadata", "Tensors of a model. Without a version, of the newest."],
    answers(modelMetadata, 401, 404),
    (request) => metadataOf(modelOf(registry, request), registry),
  );
  get(
    `${path}/ready`,
    ["models", "modelReady", "Whether the model is ready."],
    answers(readyAnswer, 401, 404, 503),
    (request) => {
      const { name } = modelOf(registry, request);
      requireReady(service);
      return { name, ready: true };
    },
  );
  // Configuration and statistics as Triton has them.
  get(
    `${path}/config`,
    ["models", "modelConfig", "The configuration of a model, as Triton reports it."],
    answers(modelConfig, 401, 404),
    (request) => configOf(modelOf(registry, request)),
  );
  get(
    `${path}/stats`,
    [
      "models",
      "modelStatistics",
      "Counts and times of a model, as Triton reports them; of all versions if none is given.",
    ],
    answers(modelStatistics, 401, 404),
    (request) => {
      const { model, version } = paramsOf(request);
      return allStatistics(service, model, version);
    },
  );
}

function addInfer(app: FastifyInstance, service: Service, { path, suffix }: Form): void {
  app.withTypeProvider<TypeBoxTypeProvider>().post(
    `/v2/models${path}/infer`,
    {
      schema: {
        ...about(
          [
            "inference",
            `modelInfer${suffix}`,
            "Runs the model. The header Inference-Header-Content-Length says where the JSON ends and binary tensor data begins.",
          ],
          answers(inferAnswerBody, 400, 401, 404, 413, 415, 503),
        ),
        body: inferBody,
      },
    },
    async (request, reply) => {
      const { model, binary } = request.inferBytes!;
      const asked = readInfer(model, request.body, binary, service.maxRows);
      // The numbers are in rows by now.
      request.body.inputs[0]!.data = undefined;
      request.inferBytes = null;
      const wanted = () => !reply.raw.destroyed;
      const results = await runInfer(service, model, asked, { wanted, share: request.share });
      nameModel(reply, model);
      return sendInfer(reply, inferAnswer(model, asked, results));
    },
  );
}
