import type { FastifyInstance } from "fastify";
import type { Budget, Share } from "../budget.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Memory that the request holds until its answer is taken. */
    share: Share;
  }
}

/** How often the bytes of a body are in memory while it is read: as they came, as one, and as what they
 *  say. */
export const copies = 3;

/** Counts what requests hold. A body whose length is known is refused before it is read. */
export function addBudget(app: FastifyInstance, budget: Budget, maxBody: number): void {
  app.decorateRequest("share", null as unknown as Share);
  app.addHook("onRequest", (request, _reply, done) => {
    const share = budget.share(request.raw.socket);
    request.share = share;
    const length = request.headers["content-length"];
    // A longer one is 413 as soon as Fastify looks at it.
    if (length !== undefined && Number(length) <= maxBody) share.take(copies * Number(length));
    done();
  });
  app.addHook("onResponse", (request, _reply, done) => {
    request.share?.release();
    done();
  });
}
