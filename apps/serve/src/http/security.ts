import type { FastifyInstance, FastifyReply } from "fastify";
import { HttpError } from "../errors.ts";
import { quoted } from "../json/parse.ts";
import type { Service } from "../service.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Name of the API key, if the key has one. */
    keyName: string | undefined;
  }
}

/** Of every answer. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};
const headers = Object.entries(securityHeaders);

/** @param corsOrigins Origins whose pages may ask models. */
export function addSecurity(
  app: FastifyInstance,
  corsOrigins: readonly string[],
  keys: Service["keys"],
): void {
  app.decorateRequest("keyName", undefined);

  app.addHook("onRequest", (request, reply, done) => {
    for (const [name, value] of headers) reply.header(name, value);
    reply.header("x-request-id", request.id);
    const { origin, host } = request.headers;
    const { open = false, admin } = request.routeOptions.config;
    // Pages may ask models; loading, unloading and metrics are for operators alone.
    const allowed = origin !== undefined && admin === undefined && corsOrigins.includes(origin);
    if (allowed) allowOrigin(reply, origin);
    if (allowed && request.method === "OPTIONS") {
      reply.status(204).send();
      return;
    }
    // A page of another site must not be able to act through its visitor's browser.
    // The page's own files and health do nothing.
    if (origin !== undefined && !allowed && !open && hostOf(origin) !== host) {
      throw new HttpError(
        403,
        `a page from ${quoted(origin)} may not call this service under the name ${quoted(host ?? "")} (a proxy must keep the header Host)`,
      );
    }
    if (!open) {
      const { "x-api-key": key, authorization } = request.headers;
      const keyring = admin ? keys.admin : keys.usual;
      request.keyName = keyring.check(typeof key === "string" ? key : undefined, authorization);
    }
    done();
  });
}

function allowOrigin(reply: FastifyReply, origin: string): void {
  reply.headers({
    "access-control-allow-origin": origin,
    "access-control-allow-headers":
      "authorization, content-encoding, content-type, x-api-key, x-request-id, inference-header-content-length",
    "access-control-allow-methods": "GET, POST",
    "access-control-expose-headers":
      "inference-header-content-length, model-name, model-version, retry-after, x-request-id",
    "access-control-max-age": "600",
    "cross-origin-resource-policy": "cross-origin",
    vary: "Origin",
  });
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
