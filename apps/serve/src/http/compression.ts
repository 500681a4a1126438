import compress from "@fastify/compress";
import type { FastifyInstance } from "fastify";

/** Shorter answers are sent as they are: compressing them takes longer than sending them. */
const threshold = 16 * 1024;
/** Memory of zlib while it compresses one answer. */
const held = 320 * 1024;

/** Compresses long answers for clients that ask for it, as long as there is memory to do so. */
export async function addCompression(app: FastifyInstance): Promise<void> {
  app.addHook("onSend", (request, _reply, payload, done) => {
    const short = (typeof payload === "string" || Buffer.isBuffer(payload)) && payload.length < threshold;
    if (!short && request.headers["accept-encoding"] !== undefined && !request.share?.tryTake(held))
      request.headers["x-no-compression"] = "1";
    done(null, payload);
  });
  await app.register(compress, {
    globalDecompression: false,
    encodings: ["gzip", "deflate"],
    threshold,
    // Not tensors as bytes: they become little smaller.
    customTypes: /^(application\/json|text\/)/,
    // Digits are compressed as well at the fastest level.
    zlibOptions: { level: 1 },
  });
}
