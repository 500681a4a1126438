import { createServer, type IncomingMessage, type ServerOptions, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Server } from "node:net";
import type { Server as TlsServer } from "node:tls";
import type { FastifyInstance } from "fastify";
import { notFound, ServeError } from "../errors.ts";
import { quoted } from "../json/parse.ts";
import type { ServeOptions } from "../serve-options.ts";
import { requireChange, type Service } from "../service.ts";
import type { Certificates } from "./certificates.ts";
import { answerClientError, answerExpectation } from "./error-handling.ts";

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

/** Whether a route begins with one of these. */
export const isUnder = (route: string, beginnings: readonly string[]): boolean =>
  beginnings.some((begin) => route === begin || route.startsWith(begin.endsWith("/") ? begin : `${begin}/`));

/** Gives 404 on ports that should not have a route. Operators' routes may have a port of their own, and the
 *  main port may be limited to routes that begin with one of `publicRoutes`. The matched route decides, so
 *  another spelling of an address changes nothing. A beginning that no route has is a `ServeError`. */
export function addRouteGuard(app: FastifyInstance, service: Service): void {
  const { publicRoutes: routes } = service;
  const unknown = new Set(routes);
  app.addHook("onRoute", ({ url }) => {
    for (const begin of routes) if (isUnder(url, [begin])) unknown.delete(begin);
  });
  app.addHook("onReady", async () => {
    for (const begin of unknown) {
      throw new ServeError(`--public is '${begin}', expected the beginning of a route, such as /v2/models`, {
        code: "bad_option",
      });
    }
  });
  app.addHook("onRequest", (request, _reply, done) => {
    const { url = "", config } = request.routeOptions;
    const { admin: kind, health } = config;
    if ((service.adminElsewhere || routes.length > 0) && health !== true) {
      const main = app.server.address() as { port: number } | null;
      const elsewhere = service.adminElsewhere && request.raw.socket?.localPort !== main?.port;
      const shut = elsewhere ? kind === undefined : service.adminElsewhere && kind !== undefined;
      if (shut || (!elsewhere && routes.length > 0 && !isUnder(url, routes)))
        throw notFound(`there is no ${request.method} ${quoted(request.url)} on this port`);
    }
    if (kind === "change") requireChange(service);
    done();
  });
}

/** Listens on the port for operators, with the routes of the other. Closed with it.
 *  @param follow Told of the server, whose connections then end with those of the other. */
export async function listenForAdmin(
  app: FastifyInstance,
  { port, host = "127.0.0.1", apiKeys: _, ...limits }: ServeOptions["admin"] & ServerOptions,
  follow: (server: Server) => void,
  certificates: Certificates | undefined,
): Promise<void> {
  if (port === undefined) return;
  const answer = (request: IncomingMessage, response: ServerResponse): void => app.routing(request, response);
  const server = certificates
    ? createTlsServer({ ...limits, ...certificates.options }, answer)
    : createServer(limits, answer);
  certificates?.follow(server as unknown as TlsServer);
  follow(server);
  server.on("clientError", answerClientError);
  server.on("checkExpectation", answerExpectation);
  app.addHook("preClose", (done) => {
    server.close(() => done());
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
