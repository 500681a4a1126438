import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { HttpError } from "./errors.ts";
import { quoted } from "./json.ts";

export interface SecurityOptions {
  /** Keys that clients must present, as `Authorization: Bearer KEY` or `X-API-Key: KEY`; without any, everybody may ask. */
  readonly apiKeys?: readonly string[];
  /** Origins whose pages may call the service from a browser, such as "https://example.org"; none by default. */
  readonly corsOrigins?: readonly string[];
}

/** What anybody may see: whether the server lives, and the page, which then asks for a key. */
const open = /^\/($|style\.css$|[a-z]+\.js$|v2\/health\/|docs(\/|$))/;

const headers = Object.entries({
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
});

export function addSecurity(app: FastifyInstance, options: SecurityOptions): void {
  const { corsOrigins = [] } = options;
  const keys = (options.apiKeys ?? []).map(digestOf);

  app.addHook("onRequest", (request, reply, done) => {
    for (const [name, value] of headers) reply.header(name, value);
    reply.header("x-request-id", request.id);
    const { origin, host } = request.headers;
    const allowed = origin !== undefined && corsOrigins.includes(origin);
    if (allowed) allowOrigin(reply, origin);
    if (allowed && request.method === "OPTIONS") {
      reply.status(204).send();
      return;
    }
    // A page of another site must not be able to act through its visitor's browser.
    if (origin !== undefined && !allowed && hostOf(origin) !== host) {
      throw new HttpError(403, `a page from ${quoted(origin)} may not call this service`);
    }
    if (keys.length > 0 && !open.test(pathOf(request))) requireKey(request, reply, keys);
    done();
  });
}

function allowOrigin(reply: FastifyReply, origin: string): void {
  reply.headers({
    "access-control-allow-origin": origin,
    "access-control-allow-headers": "authorization, content-type, x-api-key, inference-header-content-length",
    "access-control-allow-methods": "GET, POST",
    "access-control-expose-headers": "inference-header-content-length, retry-after, x-request-id",
    "access-control-max-age": "600",
    "cross-origin-resource-policy": "cross-origin",
    vary: "Origin",
  });
}

/** Compares digests, all of them, in a time that does not depend on how much of a key is right. */
function requireKey(request: FastifyRequest, reply: FastifyReply, keys: readonly Buffer[]): void {
  const header = request.headers["x-api-key"];
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const given = typeof header === "string" ? header : bearer;
  const digest = digestOf(given ?? "");
  let matches = 0;
  for (const key of keys) matches += timingSafeEqual(key, digest) ? 1 : 0;
  if (given !== undefined && matches > 0) return;
  reply.header("www-authenticate", "Bearer");
  const problem = given === undefined ? "the API key is missing" : "the API key is not known";
  throw new HttpError(401, `${problem}, expected Authorization: Bearer KEY or X-API-Key: KEY`);
}

const digestOf = (key: string): Buffer => createHash("sha256").update(key).digest();

const pathOf = (request: FastifyRequest): string => request.url.split("?", 1)[0]!;

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
