import type { FastifyInstance } from "fastify";
import { ServeError } from "../errors.ts";

/** Spans of every request through whatever OpenTelemetry SDK the process has loaded, by Fastify's own
 *  instrumentation, which whoever wants it installs. */
export async function addTelemetry(app: FastifyInstance): Promise<void> {
  const instrumentation = await import("@fastify/otel").catch(() => {
    throw new ServeError("--otel needs the package @fastify/otel: npm install @fastify/otel", {
      code: "bad_option",
    });
  });
  const { FastifyOtelInstrumentation } = instrumentation;
  await app.register(new FastifyOtelInstrumentation({ instrumentHooks: false }).plugin());
}
