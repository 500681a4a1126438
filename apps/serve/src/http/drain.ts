import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { unavailable } from "../errors.ts";

/** Closing answers the requests that have arrived and waits for nothing else: Node alone would also wait for
 *  clients that connected and never asked, and for kept-alive connections to time out. */
export function addDrain(app: FastifyInstance, onClosing: () => void): void {
  const connected = new Set<Socket>();
  /** Those with a request on them that is not answered yet. */
  const asking = new Set<Socket>();
  app.server.on("connection", (socket: Socket) => {
    connected.add(socket);
    socket.once("close", () => {
      connected.delete(socket);
      asking.delete(socket);
    });
  });
  let closing = false;
  app.addHook("onRequest", (request, _reply, done) => {
    asking.add(request.raw.socket);
    // On a connection that was open already.
    done(closing ? unavailable("the server is shutting down") : undefined);
  });
  app.addHook("onResponse", (request, _reply, done) => {
    asking.delete(request.raw.socket);
    done();
  });
  app.addHook("preClose", async () => {
    closing = true;
    onClosing();
    app.server.keepAliveTimeout = 1;
    for (const socket of connected) if (!asking.has(socket)) socket.destroy();
  });
}
