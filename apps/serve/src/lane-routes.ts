import type { FastifyInstance } from "fastify";
import type { Drain } from "./drain.ts";
import { type InferRequest, inferAnswer, readInfer } from "./infer.ts";
import { parseJson } from "./json.ts";
import { addLane, type PlainAnswer, type PlainRequest } from "./lane.ts";
import type { ServedModel } from "./models.ts";
import { type PlainBody, readPlainBody } from "./plain-body.ts";
import { runInfer } from "./protocol-routes.ts";
import { requestIdOf } from "./request-id.ts";
import { keyCheck, securityHeaders } from "./security.ts";
import type { Service } from "./service.ts";
import { jsonType } from "./wire.ts";

const inferPath = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?\/infer$/;
/** Larger bodies gain nothing. */
const maxPlainBody = 2 ** 20;

/** Inference as most programs ask for it, JSON in and JSON out, without Node's HTTP server and Fastify. */
export function addPlainInference(
  app: FastifyInstance,
  service: Service,
  {
    drain,
    apiKeys = [],
    maxBody,
    timeout,
  }: { drain: Drain; apiKeys: readonly string[] | undefined; maxBody: number; timeout: number },
): void {
  const check = keyCheck(apiKeys);
  const headers = `${Object.entries({ ...securityHeaders, "Content-Type": jsonType })
    .map(([name, value]) => `${name}: ${value}`)
    .join("\r\n")}\r\n`;

  function answer(
    { head, body, wanted }: PlainRequest,
    name: string,
    version: string | undefined,
  ): Promise<PlainAnswer> | undefined {
    check(head.apiKey, head.authorization);
    const model = service.registry.get(name, version);
    const { dtype, inputs } = model.surrogate;
    const plain = readPlainBody(body, dtype, service.maxRows * inputs.length);
    const asked =
      plain === undefined
        ? readInfer(model, parseJson(body), { binary: nothing }, service.maxRows)
        : understood(model, plain);
    if (asked.outputs.some(({ binary }) => binary)) return undefined;
    return runInfer(service, model, asked, wanted).then((results) => inferAnswer(model, asked, results));
  }

  /** What the last body said about its numbers; clients say the same again and again. */
  let last: { model: ServedModel; rest: Buffer; asked: InferRequest } | undefined;

  function understood(model: ServedModel, { rest, numbers }: PlainBody): InferRequest {
    if (last?.model === model && last.asked.rows.length === numbers.length && last.rest.equals(rest)) {
      return { ...last.asked, rows: numbers };
    }
    const asked = readInfer(model, parseJson(rest), { binary: nothing, read: numbers }, service.maxRows);
    last = { model, rest, asked };
    return asked;
  }

  const lane = addLane(app.server, {
    route(path) {
      const parts = inferPath.exec(path);
      if (!parts) return undefined;
      const [, name, version] = parts;
      return {
        pattern: `/v2/models/:model${version === undefined ? "" : "/versions/:version"}/infer`,
        answer: (request) => answer(request, name!, version),
      };
    },
    headers: ({ requestId }) => `${headers}x-request-id: ${requestIdOf(requestId)}\r\nDate: ${date()}\r\n`,
    answered: (pattern, status, seconds) => service.metrics.answered("POST", pattern, status, seconds),
    log: (error) => app.log.error({ err: error }, error.message),
    accepting: () => service.accepting,
    asking: drain.asking,
    maxBody: Math.min(maxBody, maxPlainBody),
    requestTimeout: timeout,
    keepAliveTimeout: app.server.keepAliveTimeout,
  });
  app.addHook("onClose", async () => lane.close());
}

const nothing = new Uint8Array();

let [dateAt, dateText] = [0, ""];
/** The text of this second. */
function date(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateAt) [dateAt, dateText] = [second, new Date(1000 * second).toUTCString()];
  return dateText;
}
