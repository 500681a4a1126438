import { isIP } from "node:net";
import { hostname } from "node:os";
import type { FastifyInstance } from "fastify";
import { badRequest, HttpError } from "../errors.ts";
import { quoted } from "../json/parse.ts";

/** Refuses requests to another name than this server's. That stops DNS rebinding: an attacker can make a
 *  name point at this server, but cannot change the name that the browser sends. Addresses, localhost and the
 *  machine's own name are always accepted. `allowed` adds names; "*" allows any name and ".example.org" all
 *  names with that end. */
export function addHostCheck(app: FastifyInstance, allowed: readonly string[]): void {
  const names = new Set(["localhost", hostname(), ...allowed].map((name) => name.toLowerCase()));
  const any = names.has("*");
  const endings = [...names].filter((name) => name.startsWith("."));
  const answersFor = (name: string): boolean =>
    any || names.has(name) || isIP(name) !== 0 || endings.some((ending) => name.endsWith(ending));
  app.addHook("onRequest", (request, _reply, done) => {
    const { host } = request.headers;
    if (host === undefined) {
      if (request.raw.httpVersion === "1.1") throw badRequest("the header Host is missing");
    } else {
      // Node keeps the first of several.
      const names = request.raw.rawHeaders.filter((_, k) => k % 2 === 0);
      if (names.filter((name) => name.toLowerCase() === "host").length > 1)
        throw badRequest("the header Host stands twice");
      if (!answersFor(nameOf(host))) {
        throw new HttpError(
          403,
          `this server does not answer under the name ${quoted(host)} (allow it with --allow-host, or let the proxy keep the header Host)`,
        );
      }
    }
    done();
  });
}

/** Without the port, and without the brackets of an IPv6 address. */
function nameOf(host: string): string {
  const end = host.startsWith("[") ? host.indexOf("]") : host.indexOf(":");
  return host.slice(host.startsWith("[") ? 1 : 0, end < 0 ? undefined : end).toLowerCase();
}
