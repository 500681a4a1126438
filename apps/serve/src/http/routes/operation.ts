import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { answers, answersWith, only, parameters } from "../../json/schemas.ts";
import { requireNoOverride } from "../../models/repository.ts";
import type { Service } from "../../service.ts";

const params = Type.Object({ model: Type.String() });
const tags = ["operation"];
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
  const { repository, metrics } = service;
  const typed = app.withTypeProvider<TypeBoxTypeProvider>();

  typed.post(
    "/v2/repository/index",
    {
      config: { admin: "watch" },
      preValidation: optional,
      schema: {
        summary: "What is on disk and whether it is loaded.",
        tags,
        operationId: "repositoryIndex",
        body: indexBody,
        response: answers(indexAnswer, 400, 401),
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
          summary:
            change === "load" ? "Reads a model again and swaps it in." : "Stops answering from a model.",
          tags,
          operationId: `repositoryModel${change === "load" ? "Load" : "Unload"}`,
          params,
          body: changeBody,
          response: answers(changeAnswer(change), 400, 401, 403, 404),
        },
      },
      async ({ params: { model }, body }) => {
        requireNoOverride(body.parameters);
        await repository[change](model);
        return { name: model, [change]: true };
      },
    );
  }
  typed.get(
    "/metrics",
    {
      config: { admin: "watch" },
      schema: {
        summary: "Counts for Prometheus.",
        tags,
        operationId: "metrics",
        response: answersWith("text/plain", 401),
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );
}
