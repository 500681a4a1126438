import { PassThrough, Readable, type Transform } from "node:stream";
import { createGunzip, createInflate } from "node:zlib";
import type { RealType } from "@stiffnet/onnx";
import type { FastifyInstance, FastifyReply, FastifyRequest, RequestPayload } from "fastify";
import { badRequest, HttpError } from "../errors.ts";
import { readPlainBody } from "../inference/decimals.ts";
import type { InferAnswer } from "../inference/run.ts";
import { bytesPer, datatypes } from "../inference/tensors.ts";
import { parseJson, quoted } from "../json/parse.ts";
import type { ServedModel } from "../models/files.ts";
import { copies } from "./budget.ts";

export const jsonType = "application/json";
const headerLength = "inference-header-content-length";
const empty = Buffer.alloc(0);

/** Reads bodies as strict JSON. One of another type is refused, which also keeps simple cross-site forms
 *  out. */
export function addJsonBodies(app: FastifyInstance): void {
  parseWith(app, (request, body) => {
    requireType(request, /^application\/json\s*(;|$)/i, "application/json");
    return parseJson(body);
  });
}

/** Binary parts of an inference request, beside its JSON. */
export interface InferBytes {
  readonly model: ServedModel;
  readonly binary: Uint8Array;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Set for an inference request, once its body is read. */
    inferBytes: InferBytes | null;
  }
}

/** Reads bodies of inference requests. With the header Inference-Header-Content-Length, bytes follow the JSON
 *  (binary tensor extension). Otherwise numbers are read from the bytes, which is faster than JSON.parse. */
export function addInferBodies(
  app: FastifyInstance,
  modelOf: (request: FastifyRequest) => ServedModel,
  maxRows: number,
): void {
  app.decorateRequest("inferBytes", null);
  parseWith(app, (request, body) => {
    const model = modelOf(request);
    const { json, binary } = readInferBody(request, body, model, maxRows);
    request.inferBytes = { model, binary };
    return json;
  });
}

function readInferBody(
  request: FastifyRequest,
  body: Buffer,
  { surrogate: { dtype, inputs } }: ServedModel,
  maxRows: number,
): { json: unknown; binary: Uint8Array } {
  const stated = request.headers[headerLength];
  if (stated === undefined) {
    requireType(request, /^application\/json\s*(;|$)/i, "application/json");
    const plain = dtype === "float32" ? readPlainBody(body, maxRows * inputs.length) : undefined;
    const json = parseJson(plain?.rest ?? body) as { inputs?: [{ data?: unknown }?] } | null;
    const input = json?.inputs?.[0];
    if (plain && input?.data) input.data = plain.numbers;
    return { json, binary: empty };
  }
  const length = Number(stated);
  if (typeof stated !== "string" || !/^\d{1,15}$/.test(stated) || length > body.length) {
    throw badRequest(
      `Inference-Header-Content-Length is ${quoted(String(stated))}, expected a whole number up to the body's ${body.length} bytes`,
    );
  }
  requireType(request, /^application\/(json|octet-stream)\s*(;|$)/i, "application/octet-stream");
  if (length === 0) return rawRequest(body, dtype, inputs.length);
  return { json: parseJson(body.subarray(0, length)), binary: body.subarray(length) };
}

/** A raw binary request of Triton's: the bytes of the one input, which say how many rows there are. */
function rawRequest(binary: Buffer, dtype: RealType, columns: number): { json: unknown; binary: Buffer } {
  const rows = binary.length / (bytesPer[dtype] * columns);
  if (!Number.isInteger(rows) || rows === 0) {
    throw badRequest(
      `the body has ${binary.length} bytes, expected rows of ${columns} numbers of ${bytesPer[dtype]} bytes`,
    );
  }
  const parameters = { binary_data_size: binary.length };
  const json = {
    parameters: { binary_data_output: true },
    inputs: [{ name: "inputs", datatype: datatypes[dtype], shape: [rows, columns], parameters }],
  };
  return { json, binary };
}

export const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
};

/** Decompresses bodies. The limit of a body holds for what comes out. */
export function addCompressedBodies(app: FastifyInstance): void {
  app.addHook("preParsing", (request, _reply, payload, done) => {
    const encoding = request.headers["content-encoding"]?.toLowerCase();
    if (encoding === undefined || encoding === "identity") {
      // Through another stream, since a request that is destroyed takes its connection with it.
      const chunked = request.headers["transfer-encoding"] !== undefined;
      done(null, chunked ? counted(payload, new PassThrough(), request) : payload);
      return;
    }
    const decoder = decoders[encoding]?.();
    if (!decoder) {
      done(new HttpError(415, `Content-Encoding is ${quoted(encoding)}, expected gzip or deflate`));
      return;
    }
    decoder.on("error", (error) => {
      if (error instanceof HttpError) return;
      Object.assign(error, { statusCode: 400, message: `the body is not ${encoding}: ${error.message}` });
    });
    done(null, counted(payload, decoder, request));
  });
}

/** Counts the bytes that come out of `decoder`, for bodies whose length is not known before. */
function counted(payload: RequestPayload, decoder: Transform, request: FastifyRequest): RequestPayload {
  const body: RequestPayload = Object.assign(decoder, { receivedEncodedLength: 0 });
  payload.on("data", (chunk: Buffer) => {
    body.receivedEncodedLength! += chunk.length;
  });
  payload.on("error", (error) => decoder.destroy(error));
  decoder.on("data", (chunk: Buffer) => {
    try {
      request.share.take(copies * chunk.length);
    } catch (error) {
      decoder.destroy(error as Error);
    }
  });
  payload.pipe(decoder);
  return body;
}

function parseWith(app: FastifyInstance, parse: (request: FastifyRequest, body: Buffer) => unknown): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, async (request: FastifyRequest, body: Buffer) =>
    parse(request, body),
  );
}

function requireType(request: FastifyRequest, allowed: RegExp, expected: string): void {
  const type = request.headers["content-type"];
  if (type !== undefined && !allowed.test(type)) {
    throw new HttpError(415, `Content-Type is ${quoted(type)}, expected ${expected}`);
  }
}

/** Says in headers which version answered, for logs and proxies that do not read bodies. */
export function nameModel(reply: FastifyReply, { name, version }: ServedModel): void {
  reply.header("model-name", encodeURIComponent(name)).header("model-version", version);
}

/** Sends JSON, with bytes behind it where there are any. */
export function sendInfer(reply: FastifyReply, { json, binary }: InferAnswer): FastifyReply {
  // As fast as the client takes it, and with turns for others in between.
  if (typeof json !== "string") return reply.type(jsonType).send(Readable.from(json, { highWaterMark: 1 }));
  if (binary.length === 0) return reply.type(jsonType).send(json);
  const head = Buffer.from(json);
  return reply
    .type("application/octet-stream")
    .header("Inference-Header-Content-Length", head.length)
    .send(Buffer.concat([head, ...binary]));
}
