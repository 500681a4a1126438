import type { FastifyInstance } from "fastify";
import pino from "pino";

declare module "fastify" {
  interface FastifyInstance {
    /** Writes to the file of this name from now on: after it was moved away. */
    reopenAccessLog(): void;
  }
}

/** One JSON line a request once it is answered, in a file or, with "-", on standard output. Lines are
 *  gathered and written together, at least once a second. The lines of the last second can be lost with the
 *  process. If the disk is full, at most a mebibyte of lines waits. */
export function addAccessLog(app: FastifyInstance, file: string | undefined): void {
  if (file === undefined) {
    app.decorate("reopenAccessLog", () => {});
    return;
  }
  const sink = pino.destination({
    dest: file === "-" ? 1 : file,
    append: true,
    mkdir: false,
    sync: false,
    minLength: 8192,
    maxLength: 2 ** 20,
    periodicFlush: 1000,
  });
  const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: "message" }, sink);
  let told = false;
  sink.on("error", (error: Error) => {
    if (!told) app.log.error(`access log ${file}: ${error.message}; lines are lost until this is mended`);
    told = true;
  });
  sink.on("drain", () => {
    told = false;
  });
  app.addHook("onResponse", (request, reply, done) => {
    const { id, method, url, ip, keyName } = request;
    const forwarded = request.headers["x-forwarded-for"];
    log.info({
      id,
      method,
      url,
      route: request.routeOptions.url,
      status: reply.statusCode,
      ip,
      ...(forwarded !== undefined && { forwarded: String(forwarded).slice(0, 200) }),
      ...(keyName !== undefined && { key: keyName }),
      milliseconds: Number(reply.elapsedTime.toFixed(3)),
      ...(reply.getHeader("model-name") !== undefined && {
        model: reply.getHeader("model-name"),
        version: reply.getHeader("model-version"),
      }),
      bytes: Number(reply.getHeader("content-length") ?? 0),
    });
    done();
  });
  app.addHook("onClose", async () => {
    const flushed = new Promise<void>((resolve) => sink.flush(() => resolve()));
    const given = new Promise<void>((resolve) => setTimeout(resolve, 1000));
    await Promise.race([flushed, given]);
    // Else pino would go on trying as the process ends, for ever where the disk is full.
    sink.destroy();
  });
  app.decorate("reopenAccessLog", () => {
    if (file !== "-") sink.reopen();
  });
}
