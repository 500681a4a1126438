// Serves the built site on this machine alone, and says where.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** What answers with the files of the site; `of` is its folder. */
export function siteServer(of = folder) {
  return createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://site").pathname));
    const asked = join(of, path);
    const file = [asked, `${asked}.html`, join(asked, "index.html")].find(
      (name) => name.startsWith(of) && existsSync(name) && statSync(name).isFile(),
    );
    response.writeHead(file ? 200 : 404, {
      "content-type": types[extname(file ?? ".html")] ?? "application/octet-stream",
    });
    const missing = join(of, "404.html");
    if (file === undefined && !existsSync(missing)) response.end("not found");
    else createReadStream(file ?? missing).pipe(response);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(process.env.PORT ?? 4173);
  const server = siteServer();
  server.on("error", (error) => {
    process.stderr.write(`site: ${error.message}; PORT=${port + 1} npm run site takes another port\n`);
    process.exitCode = 1;
  });
  server.listen(port, "127.0.0.1", () =>
    process.stdout.write(`site: http://127.0.0.1:${port}/ (Ctrl-C ends it)\n`),
  );
}
