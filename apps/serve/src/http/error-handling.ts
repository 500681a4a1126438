import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { badRequest, HttpError, notFound } from "../errors.ts";
import { quoted } from "../json/parse.ts";
import { jsonType } from "./body.ts";

type AnyError = Error & { readonly statusCode?: number; readonly code?: string };

/** Every error, also those of Fastify and of the HTTP parser, is `{ "error": text }` with a status that fits. */
export function answerError(error: AnyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, headers, text, inner } = failureOf(error);
  if (inner) request.log.error({ err: error, reqId: request.id }, error.message);
  return reply.status(status).headers(headers).type(jsonType).send(text);
}

/** How an error is answered. */
export interface Failure {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Whether nobody foresaw it. What went wrong inside is for the log, not for the network. */
  readonly inner: boolean;
}

export function failureOf(error: AnyError): Failure {
  const status = error.statusCode ?? 500;
  const ours = error instanceof HttpError;
  const inner = status >= 500 && !ours;
  const headers: Record<string, string> = {};
  if (ours && error.retryAfter !== undefined) headers["retry-after"] = `${error.retryAfter}`;
  if (status === 401) headers["www-authenticate"] = "Bearer";
  return {
    status,
    headers,
    text: JSON.stringify({ error: inner ? "internal error" : messageOf(error) }),
    inner,
  };
}

export function addErrors(app: FastifyInstance): void {
  app.setErrorHandler(answerError);
  app.addHook("onRequest", (request, _reply, done) => {
    if (request.headers.host === undefined && request.raw.httpVersion === "1.1")
      throw badRequest("the header Host is missing");
    done();
  });
  app.setNotFoundHandler((request) => {
    throw notFound(`there is no ${request.method} ${quoted(request.url)}`);
  });
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
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
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
