import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

export interface Drain {
  /** Connections with a request on them that is not answered yet. */
  readonly asking: Pick<Set<Socket>, "add" | "delete">;
}

/** Closing answers the requests that have arrived and waits for nothing else: Node alone would also wait for clients that connected and
 *  never asked, and for kept-alive connections to time out. */
export function addDrain(app: FastifyInstance, onClosing: () => void): Drain {
  const connected = new Set<Socket>();
  const asking = new Set<Socket>();
  app.server.on("connection", (socket: Socket) => {
    connected.add(socket);
    socket.once("close", () => {
      connected.delete(socket);
      asking.delete(socket);
    });
  });
  app.addHook("onRequest", (request, _reply, done) => {
    asking.add(request.raw.socket);
    done();
  });
  app.addHook("onResponse", (request, _reply, done) => {
    asking.delete(request.raw.socket);
    done();
  });
  app.addHook("preClose", async () => {
    onClosing();
    app.server.keepAliveTimeout = 1;
    for (const socket of connected) if (!asking.has(socket)) socket.destroy();
  });
  return { asking };
}
