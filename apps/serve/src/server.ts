import { availableParallelism } from "node:os";
import Fastify, { type FastifyInstance } from "fastify";
import { addErrors } from "./errorHandling.ts";
import { ServeError } from "./errors.ts";
import { addInference } from "./inferenceRoutes.ts";
import { findModels, readModel } from "./models.ts";
import { addPage } from "./page.ts";
import { createPool } from "./pool.ts";
import { createRegistry } from "./registry.ts";
import type { Service } from "./service.ts";

export interface ServeOptions {
  /** Inference threads; by default one for each core, at most 4. */
  readonly workers?: number;
  /** Requests that may wait before further ones are refused with 503; 1024 by default. */
  readonly maxQueue?: number;
  /** Rows that are run at once; 256 by default. */
  readonly maxBatch?: number;
  /** Largest body in bytes; 16 MiB by default. */
  readonly maxBody?: number;
  /** Level of the structured log on stderr: "info" logs every request; "warn" by default. */
  readonly log?: "silent" | "error" | "warn" | "info" | "debug";
}

/** A Fastify server that answers from the given models: FILE.onnx, NAME=FILE.onnx or folders of them. Not listening yet:
 *  `await server.listen({ port })`. `server.close()` answers what was accepted and ends the workers. */
export async function createServer(
  sources: readonly string[],
  options: ServeOptions = {},
): Promise<FastifyInstance> {
  const files = await findModels(sources);
  if (files.length === 0) {
    throw new ServeError(`${sources.join(", ")}: no model, expected FILE.onnx or NAME/VERSION/model.onnx`, {
      code: "no_model",
    });
  }
  const models = await Promise.all(files.map(readModel));
  const pool = await createPool({
    workers: options.workers ?? Math.min(4, availableParallelism()),
    maxQueue: options.maxQueue ?? 1024,
    maxBatch: options.maxBatch ?? 256,
  });
  const service: Service = { registry: createRegistry(), pool, accepting: true };
  for (const model of models) {
    await pool.load(model.key, model.bytes);
    service.registry.set(model);
  }
  const app = Fastify({
    logger: { level: options.log ?? "warn", stream: process.stderr },
    bodyLimit: options.maxBody ?? 16 * 1024 ** 2,
    routerOptions: { maxParamLength: 200 },
    requestIdHeader: "x-request-id",
  });
  // Bodies are parsed by the routes, strictly; here they are only read.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  addErrors(app);
  addPage(app);
  addInference(app, service);
  app.addHook("preClose", async () => {
    service.accepting = false;
  });
  app.addHook("onClose", () => pool.close());
  return app;
}
