import type { FastifyInstance } from "fastify";

/** One line for each request once it is answered, at the level info. */
export function addRequestLog(app: FastifyInstance): void {
  app.addHook("onResponse", (request, reply, done) => {
    const { id, method, url, ip, keyName } = request;
    const forwarded = request.headers["x-forwarded-for"];
    app.log.info(
      {
        ...{ id, method, url, route: request.routeOptions.url, status: reply.statusCode, ip },
        ...(forwarded !== undefined && { forwarded: String(forwarded).slice(0, 200) }),
        ...(keyName !== undefined && { key: keyName }),
        milliseconds: Number(reply.elapsedTime.toFixed(3)),
        ...(reply.getHeader("model-name") !== undefined && {
          model: reply.getHeader("model-name"),
          version: reply.getHeader("model-version"),
        }),
        bytes: Number(reply.getHeader("content-length") ?? 0),
      },
      "answered",
    );
    done();
  });
}
