import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { unavailable } from "../errors.ts";
import type { Service } from "../service.ts";
import type { Connections } from "./connections.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** Ends the server as a balancer wants it: not ready first, then `lameDuck` milliseconds in which
     *  everything is answered and connections end with their answers, then close. What was not answered
     *  `drain` milliseconds later is given up; resolves with the number of whole requests that were. */
    leave(times: { lameDuck: number; drain: number }): Promise<number>;
  }
}

/** Milliseconds that a request may be on its way when the time is over: only then is its connection or the
 *  port closed. */
const onTheWay = 250;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Closing answers the requests that have arrived and waits for nothing else: Node alone would also wait for
 *  clients that connected and never asked, and for kept-alive connections to time out. */
export function addDrain(app: FastifyInstance, service: Service, connections: Connections): void {
  /** Connections and requests so far. */
  let arrived = 0;
  const connect = (socket: Socket): void => {
    arrived++;
    connections.open(socket);
  };
  // With TLS requests come over a socket of its own, which the one below it ends with.
  for (const event of ["connection", "secureConnection"]) app.server.on(event, connect);
  let closing = false;
  app.addHook("onRequest", (request, _reply, done) => {
    arrived++;
    connections.of(request.raw.socket)?.began(request.raw);
    // On a connection that was open already.
    done(closing ? unavailable("the server is shutting down") : undefined);
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    connections.of(request.raw.socket)?.answers();
    if (!service.accepting) reply.header("connection", "close");
    // Fastify closes after each body that it could not use; this one has come as a whole.
    else if (reply.statusCode >= 400 && request.raw.complete) reply.removeHeader("connection");
    done(null, payload);
  });
  app.addHook("onResponse", (request, _reply, done) => {
    connections.of(request.raw.socket)?.ended();
    done();
  });
  app.addHook("onClose", async () => connections.close());
  app.addHook("preClose", async () => {
    closing = true;
    service.accepting = false;
    app.server.keepAliveTimeout = 1;
    for (const { socket, request } of connections.all()) if (!request) socket.destroy();
  });
  app.decorate("leave", async ({ lameDuck, drain }) => {
    service.accepting = false;
    await pause(lameDuck + onTheWay);
    // On a busy machine much of what has come by then is not looked at: Node accepts one connection a turn.
    // Who goes on asking for longer than running requests have does not hold the end up.
    const until = performance.now() + drain;
    for (let quiet = 0; quiet < 20 && performance.now() < until; quiet++) {
      const before = arrived;
      await new Promise(setImmediate);
      await pause(5);
      if (arrived !== before) quiet = 0;
    }
    let givenUp = 0;
    // What was waited for already counts.
    service.closeBy = until;
    const timer = setTimeout(() => {
      for (const { socket, request } of connections.all()) {
        if (!request) continue;
        // A body that never ends is no request.
        if (request.complete) givenUp++;
        socket.destroy();
      }
    }, until - performance.now());
    await app.close();
    clearTimeout(timer);
    return givenUp;
  });
}
