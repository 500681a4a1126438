import type { RealType } from "@stiffnet/onnx";
import type { FastifyReply, FastifyRequest } from "fastify";
import { badRequest, HttpError } from "../errors.ts";
import type { Numbers } from "../inference/infer.ts";
import { readPlainBody } from "../inference/plain-body.ts";
import { parseJson, quoted } from "./json.ts";

export const jsonType = "application/json; charset=utf-8";
const headerLength = "inference-header-content-length";
const empty = Buffer.alloc(0);

/** The JSON of a request. A body of another type than JSON is refused, which also keeps simple cross-site forms out. */
export function readBody(request: FastifyRequest): unknown {
  requireType(request, /^application\/json\s*(;|$)/i, "application/json");
  return parseJson((request.body as Buffer | undefined) ?? empty);
}

/** As `readBody`, for a request whose body may be left out. */
export function readOptionalBody(request: FastifyRequest): unknown {
  return (request.body as Buffer | undefined)?.length ? readBody(request) : {};
}

/** The JSON of an inference request and the bytes behind it: with the header Inference-Header-Content-Length the JSON ends
 *  there (binary tensor extension). */
export function readInferBody(
  request: FastifyRequest,
  dtype: RealType,
  maxNumbers: number,
): { json: unknown; numbers: Numbers } {
  const stated = request.headers[headerLength];
  const body = (request.body as Buffer | undefined) ?? empty;
  if (stated === undefined) {
    const plain = readPlainBody(body, dtype, maxNumbers);
    if (plain === undefined) return { json: readBody(request), numbers: { binary: empty } };
    requireType(request, /^application\/json\s*(;|$)/i, "application/json");
    return { json: parseJson(plain.rest), numbers: { binary: empty, read: plain.numbers } };
  }
  const length = Number(stated);
  if (typeof stated !== "string" || !/^\d{1,15}$/.test(stated) || length > body.length) {
    throw badRequest(
      `Inference-Header-Content-Length is ${quoted(String(stated))}, expected a whole number up to the body's ${body.length} bytes`,
    );
  }
  requireType(request, /^application\/(json|octet-stream)\s*(;|$)/i, "application/octet-stream");
  return { json: parseJson(body.subarray(0, length)), numbers: { binary: body.subarray(length) } };
}

function requireType(request: FastifyRequest, allowed: RegExp, expected: string): void {
  const type = request.headers["content-type"];
  if (type !== undefined && !allowed.test(type)) {
    throw new HttpError(415, `Content-Type is ${quoted(type)}, expected ${expected}`);
  }
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    throw new HttpError(
      415,
      `Content-Encoding is ${quoted(encoding)}, expected a body that is not compressed`,
    );
  }
}

/** Sends JSON, with bytes behind it where there are any. */
export function sendInfer(
  reply: FastifyReply,
  { json, binary }: { json: string; binary: readonly Uint8Array[] },
): FastifyReply {
  if (binary.length === 0) return reply.type(jsonType).send(json);
  const head = Buffer.from(json);
  return reply
    .type("application/octet-stream")
    .header("Inference-Header-Content-Length", head.length)
    .send(Buffer.concat([head, ...binary]));
}
