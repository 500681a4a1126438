import { availableParallelism } from "node:os";
import { ServerCredentials } from "@grpc/grpc-js";
import Fastify, { type FastifyInstance, LogController } from "fastify";
import { ServeError } from "../errors.ts";
import { startGrpc } from "../grpc/server.ts";
import { createPool } from "../inference/pool.ts";
import { createMetrics, type WatchingMetrics } from "../metrics.ts";
import { findModels, readModel } from "../models/files.ts";
import { createRegistry } from "../models/registry.ts";
import { createRepository } from "../models/repository.ts";
import { addPage } from "../page/routes.ts";
import type { Siblings } from "../processes/member.ts";
import type { Service } from "../service.ts";
import { type AdminOptions, addAdminGuard, listenForAdmin } from "./admin.ts";
import { addJsonBodies } from "./body.ts";
import { addDocs } from "./docs.ts";
import { addDrain } from "./drain.ts";
import { addErrors, addWrongMethods, answerClientError, answerError } from "./error-handling.ts";
import { addHostCheck } from "./hosts.ts";
import { createKeys } from "./keys.ts";
import { addOpenApi } from "./openapi.ts";
import { requestIdOf } from "./request-id.ts";
import { addOperation } from "./routes/operation.ts";
import { addPeople } from "./routes/people.ts";
import { addProtocol } from "./routes/protocol.ts";
import { addSecurity, type Keyrings, type SecurityOptions } from "./security.ts";

export interface ServeOptions extends SecurityOptions {
  /** Inference threads; by default one for each core, at most 4. */
  readonly workers?: number;
  /** Requests that may wait before further ones are refused with 503; 1024 by default. */
  readonly maxQueue?: number;
  /** Rows that are run at once; 256 by default. */
  readonly maxBatch?: number;
  /** Rows of one request; 65536 by default. */
  readonly maxRows?: number;
  /** Largest body in bytes; 16 MiB by default. */
  readonly maxBody?: number;
  /** Connections at one time; 4096 by default. */
  readonly maxConnections?: number;
  /** Milliseconds after which a request is answered with 503; 30,000 by default. A client may ask for
   *  less. */
  readonly timeout?: number;
  /** Where the same protocol is spoken over gRPC (without TLS); not at all by default. */
  readonly grpc?: { readonly port: number; readonly host?: string };
  /** Milliseconds between two looks at the files for new versions; 1000 by default, 0 for never. */
  readonly watch?: number;
  /** Level of the structured log on stderr: "info" logs every request; "warn" by default. */
  readonly log?: "silent" | "error" | "warn" | "info" | "debug";
  /** Where and to whom the routes for operators answer: loading, unloading, the index and metrics. */
  readonly admin?: AdminOptions;
  /** Refuses to load and unload. */
  readonly readOnly?: boolean;
  /** Other processes that answer on the same port; see `--processes`. */
  readonly siblings?: Siblings;
}

/** A Fastify server that answers from the given models: FILE.onnx, NAME=FILE.onnx or folders of them. Not
 *  listening yet: `await server.listen({ port })`. `server.close()` answers what was accepted and ends the
 *  workers. Sources that hold no model, or a file that is none, are a `ServeError`. */
export async function createServer(
  sources: readonly string[],
  options: ServeOptions = {},
): Promise<FastifyInstance> {
  const { log = "warn", timeout = 30_000, watch = 1000, maxBody = 16 * 1024 ** 2 } = options;
  const service = await createService(sources, { ...options, timeout });
  const chatty = log === "info" || log === "debug";
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
    // Node would answer a request without Host by itself, with nothing in it; the first hook does.
    http: { requireHostHeader: false },
    // A body must arrive within this time, however slowly it is sent.
    requestTimeout: timeout,
    keepAliveTimeout: 72_000,
    // Ours says when to try again.
    return503OnClosing: false,
  });
  app.server.maxConnections = options.maxConnections ?? 4096;
  addJsonBodies(app);
  addDrain(app, service);
  addErrors(app);
  addHostCheck(app, options.allowedHosts ?? []);
  addAdminGuard(app, service);
  addSecurity(app, options, service.keys);
  const wrongMethods = addWrongMethods(app);
  service.metrics.watch(app);
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
    const grpc = await startGrpc(service, {
      ...{ host, port, maxBody },
      credentials: ServerCredentials.createInsecure(),
    }).catch(async (error: Error) => {
      await service.pool.close();
      throw error;
    });
    app.decorate("grpcPort", grpc.port);
    app.addHook("preClose", () => grpc.close());
  }
  // For a program that watches over the workers; `await pool.kill(k)` is what the soak test does.
  app.decorate("stiffnet", service);
  if (watch > 0) watchFiles(app, service, watch);
  if (options.admin) await listenForAdmin(app, options.admin);
  return app;
}

async function createService(
  sources: readonly string[],
  options: ServeOptions & { readonly timeout: number },
): Promise<Service & { readonly metrics: WatchingMetrics }> {
  const files = await findModels(sources);
  if (files.length === 0) {
    throw new ServeError(`${sources.join(", ")}: no model, expected FILE.onnx or NAME/VERSION/model.onnx`, {
      code: "no_model",
    });
  }
  // Whatever is wrong with one of them is said before anything is started.
  for (const file of files) await readModel(file);
  const pool = await createPool({
    workers: options.workers ?? Math.min(4, availableParallelism()),
    maxQueue: options.maxQueue ?? 1024,
    maxBatch: options.maxBatch ?? 256,
  });
  const registry = createRegistry();
  const repository = createRepository(sources, registry, pool);
  try {
    for (const name of new Set(files.map((file) => file.name))) await repository.load(name);
  } catch (error) {
    await pool.close();
    throw new ServeError((error as Error).message, { code: "not_onnx" });
  }
  const metrics = createMetrics(pool);
  const { load, unload } = repository;
  const shared = options.siblings?.join({ load, unload, counts: metrics.counts });
  return {
    registry,
    repository: { ...repository, ...(shared && { load: shared.load, unload: shared.unload }) },
    pool,
    metrics: { ...metrics, ...(shared && { text: shared.metrics }) },
    keys: keysOf(options),
    readOnly: options.readOnly ?? false,
    adminElsewhere: options.admin?.port !== undefined,
    maxRows: options.maxRows ?? 65_536,
    timeout: options.timeout,
    accepting: true,
  };
}

function keysOf({ apiKeys = [], admin }: ServeOptions): Keyrings {
  const usual = createKeys(apiKeys);
  return { usual, admin: admin?.apiKeys ? createKeys(admin.apiKeys) : usual };
}

function watchFiles(app: FastifyInstance, service: Service, interval: number): void {
  let timer: NodeJS.Timeout;
  const look = async (): Promise<void> => {
    const before = service.registry.all().map(({ key }) => key);
    await service.repository.refresh();
    const after = service.registry.all().map(({ key }) => key);
    if (`${before}` !== `${after}`) app.log.info({ models: after }, "models changed on disk");
    if (service.accepting) timer = setTimeout(look, interval).unref();
  };
  timer = setTimeout(look, interval).unref();
  app.addHook("onClose", async () => clearTimeout(timer));
}
