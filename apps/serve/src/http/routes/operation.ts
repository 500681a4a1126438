import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { about, answers, answersWith, only, parameters } from "../../json/schemas.ts";
import { requireNoOverride } from "../../models/repository.ts";
import type { Service } from "../../service.ts";
import { getter, paramsOf } from "./routes.ts";

const indexBody = Type.Object(
  { ready: Type.Optional(Type.Boolean()) },
  { ...only, examples: [{ ready: false }] },
);
const changeBody = Type.Object({ parameters: Type.Optional(parameters) }, { examples: [{}] });
const indexAnswer = Type.Array(
  Type.Object({ name: Type.String(), version: Type.String(), state: Type.String(), reason: Type.String() }),
  { examples: [[{ name: "model", version: "1", state: "READY", reason: "" }]] },
);
const changeAnswer = (what: "load" | "unload") =>
  Type.Object(
    { name: Type.String(), [what]: Type.Literal(true) },
    { examples: [{ name: "model", [what]: true }] },
  );

/** A body that may be left out; null is one, and refused. */
async function optional(request: FastifyRequest): Promise<void> {
  if (request.body === undefined) request.body = {};
}

/** The model repository extension and what a monitor reads. */
export function addOperation(app: FastifyInstance, service: Service): void {
  const { repository, changes, metrics } = service;
  const typed = app.withTypeProvider<TypeBoxTypeProvider>();

  typed.post(
    "/v2/repository/index",
    {
      config: { admin: "watch" },
      preValidation: optional,
      schema: {
        ...about(
          ["operation", "repositoryIndex", "What is on disk and whether it is loaded."],
          answers(indexAnswer, 400, 401),
        ),
        body: indexBody,
      },
    },
    async ({ body: { ready } }) => {
      const entries = await repository.index();
      return ready ? entries.filter(({ state }) => state === "READY") : entries;
    },
  );
  for (const change of ["load", "unload"] as const) {
    typed.post(
      `/v2/repository/models/:model/${change}`,
      {
        config: { admin: "change" },
        preValidation: optional,
        schema: {
          ...about(
            [
              "operation",
              `repositoryModel${change === "load" ? "Load" : "Unload"}`,
              change === "load" ? "Reads a model again and swaps it in." : "Stops answering from a model.",
            ],
            answers(changeAnswer(change), 400, 401, 403, 404),
          ),
          body: changeBody,
        },
      },
      async (request) => {
        const { model } = paramsOf(request);
        requireNoOverride(request.body.parameters);
        await changes[change](model);
        return { name: model, [change]: true };
      },
    );
  }
  getter(app)(
    "/metrics",
    ["operation", "metrics", "Counts for Prometheus."],
    answersWith("text/plain", 401),
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
    { admin: "watch" },
  );
}
