import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { FastifyInstance } from "fastify";
import { notFound, ServeError } from "../errors.ts";
import { quoted } from "../json/parse.ts";
import { requireChange, type Service } from "../service.ts";
import type { Certificates } from "./certificates.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Of a route that changes or watches the service: "change" or "watch". */
    admin?: "change" | "watch";
    /** Of a route that every port has. */
    health?: boolean;
    /** Of a route that needs no key: whether the server lives, and the page, which then asks for a key. */
    open?: boolean;
  }
}

export interface AdminOptions {
  /** A port of its own for loading, unloading and metrics; the other then has none of them. */
  readonly port?: number;
  readonly host?: string;
  /** Keys for these routes instead of the usual ones. */
  readonly apiKeys?: readonly string[];
}

/** Shuts the routes for operators off where they do not belong. */
export function addAdminGuard(app: FastifyInstance, service: Service): void {
  app.addHook("onRequest", (request, _reply, done) => {
    const { admin: kind, health } = request.routeOptions.config;
    if (service.adminElsewhere && health !== true) {
      const main = app.server.address() as { port: number } | null;
      const here = request.raw.socket?.localPort !== main?.port;
      if ((kind !== undefined) !== here)
        throw notFound(`there is no ${request.method} ${quoted(request.url)} on this port`);
    }
    if (kind === "change") requireChange(service);
    done();
  });
}

/** Listens on the port for operators, with the routes of the other. Closed with it. */
export async function listenForAdmin(
  app: FastifyInstance,
  { port, host = "127.0.0.1" }: AdminOptions,
  certificates: Certificates | undefined,
): Promise<void> {
  if (port === undefined) return;
  const server = listener(app, certificates);
  app.addHook("preClose", (done) => {
    server.close(() => done());
    server.closeIdleConnections();
  });
  app.decorate("adminPort", { getter: () => (server.address() as { port: number }).port });
  await app.ready();
  await new Promise<void>((resolve, reject) => {
    server.once("error", ({ message }) =>
      reject(
        new ServeError(`port ${port} of ${host} cannot be had for operators: ${message}`, {
          code: "port_in_use",
        }),
      ),
    );
    server.listen({ port, host }, resolve);
  });
}

function listener(app: FastifyInstance, certificates: Certificates | undefined): Server {
  const options = { requireHostHeader: false };
  if (!certificates) return createServer(options, (request, response) => app.routing(request, response));
  const server = createTlsServer({ ...options, ...certificates.options }, (request, response) =>
    app.routing(request, response),
  );
  certificates.follow(server);
  return server;
}
