import { constants, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { Transform } from "node:stream";
import {
  type Metadata,
  ResponderBuilder,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  status,
} from "@grpc/grpc-js";
import type { Share } from "../budget.ts";
import { badRequest, HttpError, unavailable } from "../errors.ts";
import { isUnder } from "../http/admin.ts";
import { decoders } from "../http/body.ts";
import { copies } from "../http/budget.ts";
import { type Connections, slowest } from "../http/connections.ts";
import type { Service } from "../service.ts";
import type { Telemetry } from "../telemetry.ts";
import { serviceName } from "./definition.ts";

/** Who may call a method, and the REST route that does the same. Health needs no route: it is public. */
export type Access =
  | { readonly who: "open"; readonly route?: undefined }
  | { readonly who: "usual" | "admin"; readonly route: string };

const codes: Record<number, status> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  413: status.RESOURCE_EXHAUSTED,
  503: status.UNAVAILABLE,
};
const codesOf503 = { late: status.DEADLINE_EXCEEDED, overloaded: status.RESOURCE_EXHAUSTED };

export const failureOf = (error: unknown): { code: status; details: string } => {
  if (!(error instanceof HttpError)) return { code: status.INTERNAL, details: "internal error" };
  const { statusCode, why, message } = error;
  return { code: why ? codesOf503[why] : (codes[statusCode] ?? status.INTERNAL), details: message };
};

/** A call whose message is still to be read. */
export interface Begun {
  /** The call's share of memory. */
  readonly share: Share;
  readonly trace: ReturnType<Telemetry["call"]> | undefined;
}

/** Checks the key before a message is read. Counts the memory of the message as it arrives and is unpacked,
 *  and of the answer until the client has taken it. Ends calls that take too long.
 *  @param maxBody Largest message in bytes. */
export function createGuard(
  service: Service,
  access: ReadonlyMap<string, Access>,
  connections: Connections,
  maxBody: number,
) {
  const { budget, metrics, telemetry, timeout } = service;
  const calls = new WeakMap<Metadata, Begun>();
  const interceptor: ServerInterceptor = ({ path }, call) => {
    const since = performance.now();
    const name = path.slice(path.lastIndexOf("/") + 1);
    const ours = path === `/${serviceName}/${name}`;
    // Only the stream below grpc-js tells how much of a message has arrived.
    const { stream } = call as unknown as { readonly stream: ServerHttp2Stream };
    const connection = connections.of(stream.session!.socket as Socket);
    const share = budget.share(stream.session!);
    connection?.began();
    stream.once("close", () => {
      clearTimeout(timer);
      share.release();
      connection?.ended();
      // The client left before the end of the answer.
      if (stream.aborted) count(status.CANCELLED);
    });
    let trace: Begun["trace"];
    let counted = false;
    const count = (code: status): void => {
      if (counted) return;
      counted = true;
      trace?.end(code);
      if (ours) metrics.answered("gRPC", name, status[code], (performance.now() - since) / 1000);
    };
    const refuse = (error: unknown): void => {
      const failure = failureOf(error);
      count(failure.code);
      call.sendStatus(failure);
      stream.close();
    };
    let refused = false;
    const attempt = (work: () => void): void => {
      if (refused || stream.destroyed) return;
      try {
        work();
      } catch (error) {
        refused = true;
        refuse(error);
      }
    };
    let timer = setTimeout(
      () =>
        attempt(() => {
          throw unavailable("the message did not arrive in time", "late");
        }),
      timeout,
    ).unref();
    stream.on("data", (chunk: Buffer) => attempt(() => share.take(copies * chunk.length)));
    countUnpacked(call, maxBody, {
      take(bytes) {
        if (refused || stream.destroyed) throw unavailable("nobody waits for the message");
        share.take(copies * bytes);
      },
      fail: (error) =>
        attempt(() => {
          throw error;
        }),
    });
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) =>
        attempt(() => {
          if (ours) {
            trace = telemetry?.call(serviceName, name, metadata);
            requireAccess(service, access.get(name)!, metadata);
          }
          calls.set(metadata, { share, trace });
          next(metadata);
        }),
      )
      .withOnReceiveHalfClose((next) => {
        clearTimeout(timer);
        next();
      })
      .build();
    const responder = new ResponderBuilder()
      .withStart((next) => next(listener))
      .withSendMessage((message, next) => {
        const time = timeout + (1000 * share.bytes) / slowest;
        timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), time).unref();
        next(message);
      })
      .withSendStatus((answer, next) => {
        count(answer.code!);
        next(answer);
      })
      .build();
    return new ServerInterceptingCall(call, responder);
  };
  return { interceptor, begunWith: (metadata: Metadata) => calls.get(metadata)! };
}

/** What grpc-js unpacks messages with. */
interface Unpacking {
  decompressMessage(message: Buffer, encoding: string): Buffer | Promise<Buffer>;
}

/** Counts what the compressed messages of a call are unpacked to. grpc-js limits the size of each message,
 *  but not of all that it unpacks at one time.
 *  @param maxBody Largest message in bytes.
 *  @param told What to do with the length of each part, and with the error that ends the call. `take` throws
 *   if a part does not fit. */
function countUnpacked(
  call: object,
  maxBody: number,
  told: { take(bytes: number): void; fail(error: HttpError): void },
): void {
  const unpack = async (bytes: Buffer, decoder: Transform): Promise<Buffer> => {
    const parts: Buffer[] = [];
    let length = 0;
    try {
      for await (const part of decoder.end(bytes) as AsyncIterable<Buffer>) {
        length += part.length;
        if (length > maxBody) throw new HttpError(413, `the message unpacks to more than ${maxBody} bytes`);
        told.take(part.length);
        parts.push(part);
      }
    } catch (error) {
      const { message } = error as Error;
      told.fail(
        error instanceof HttpError ? error : badRequest(`the message cannot be unpacked: ${message}`),
      );
      throw error;
    }
    return Buffer.concat(parts);
  };
  const unpacking = call as Unpacking;
  const asGiven = unpacking.decompressMessage.bind(call);
  // A message begins with five bytes that say whether it is compressed, and how long it is.
  unpacking.decompressMessage = (message, encoding) => {
    const decoder = decoders[encoding]?.();
    return decoder ? unpack(message.subarray(5), decoder) : asGiven(message, encoding);
  };
}

function requireAccess(service: Service, { who, route }: Access, metadata: Metadata): void {
  const { keys, adminElsewhere, publicRoutes } = service;
  if (who === "open") return;
  if (who === "admin" && adminElsewhere)
    throw new HttpError(403, "this call belongs to the operators' port, which speaks HTTP");
  if (publicRoutes.length > 0 && !isUnder(route, publicRoutes))
    throw new HttpError(403, `this call is not public, as ${route} is not`);
  const header = (key: string): string | undefined => metadata.get(key)[0]?.toString();
  keys[who].check(header("x-api-key"), header("authorization"));
}
