import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { HttpError } from "../errors.ts";
import { quoted } from "../json/parse.ts";

export interface SecurityOptions {
  /** Keys that clients must present, as `Authorization: Bearer KEY` or `X-API-Key: KEY`; without any, everybody may ask. */
  readonly apiKeys?: readonly string[];
  /** Origins whose pages may call the service from a browser, such as "https://example.org"; none by default. */
  readonly corsOrigins?: readonly string[];
}

/** What anybody may see: whether the server lives, and the page, which then asks for a key. */
const open = /^\/($|style\.css$|[a-z-]+\.js$|v2\/health\/|docs(\/|$))/;

/** Of every answer. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};
const headers = Object.entries(securityHeaders);

export function addSecurity(app: FastifyInstance, options: SecurityOptions): void {
  const { corsOrigins = [] } = options;
  const check = keyCheck(options.apiKeys ?? []);

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
    if (!open.test(pathOf(request))) {
      const { "x-api-key": key, authorization } = request.headers;
      check(typeof key === "string" ? key : undefined, authorization);
    }
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

/** Throws 401 unless one of the headers carries a key. */
export type KeyCheck = (apiKey: string | undefined, authorization: string | undefined) => void;

/** Compares digests, all of them, in a time that does not depend on how much of a key is right. Without keys everybody passes. */
export function keyCheck(apiKeys: readonly string[]): KeyCheck {
  const keys = apiKeys.map(digestOf);
  return (apiKey, authorization) => {
    if (keys.length === 0) return;
    const given = apiKey ?? /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];
    const digest = digestOf(given ?? "");
    let matches = 0;
    for (const key of keys) matches += timingSafeEqual(key, digest) ? 1 : 0;
    if (given !== undefined && matches > 0) return;
    const problem = given === undefined ? "the API key is missing" : "the API key is not known";
    throw new HttpError(401, `${problem}, expected Authorization: Bearer KEY or X-API-Key: KEY`);
  };
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
