import type { Metadata } from "@grpc/grpc-js";
import type { Context, Span } from "@opentelemetry/api";
import type { FastifyInstance } from "fastify";
import { ServeError } from "./errors.ts";

/** Told of the parts of a request once they have been run; times are those of performance.now(). */
export interface Trace {
  ran(model: string, queued: number, started: number, ended: number): void;
}

/** Spans for whatever OpenTelemetry SDK the process has loaded; without an SDK they cost little. */
export type Telemetry = Awaited<ReturnType<typeof loadTelemetry>>;

/** Uses Fastify's own instrumentation and OpenTelemetry's API, which whoever wants spans installs. */
export async function loadTelemetry() {
  const [{ FastifyOtelInstrumentation }, api] = await Promise.all([
    import("@fastify/otel"),
    import("@opentelemetry/api"),
  ]).catch(() => {
    const packages = "@fastify/otel @opentelemetry/api";
    throw new ServeError(`--otel needs packages that are not installed: npm install ${packages}`, {
      code: "bad_option",
    });
  });
  const { context, propagation, SpanKind, SpanStatusCode, trace } = api;
  const tracer = trace.getTracer("stiffnet-serve");
  const traceIn = (parent: Context): Trace => ({
    ran(model, queued, started, ended) {
      const attributes = { "stiffnet.model": model };
      // An SDK converts times of performance.now() for each span, and the parts would not meet.
      const since = Date.now() - performance.now();
      tracer.startSpan("queue", { startTime: since + queued, attributes }, parent).end(since + started);
      tracer.startSpan("compute", { startTime: since + started, attributes }, parent).end(since + ended);
    },
  });
  return {
    /** Makes a span of every later request over HTTP. */
    async watch(app: FastifyInstance): Promise<void> {
      await app.register(new FastifyOtelInstrumentation({ instrumentHooks: false }).plugin());
    },
    /** Trace of the current request. */
    current: () => traceIn(context.active()),
    /** The span of a call over gRPC. */
    call(service: string, method: string, metadata: Metadata) {
      const above = propagation.extract(context.active(), metadata, {
        keys: (of) => Object.keys(of.getMap()),
        get: (of, key) => of.get(key)[0]?.toString(),
      });
      const attributes = { "rpc.system": "grpc", "rpc.service": service, "rpc.method": method };
      const span: Span = tracer.startSpan(
        `${service}/${method}`,
        { kind: SpanKind.SERVER, attributes },
        above,
      );
      return {
        ...traceIn(trace.setSpan(above, span)),
        end(code: number): void {
          span.setAttribute("rpc.grpc.status_code", code);
          if (code !== 0) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
  };
}
