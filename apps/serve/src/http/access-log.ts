import type { FastifyInstance } from "fastify";
import pino from "pino";

declare module "fastify" {
  interface FastifyInstance {
    /** Writes to the file of this name from now on: after it was moved away. */
    reopenAccessLog(): void;
  }
}

/** One JSON line a request once it is answered, in a file or, with "-", on standard output. Lines are
 *  gathered and written together, at least once a second: a line costs little, and the last second's can be
 *  lost with the process. */
export function addAccessLog(app: FastifyInstance, file: string | undefined): void {
  if (file === undefined) {
    app.decorate("reopenAccessLog", () => {});
    return;
  }
  const sink = pino.destination({
    dest: file === "-" ? 1 : file,
    ...{ append: true, mkdir: false, sync: false, minLength: 8192, periodicFlush: 1000 },
  });
  const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: "message" }, sink);
  sink.on("error", (error: Error) => app.log.error(`access log ${file}: ${error.message}`));
  app.addHook("onResponse", (request, reply, done) => {
    const { id, method, url, ip } = request;
    log.info({
      ...{ id, method, url, route: request.routeOptions.url, status: reply.statusCode, ip },
      milliseconds: Number(reply.elapsedTime.toFixed(3)),
      ...(reply.getHeader("model-name") !== undefined && {
        model: reply.getHeader("model-name"),
        version: reply.getHeader("model-version"),
      }),
      bytes: Number(reply.getHeader("content-length") ?? 0),
    });
    done();
  });
  app.addHook("onClose", () => new Promise<void>((resolve) => sink.flush(() => resolve())));
  app.decorate("reopenAccessLog", () => {
    if (file !== "-") sink.reopen();
  });
}
