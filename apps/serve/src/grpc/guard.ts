import { constants, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import {
  type Metadata,
  ResponderBuilder,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  status,
} from "@grpc/grpc-js";
import type { Share } from "../budget.ts";
import { HttpError, unavailable } from "../errors.ts";
import { copies } from "../http/budget.ts";
import { type Connections, slowest } from "../http/connections.ts";
import type { Service } from "../service.ts";
import type { Telemetry } from "../telemetry.ts";
import { serviceName } from "./definition.ts";

export type Access = "open" | "usual" | "admin";

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

/** Checks the key before a message is read. Counts the memory of the message as it arrives, and of the answer
 *  until the client has taken it. Ends calls that take too long. */
export function createGuard(service: Service, access: ReadonlyMap<string, Access>, connections: Connections) {
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
    });
    let trace: Begun["trace"];
    const count = (code: status): void => {
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
      if (refused) return;
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

function requireAccess({ keys, adminElsewhere }: Service, access: Access, metadata: Metadata): void {
  if (access === "open") return;
  if (access === "admin" && adminElsewhere)
    throw new HttpError(403, "this call belongs to the operators' port, which speaks HTTP");
  const header = (key: string): string | undefined => metadata.get(key)[0]?.toString();
  keys[access].check(header("x-api-key"), header("authorization"));
}
