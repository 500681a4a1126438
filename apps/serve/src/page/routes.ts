import { readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";

/** The page's scripts, each behind those that it imports. */
export const pageScripts: readonly string[] = [
  "activations",
  "eigenvalues",
  "network",
  "stability",
  "plots",
  "elements",
  "code-view",
  "history-view",
  "views",
  "service",
  "app",
];

const folder = new URL("../../page/", import.meta.url);
const files: readonly (readonly [route: string, name: string, type: string])[] = [
  ["/", "index.html", "text/html; charset=utf-8"],
  ["/style.css", "style.css", "text/css; charset=utf-8"],
  ...pageScripts.map((name) => [`/${name}.js`, `${name}.js`, "text/javascript; charset=utf-8"] as const),
];

/** Nothing from elsewhere, nothing inline, no framing. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function addPage(app: FastifyInstance): void {
  for (const [route, name, type] of files) {
    const content = readFileSync(new URL(name, folder));
    app.get(route, { config: { open: true } }, (_request, reply) =>
      reply
        .type(type)
        .header("x-frame-options", "DENY")
        .header("referrer-policy", "no-referrer")
        .header("content-security-policy", policy)
        .header("cache-control", "no-cache")
        .send(content),
    );
  }
}
