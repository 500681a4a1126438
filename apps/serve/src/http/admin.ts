import { createServer, type Server, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { FastifyInstance } from "fastify";
import { notFound, ServeError } from "../errors.ts";
import { quoted } from "../json/parse.ts";
import { requireChange, type Service } from "../service.ts";
import type { Tls } from "./certificates.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Set for a route that changes or watches the service: "change" or "watch". */
    admin?: "change" | "watch";
    /** Set for a route that every port has. */
    health?: boolean;
    /** Set for a route that needs no key: whether the server lives, and the page, which then asks for a
     *  key. */
    open?: boolean;
  }
}

export interface AdminOptions {
  /** Another port for load, unload and metrics, which the main port then lacks. */
  readonly port?: number;
  readonly host?: string;
  /** Keys for these routes instead of the usual ones. */
  readonly apiKeys?: readonly string[];
}

/** Gives 404 on the port that should not have a route, where operators' routes have a port of their own. The
 *  matched route decides, so another spelling of an address changes nothing. */
export function addRouteGuard(app: FastifyInstance, service: Service): void {
  app.addHook("onRequest", (request, _reply, done) => {
    const { admin: kind, health } = request.routeOptions.config;
    if (service.adminElsewhere && health !== true) {
      const main = app.server.address() as { port: number } | null;
      const onAdminPort = request.raw.socket?.localPort !== main?.port;
      if (onAdminPort !== (kind !== undefined))
        throw notFound(`there is no ${request.method} ${quoted(request.url)} on this port`);
    }
    if (kind === "change") requireChange(service);
    done();
  });
}

/** Listens on the port for operators, with the routes of the other. Closed with it. */
export async function listenForAdmin(
  app: FastifyInstance,
  { port, host = "127.0.0.1", apiKeys: _, ...limits }: AdminOptions & ServerOptions,
  tls: Tls | undefined,
): Promise<void> {
  if (port === undefined) return;
  const server: Server = tls
    ? createTlsServer({ ...limits, ...tls }, (request, response) => app.routing(request, response))
    : createServer(limits, (request, response) => app.routing(request, response));
  app.addHook("preClose", (done) => {
    server.close(() => done());
    server.closeIdleConnections();
  });
  app.decorate("adminPort", { getter: () => (server.address() as { port: number }).port });
  await app.ready();
  await new Promise<void>((resolve, reject) => {
    server.once("error", ({ message }) =>
      reject(
        new ServeError(`cannot listen for operators on port ${port} of ${host}: ${message}`, {
          code: "port_in_use",
        }),
      ),
    );
    server.listen({ port, host }, resolve);
  });
}
