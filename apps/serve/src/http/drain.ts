import type { Server, Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { unavailable } from "../errors.ts";
import type { Service } from "../service.ts";
import type { Connections } from "./connections.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** Ends the server as a balancer wants it. First it is not ready, but answers for `lameDuck` milliseconds
     *  and closes each connection behind its answer. Then it closes, and gives running requests `drain`
     *  milliseconds. Resolves with the number of whole requests that had no answer by then. */
    leave(times: { lameDuck: number; drain: number }): Promise<number>;
  }
}

/** Connections and the port stay open for so many milliseconds more, for requests that are already sent. */
const onTheWay = 250;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Closing answers only the requests that have arrived. Node would also wait for clients that connected and
 *  never asked, and for idle connections to time out. Returns how to do so with another server of the app,
 *  whose connections have no limit. */
export function addDrain(
  app: FastifyInstance,
  service: Service,
  connections: Connections,
): (server: Server) => void {
  /** Connections and requests so far. */
  let arrived = 0;
  const follow = (server: Server, limited = false): void => {
    const connect = (socket: Socket): void => {
      arrived++;
      connections.open(socket, limited);
    };
    // With TLS, requests use a secure socket above the connection, and both end together.
    for (const event of ["connection", "secureConnection"]) server.on(event, connect);
  };
  follow(app.server, true);
  let closing = false;
  app.addHook("onRequest", (request, _reply, done) => {
    arrived++;
    connections.of(request.raw.socket)?.began(request.raw);
    // On a connection that was open already.
    done(closing ? unavailable("the server is shutting down") : undefined);
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    const connection = connections.of(request.raw.socket);
    connection?.answers();
    // Node drops the requests behind the answer that closes.
    const isLast = (connection?.running ?? 1) <= 1;
    if (!service.accepting && isLast) reply.header("connection", "close");
    // Fastify closes after each body that it could not use; this one has come as a whole.
    else if (reply.statusCode >= 400 && request.raw.complete) reply.removeHeader("connection");
    done(null, payload);
  });
  app.addHook("onResponse", (request, _reply, done) => {
    connections.of(request.raw.socket)?.ended(request.raw);
    done();
  });
  app.addHook("onClose", async () => connections.close());
  app.addHook("preClose", async () => {
    closing = true;
    service.accepting = false;
    app.server.keepAliveTimeout = 1;
    for (const { socket, running } of connections.all()) if (running === 0) socket.destroy();
  });
  app.decorate("leave", async ({ lameDuck, drain }) => {
    service.accepting = false;
    await pause(lameDuck + onTheWay);
    // Node accepts one connection a turn, so a busy machine still has connections to look at. Clients that
    // go on asking cannot delay the end beyond the time of running requests.
    const until = performance.now() + drain;
    for (let quiet = 0; quiet < 20 && performance.now() < until; quiet++) {
      const before = arrived;
      await new Promise(setImmediate);
      await pause(5);
      if (arrived !== before) quiet = 0;
    }
    // The time waited so far counts.
    service.closeBy = until;
    const timer = setTimeout(() => {
      for (const { socket, running, request } of connections.all()) {
        if (running === 0) continue;
        // A body that never ends is no request.
        service.givenUp += running - (request?.complete === false ? 1 : 0);
        socket.destroy();
      }
    }, until - performance.now());
    await app.close();
    clearTimeout(timer);
    return service.givenUp;
  });
  return follow;
}
