import { randomUUID } from "node:crypto";
import type { Server as TlsServer } from "node:tls";
import { withDefaults } from "@stiffnet/base";
import Fastify, { type FastifyInstance, LogController } from "fastify";
import { addPage } from "../page/routes.ts";
import { defaults, type FilledOptions, type ServeOptions } from "../serve-options.ts";
import { type Service, startService } from "../service.ts";
import { loadTelemetry } from "../telemetry.ts";
import { addAccessLog } from "./access-log.ts";
import { addRouteGuard, listenForAdmin } from "./admin.ts";
import { addCompressedBodies, addJsonBodies } from "./body.ts";
import { addBudget } from "./budget.ts";
import { addCompression } from "./compression.ts";
import { Connections } from "./connections.ts";
import { addDocs } from "./docs.ts";
import { addDrain } from "./drain.ts";
import {
  addErrors,
  addWrongMethods,
  answerClientError,
  answerError,
  answerExpectation,
} from "./error-handling.ts";
import { addHostCheck } from "./hosts.ts";
import { addOpenApi } from "./openapi.ts";
import { addOperation } from "./routes/operation.ts";
import { addPeople } from "./routes/people.ts";
import { addProtocol } from "./routes/protocol.ts";
import { addSecurity } from "./security.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** For a program that watches over the workers; `await pool.kill(k)` is what the soak test does. */
    readonly stiffnet: Service;
    /** Ports of gRPC and of operators, where they have one. */
    readonly grpcPort?: number;
    readonly adminPort?: number;
  }
}

/** A Fastify server that answers from the given models: FILE.onnx, NAME=FILE.onnx or folders of them. Not
 *  listening yet: `await server.listen({ port })`. `server.close()` answers what was accepted and ends the
 *  workers. Sources that hold no model, or a file that is none, are a `ServeError`. */
export async function createServer(
  sources: readonly string[],
  given: ServeOptions = {},
): Promise<FastifyInstance> {
  const options = withDefaults<FilledOptions>(defaults, given);
  const { log = "warn", timeout, watch, maxBody, maxConnections } = options;
  const chatty = log === "info" || log === "debug";
  const limits = httpLimits(timeout);
  // This and gRPC's server load a hundred files that most never use.
  const certificates = options.tls && (await import("./certificates.ts")).createCertificates(options.tls);
  const app = Fastify({
    logger: { level: log, stream: process.stderr },
    logController: new LogController({ disableRequestLogging: !chatty }),
    // A logger for each request costs more than the request where nothing is logged.
    ...(!chatty && { childLoggerFactory: (logger) => logger }),
    bodyLimit: maxBody,
    routerOptions: { maxParamLength: 200 },
    genReqId: ({ headers }) => requestIdOf(headers["x-request-id"]),
    clientErrorHandler: answerClientError,
    frameworkErrors: answerError,
    ...(certificates
      ? { https: { ...certificates.options, ...limits, handshakeTimeout: timeout } }
      : { http: limits }),
    // Headers and body must arrive within this time, however slowly they are sent.
    requestTimeout: timeout,
    keepAliveTimeout: 72_000,
    // The end waits for running calls, for as long as `leave` is told.
    pluginTimeout: 0,
    // Ours says when to try again.
    return503OnClosing: false,
  });
  app.server.on("checkExpectation", answerExpectation);
  addAccessLog(app, options.accessLog);
  const telemetry = options.telemetry ? await loadTelemetry() : undefined;
  const service = await startService(sources, options, app.log, telemetry);
  await telemetry?.watch(app);
  service.metrics.watch(app);
  addCompressedBodies(app);
  addJsonBodies(app);
  const follow = addDrain(app, service, new Connections(maxConnections, timeout));
  addErrors(app);
  addHostCheck(app, options.allowedHosts ?? []);
  addRouteGuard(app, service);
  addSecurity(app, options.corsOrigins ?? [], service.keys);
  addBudget(app, service.budget, maxBody);
  await addCompression(app);
  const wrongMethods = addWrongMethods(app);
  await addOpenApi(app);
  addDocs(app);
  addPage(app);
  await addProtocol(app, service);
  addPeople(app, service);
  addOperation(app, service);
  wrongMethods.close();
  app.addHook("onClose", () => service.pool.close());
  if (options.grpc) {
    const { host = "127.0.0.1", port } = options.grpc;
    const { startGrpc } = await import("../grpc/server.ts");
    const grpc = await startGrpc(service, {
      host,
      port,
      maxBody,
      maxConnections,
      credentials: certificates?.grpc,
      maxCalls: options.maxQueue,
    }).catch(async (error: Error) => {
      await service.pool.close();
      throw error;
    });
    app.decorate("grpcPort", grpc.port);
    app.addHook("preClose", () => grpc.close());
  }
  app.decorate("stiffnet", service);
  if (certificates) {
    certificates.follow(app.server as unknown as TlsServer);
    app.decorate("certificates", certificates);
  }
  if (watch > 0) watchFiles(app, service, watch);
  if (options.admin) await listenForAdmin(app, { ...options.admin, ...limits }, follow, certificates);
  return app;
}

/** The client's own name for a request where it is one, else a new one. */
const requestIdOf = (given: unknown): string =>
  typeof given === "string" && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();

/** Node looks for requests that are late this often. It would answer one without Host by itself, with nothing
 *  in it; the first hook does. */
const httpLimits = (timeout: number) => ({
  requireHostHeader: false,
  headersTimeout: timeout,
  requestTimeout: timeout,
  connectionsCheckingInterval: Math.min(1000, timeout / 4),
});

function watchFiles(app: FastifyInstance, service: Service, interval: number): void {
  let timer: NodeJS.Timeout;
  const look = async (): Promise<void> => {
    await service.repository.refresh();
    if (service.accepting) timer = setTimeout(look, interval).unref();
  };
  timer = setTimeout(look, interval).unref();
  app.addHook("onClose", async () => clearTimeout(timer));
}
