import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { about } from "../../json/schemas.ts";
import type { ServedModel } from "../../models/files.ts";
import type { Registry } from "../../models/registry.ts";

/** Adds a GET route: path, tag with operation and summary, answers by status, and what makes the answer. */
type Get = (
  path: string,
  words: Parameters<typeof about>[0],
  response: Readonly<Record<number, unknown>>,
  answer: (request: FastifyRequest, reply: FastifyReply) => unknown,
  config?: FastifyContextConfig,
) => void;

/** @param suffix Behind the names of operations. */
export function getter(app: FastifyInstance, suffix = ""): Get {
  return (path, [tag, operation, summary], response, answer, config = {}) => {
    const schema = about([tag, `${operation}${suffix}`, summary], response);
    app.get(path, { config, schema }, async (request, reply) => answer(request, reply));
  };
}

/** How a model is addressed: by its name, which means the newest version, and by name and version. */
export const forms = [
  { path: "/:model", suffix: "" },
  { path: "/:model/versions/:version", suffix: "OfVersion" },
] as const;
export type Form = (typeof forms)[number];

type ModelParams = { readonly model: string; readonly version?: string };
export const paramsOf = (request: FastifyRequest): ModelParams => request.params as ModelParams;

/** The model that a request's address names; 404 for an unknown one. */
export function modelOf(registry: Registry, request: FastifyRequest): ServedModel {
  const { model: name, version } = paramsOf(request);
  return registry.get(name, version);
}
