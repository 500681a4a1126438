import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type TSchema, Type } from "typebox";
import { inferAnswerBody, inferBody, readInfer } from "../../inference/infer.ts";
import { inferAnswer, runInfer } from "../../inference/run.ts";
import { about, answers } from "../../json/schemas.ts";
import { metadataOf, modelMetadata } from "../../models/metadata.ts";
import { allStatistics, configOf, modelConfig, modelStatistics } from "../../models/triton.ts";
import { requireReady, type Service, serverMetadata } from "../../service.ts";
import { addInferBodies, nameModel, sendInfer } from "../body.ts";

const health = { open: true, health: true };
const model = { model: Type.String() };
const name = Type.Object(model);
const nameAndVersion = Type.Object({ ...model, version: Type.String() });
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
  const typed = app.withTypeProvider<TypeBoxTypeProvider>();

  typed.get(
    "/v2",
    {
      schema: about(
        ["inference", "serverMetadata", "The server and its extensions."],
        answers(serverAnswer, 401),
      ),
    },
    async () => serverMetadata,
  );
  typed.get(
    "/v2/health/live",
    {
      config: health,
      schema: about(["operation", "serverLive", "Whether the server lives."], answers(flag("live"))),
    },
    async () => ({ live: true }),
  );
  typed.get(
    "/v2/health/ready",
    {
      config: health,
      schema: about(
        ["operation", "serverReady", "Whether the server would run a request now."],
        answers(flag("ready"), 503),
      ),
    },
    async () => {
      requireReady(service);
      return { ready: true };
    },
  );
  typed.get(
    "/v2/models",
    { schema: about(["models", "models", "The names of the models."], answers(names, 401)) },
    async () => ({ models: registry.names }),
  );
  typed.get(
    "/v2/models/stats",
    {
      schema: about(
        ["models", "statistics", "Counts and times of all models, as Triton reports them."],
        answers(modelStatistics, 401),
      ),
    },
    async () => allStatistics(service),
  );
  addModel(app, service, "/v2/models/:model", name, "");
  addModel(app, service, "/v2/models/:model/versions/:version", nameAndVersion, "OfVersion");
  // Their bodies may hold bytes behind the JSON.
  await app.register(async (scope) => {
    addInferBodies(scope, (request) => modelOf(service, request), service.maxRows);
    addInfer(scope, service, "/v2/models/:model/infer", name, "");
    addInfer(scope, service, "/v2/models/:model/versions/:version/infer", nameAndVersion, "OfVersion");
  });
}

type Params = typeof name | typeof nameAndVersion;

const modelOf = ({ registry }: Service, request: FastifyRequest) => {
  const { model, version } = request.params as { model: string; version?: string };
  return registry.get(model, version);
};

function addModel(
  app: FastifyInstance,
  service: Service,
  path: string,
  params: Params,
  suffix: string,
): void {
  const typed = app.withTypeProvider<TypeBoxTypeProvider>();
  const schema = (operation: string, summary: string, response: TSchema, ...statuses: number[]) => ({
    schema: about(["models", `${operation}${suffix}`, summary], answers(response, 401, 404, ...statuses), {
      params,
    }),
  });
  typed.get(
    path,
    schema("modelMetadata", "Tensors of a model. Without a version, of the newest.", modelMetadata),
    async (request) => metadataOf(modelOf(service, request), service.registry),
  );
  typed.get(
    `${path}/ready`,
    schema("modelReady", "Whether the model is ready.", readyAnswer, 503),
    async (request) => {
      const { name } = modelOf(service, request);
      requireReady(service);
      return { name, ready: true };
    },
  );
  // Configuration and statistics as Triton has them.
  typed.get(
    `${path}/config`,
    schema("modelConfig", "The configuration of a model, as Triton reports it.", modelConfig),
    async (request) => configOf(modelOf(service, request)),
  );
  typed.get(
    `${path}/stats`,
    schema(
      "modelStatistics",
      "Counts and times of a model, as Triton reports them; of all versions if none is given.",
      modelStatistics,
    ),
    async (request) => {
      const { model, version } = request.params as { model: string; version?: string };
      return allStatistics(service, model, version);
    },
  );
}

function addInfer(
  app: FastifyInstance,
  service: Service,
  path: string,
  params: Params,
  suffix: string,
): void {
  app.withTypeProvider<TypeBoxTypeProvider>().post(
    path,
    {
      schema: about(
        [
          "inference",
          `modelInfer${suffix}`,
          "Runs the model. The header Inference-Header-Content-Length says where the JSON ends and binary tensor data begins.",
        ],
        answers(inferAnswerBody, 400, 401, 404, 413, 415, 503),
        { params, body: inferBody },
      ),
    },
    async (request, reply) => {
      const { model, numbers } = request.inferBytes!;
      const asked = readInfer(model, request.body, numbers, service.maxRows);
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
