import type { FastifyInstance } from "fastify";
import { badRequest } from "../errors.ts";
import type { Service } from "../service.ts";
import { readOptionalBody } from "./body.ts";
import { field, kindOf, requireObject } from "./json.ts";

/** The model repository extension and what a monitor reads. */
export function addOperations(app: FastifyInstance, service: Service): void {
  const { repository, metrics } = service;
  const nameOf = (params: unknown): string => (params as { model: string }).model;

  app.post("/v2/repository/index", async (request) => {
    const ready = field(requireObject(readOptionalBody(request), "the body"), "ready");
    if (ready !== undefined && typeof ready !== "boolean") {
      throw badRequest(`ready is ${kindOf(ready)}, expected true or false`);
    }
    const entries = await repository.index();
    return ready ? entries.filter(({ state }) => state === "READY") : entries;
  });
  app.post("/v2/repository/models/:model/load", async (request) => {
    readOptionalBody(request);
    await repository.load(nameOf(request.params));
    return { name: nameOf(request.params), load: true };
  });
  app.post("/v2/repository/models/:model/unload", async (request) => {
    readOptionalBody(request);
    await repository.unload(nameOf(request.params));
    return { name: nameOf(request.params), unload: true };
  });
  app.get("/metrics", async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
}
