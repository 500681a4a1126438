import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { HttpError, notFound } from "../errors.ts";
import { quoted } from "../json/parse.ts";
import { jsonType } from "./body.ts";

type AnyError = Error & { readonly statusCode?: number; readonly code?: string };

/** Every error, also those of Fastify and of the HTTP parser, is `{ "error": text }` with a status that
 *  fits. */
export function answerError(error: AnyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const ours = error instanceof HttpError;
  const status = error.statusCode ?? 500;
  // Inner errors are for the log, not for the network.
  const inner = status >= 500 && !ours;
  if (inner) request.log.error({ err: error, reqId: request.id }, error.message);
  if (ours) reply.headers(error.headers);
  // Fastify adds a charset to texts, and KServe's client then does not read them as JSON.
  return reply
    .status(status)
    .type(jsonType)
    .send(Buffer.from(JSON.stringify({ error: inner ? "internal error" : messageOf(error) })));
}

export function addErrors(app: FastifyInstance): void {
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request) => {
    throw notFound(`there is no ${request.method} ${quoted(request.url)}`);
  });
}

/** Remembers the routes that follow. `close` adds the answer 405 for every other method of each route. */
export function addWrongMethods(app: FastifyInstance): { close(): void } {
  const methods = new Map<string, { allowed: Set<string>; config: FastifyContextConfig }>();
  let closed = false;
  app.addHook("onRoute", ({ url, method, config = {} }) => {
    if (closed) return;
    const known = methods.get(url) ?? { allowed: new Set(), config };
    for (const one of [method].flat()) known.allowed.add(one);
    methods.set(url, known);
  });
  return {
    close() {
      closed = true;
      for (const [url, { allowed, config }] of methods) {
        const allow = [...allowed].sort().join(", ");
        app.route({
          method: app.supportedMethods.filter((method) => !allowed.has(method)),
          url,
          config,
          schema: { hide: true },
          // A body is not read, and its type does not matter.
          onRequest: async ({ method }) => {
            throw new HttpError(405, `there is no ${method} here, expected ${allow}`, { allow });
          },
          handler: async () => undefined,
        });
      }
    },
  };
}

/** Node would answer an expectation that it does not know with an empty body. */
export function answerExpectation({ headers }: IncomingMessage, response: ServerResponse): void {
  const error = `Expect is ${quoted(headers.expect!)}, expected 100-continue`;
  response.statusCode = 417;
  response.setHeader("content-type", jsonType).setHeader("connection", "close");
  response.end(JSON.stringify({ error }));
}

/** Bytes that are not HTTP never become a request; they are answered here. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, text] = clientErrors[error.code ?? ""] ?? ["400 Bad Request", "the request is not HTTP/1.1"];
  const body = JSON.stringify({ error: text });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: ${jsonType}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
  // The client may still send or not read. The server does not wait for that.
  socket.destroySoon();
}

const clientErrors: Record<string, [string, string]> = {
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "the headers are too large"],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "the request took too long to arrive"],
};

const fastifyMessages: Record<string, string> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "the body is larger than this server takes",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "the body is not as long as Content-Length says",
  FST_ERR_BAD_URL: "the address is not a valid URL",
  FST_ERR_CTP_EMPTY_TYPE: "Content-Type is empty, expected application/json",
};

const messageOf = (error: AnyError): string => fastifyMessages[error.code ?? ""] ?? error.message;
