import type { FastifyInstance } from "fastify";
import { served } from "#page";

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

/** Only files of this server, no inline scripts and no frames. The kernels are WebAssembly. */
const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function addPage(app: FastifyInstance): void {
  for (const [name, text] of Object.entries(served)) {
    const content = Buffer.from(text);
    const route = name === "index.html" ? "/" : `/${name}`;
    app.get(route, { config: { open: true } }, (_request, reply) =>
      reply
        .type(types[name.slice(name.lastIndexOf(".") + 1)]!)
        .header("x-frame-options", "DENY")
        .header("referrer-policy", "no-referrer")
        .header("content-security-policy", policy)
        .header("cache-control", "no-cache")
        .send(content),
    );
  }
}
