// Builds the site and serves it on this machine alone, and says where.
import { spawnSync } from "node:child_process";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** A server for the files of the site. `of` is its folder. */
export function siteServer(of = folder) {
  return createServer((request, response) => {
    const asked = join(of, normalize(pathOf(request.url ?? "/")));
    const file = [asked, `${asked}.html`, join(asked, "index.html")].find(
      (name) => name.startsWith(join(of, sep)) && existsSync(name) && statSync(name).isFile(),
    );
    const sent = file ?? join(of, "404.html");
    response.writeHead(file ? 200 : 404, {
      "content-type": types[extname(sent)] ?? "application/octet-stream",
      // Their names change with what they hold. Both networks of the playground load one worker.
      ...(sent.startsWith(join(of, "assets", sep)) && { "cache-control": "max-age=31536000, immutable" }),
    });
    if (file === undefined && !existsSync(sent)) response.end("not found");
    else createReadStream(sent).pipe(response);
  });
}

/** The file for an address. An unreadable address gets a missing file. */
function pathOf(address) {
  try {
    return decodeURIComponent(new URL(`http://site${address}`).pathname);
  } catch {
    return "/\0"; // No file is called so.
  }
}

const usage = `Usage: npm run site -- [--port <number>]

Builds the documentation and the playground, and serves them on this machine alone.

  --port <number>  where, 4173 unless given; 0 takes any that is free
  --help           this
`;

/** Builds once the port is known to be free: that takes minutes, and what asks meanwhile waits. */
function main(words) {
  const options = { port: { type: "string", default: "4173" }, help: { type: "boolean" } };
  const { port, help } = parseArgs({ args: words, options }).values;
  if (help) return process.stdout.write(usage);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new Error(`--port has '${port}', expected a number from 0 to 65535`);
  const server = siteServer();
  server.on("error", ({ code, message }) => {
    fail(
      code === "EADDRINUSE"
        ? `port ${port} is taken: npm run site -- --port 0 takes one that is free`
        : message,
    );
  });
  server.listen(Number(port), "127.0.0.1", () => {
    const built = spawnSync("npm run site:build", { stdio: ["ignore", 2, 2], shell: true });
    if (built.status !== 0) return process.exit(built.status ?? 1);
    process.stdout.write(`site: http://127.0.0.1:${server.address().port}/ (Ctrl-C ends it)\n`);
  });
}

function fail(reason) {
  process.stderr.write(`site: ${reason}\n`);
  process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    fail(`${error.message}\n\n${usage}`);
  }
}
