import { request } from "node:http";
import { connect } from "node:net";
import { credentials, makeGenericClientConstructor } from "@grpc/grpc-js";
import type { FastifyInstance } from "fastify";
import { afterEach, expect, test } from "vitest";
import { inferenceService } from "../src/grpc/definition.ts";
import { createServer, type ServeOptions } from "../src/index.ts";
import { writeModel } from "./service.ts";

let server: FastifyInstance;
let port = 0;
afterEach(() => server.close());

async function start(options: ServeOptions = {}): Promise<void> {
  const path = await writeModel("guarded.onnx");
  server = await createServer([path], { workers: 1, log: "silent", watch: 0, ...options });
  await server.listen({ port: 0 });
  port = (server.server.address() as { port: number }).port;
}

/** Status and error, with whatever headers. */
const ask = (path: string, headers: Record<string, string> = {}, method = "GET", to = port) =>
  new Promise<{ status: number; error: string; headers: object }>((resolve, reject) => {
    const sent = request({ port: to, path, method, headers }, (reply) => {
      let text = "";
      reply.on("data", (chunk) => (text += chunk));
      reply.on("end", () => {
        const error = text.startsWith('{"error"') ? JSON.parse(text).error : "";
        resolve({ status: reply.statusCode!, error, headers: reply.headers });
      });
    });
    sent.on("error", reject);
    sent.end();
  });
const unload = "/v2/repository/models/guarded/unload";

test("a page whose name was made to point here cannot unload a model", async () => {
  await start({ allowedHosts: ["surrogate.example.org"] });
  const foreign = { host: `evil.example:${port}`, origin: `http://evil.example:${port}` };
  expect(await ask(unload, foreign, "POST")).toMatchObject({
    status: 403,
    error: expect.stringContaining(`does not answer under the name "evil.example:${port}"`),
  });
  expect((await ask("/v2/models/guarded/ready")).status).toBe(200);
});

test.each([
  ["localhost", 200],
  ["LOCALHOST:8000", 200],
  ["127.0.0.1", 200],
  ["[::1]:9000", 200],
  ["192.0.2.7:80", 200],
  ["surrogate.example.org", 200],
  ["surrogate.example.org.evil.example", 403],
  ["localhost.evil.example", 403],
  ["127.0.0.1.evil.example", 403],
  ["serve.models.svc.cluster.local:8000", 200],
  ["svc.cluster.local", 403],
  ["servesvc.cluster.local", 403],
])("Host %s is %i", async (host, status) => {
  await start({ allowedHosts: ["surrogate.example.org", ".svc.cluster.local"] });
  expect((await ask("/v2", { host })).status).toBe(status);
});

test("every name where that is asked for", async () => {
  await start({ allowedHosts: ["*"] });
  expect((await ask("/v2", { host: "anything.example" })).status).toBe(200);
});

test("two Host headers are 400", async () => {
  await start();
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.write("GET /v2 HTTP/1.1\r\nHost: localhost\r\nhost: evil.example\r\nConnection: close\r\n\r\n"),
    );
    let text = "";
    socket.on("data", (chunk) => (text += chunk));
    socket.on("close", () => resolve(text));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*the header Host stands twice/);
});

test.each([
  ["GET", "/predict", "POST"],
  ["DELETE", "/v2/models/guarded", "GET, HEAD"],
  ["PUT", "/v2/models/guarded/infer", "POST"],
  ["OPTIONS", "/metrics", "GET, HEAD"],
  ["POST", "/", "GET, HEAD"],
  ["TRACE", "/v2", "GET, HEAD"],
  ["QUERY", "/predict", "POST"],
])("%s %s is 405 with Allow", async (method, path, allow) => {
  await start();
  expect(await ask(path, {}, method)).toMatchObject({
    status: 405,
    error: `there is no ${method} here, expected ${allow}`,
    headers: { allow },
  });
});

