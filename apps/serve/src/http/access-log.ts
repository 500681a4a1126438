import { closeSync, openSync } from "node:fs";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import pino from "pino";
import { ServeError } from "../errors.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** Writes to the file of this name from now on: after it was moved away. */
    reopenAccessLog(): void;
  }
}

/** Status of a request that has ended: 499 if the client left before the end of the answer. */
export const statusOf = ({ raw, statusCode }: FastifyReply): number => (raw.writableEnded ? statusCode : 499);

/** One JSON line a request once it has ended, in a file or, with "-", on standard output. Lines are gathered
 *  and written together, at least once a second. The lines of the last second can be lost with the process.
 *  If the disk is full, at most a mebibyte of lines waits. A file that cannot be opened is a `ServeError`. */
export function addAccessLog(app: FastifyInstance, file: string | undefined): void {
  if (file === undefined) {
    app.decorate("reopenAccessLog", () => {});
    return;
  }
  // A sink that never was open would end the process with its first line.
  if (file !== "-") requireWritable(file);
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
  const write = (request: FastifyRequest, reply: FastifyReply): void => {
    const { id, method, url, ip, keyName } = request;
    const forwarded = request.headers["x-forwarded-for"];
    const length = reply.getHeader("content-length");
    log.info({
      id,
      method,
      url,
      route: request.routeOptions.url,
      status: statusOf(reply),
      ip,
      ...(forwarded !== undefined && { forwarded: String(forwarded).slice(0, 200) }),
      ...(keyName !== undefined && { key: keyName }),
      milliseconds: Number(reply.elapsedTime.toFixed(3)),
      ...(reply.getHeader("model-name") !== undefined && {
        model: reply.getHeader("model-name"),
        version: reply.getHeader("model-version"),
      }),
      // Unknown where the answer is sent in parts.
      ...(length !== undefined && { bytes: Number(length) }),
    });
  };
  app.addHook("onRequest", (request, reply, done) => {
    // Fastify's onResponse does not come where the client leaves.
    reply.raw.once("close", () => write(request, reply));
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

function requireWritable(file: string): void {
  try {
    closeSync(openSync(file, "a"));
  } catch (error) {
    throw new ServeError(`--access-log ${file}: ${(error as Error).message}`, { code: "bad_option" });
  }
}