test("a read-only server neither loads nor unloads", async () => {
  await start({ readOnly: true });
  for (const change of ["load", "unload"]) {
    const reply = await ask(`/v2/repository/models/guarded/${change}`, {}, "POST");
    expect(reply).toMatchObject({ status: 403, error: "this server is read-only" });
  }
  expect((await ask("/metrics")).status).toBe(200);
});

test("operators have a port and keys of their own", async () => {
  await start({ apiKeys: ["usual"], admin: { port: 0, apiKeys: ["operator"] } });
  const { adminPort } = server;
  const key = (name: string) => ({ "x-api-key": name });
  // The usual port has none of it, whatever the key.
  for (const name of ["usual", "operator"]) {
    expect((await ask("/metrics", key(name))).status).toBe(404);
    expect((await ask(unload, key(name), "POST")).status).toBe(404);
  }
  expect((await ask("/v2/models", key("usual"))).status).toBe(200);
  expect((await ask("/v2/models", key("operator"))).status).toBe(401);
  // Theirs has nothing else, but health.
  expect((await ask("/v2/models", key("usual"), "GET", adminPort)).status).toBe(404);
  expect((await ask("/v2/health/ready", {}, "GET", adminPort)).status).toBe(200);
  expect((await ask("/metrics", key("usual"), "GET", adminPort)).status).toBe(401);
  expect((await ask("/metrics", key("operator"), "GET", adminPort)).status).toBe(200);
  expect((await ask(unload, key("operator"), "POST", adminPort)).status).toBe(200);
});

test("what the public may reach is decided by the route, however the address is written", async () => {
  await start({ publicRoutes: ["/v2/models", "/predict"], admin: { port: 0 } });
  const { adminPort } = server;
  for (const path of [
    "/metrics",
    "/%6detrics",
    "/%6Detrics",
    "//metrics",
    "/./metrics",
    "/models",
    "/",
    "/v2",
  ])
    expect((await ask(path)).status, path).toBe(404);
  for (const path of [unload, unload.replace("repository", "%72epository"), unload.replace("/un", "/%75n")])
    expect((await ask(path, {}, "POST")).status, path).toBe(404);
  for (const path of ["/v2/models", "/v2/%6dodels/guarded", "/v2/health/live"])
    expect((await ask(path)).status, path).toBe(200);
  expect((await ask("/predict")).status).toBe(405);
  expect((await ask("/metrics", {}, "GET", adminPort)).status).toBe(200);
});

test("what the public may reach is the same over gRPC", async () => {
  await start({ publicRoutes: ["/v2/models"], grpc: { port: 0 } });
  const make = makeGenericClientConstructor(inferenceService, "any");
  const client = new make(`127.0.0.1:${server.grpcPort}`, credentials.createInsecure());
  const codeOf = (method: string, message: object) =>
    new Promise((resolve) =>
      client[method]!(message, (error: { code: number } | null) => resolve(error?.code ?? 0)),
    );
  // PERMISSION_DENIED 7
  for (const method of ["repositoryIndex", "repositoryModelLoad", "repositoryModelUnload", "serverMetadata"])
    expect(await codeOf(method, { model_name: "guarded" }), method).toBe(7);
  for (const method of ["serverLive", "serverReady"]) expect(await codeOf(method, {}), method).toBe(0);
  for (const method of ["modelReady", "modelMetadata", "modelConfig", "modelStatistics"])
    expect(await codeOf(method, { name: "guarded" }), method).toBe(0);
  client.close();
});

test("a public route that there is none of ends the start", async () => {
  await expect(start({ publicRoutes: ["/v2/model"] })).rejects.toMatchObject({
    code: "bad_option",
    message: expect.stringContaining("--public is '/v2/model'"),
  });
});

test("the body of a change may be left out, but null is none", async () => {
  await start();
  for (const path of ["/v2/repository/index", "/v2/repository/models/guarded/load"]) {
    expect((await ask(path, {}, "POST")).status).toBe(200);
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "null",
    });
    expect(answer.status).toBe(400);
  }
});
