import { connect } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createServer } from "../src/index.ts";
import { writeModel } from "./service.ts";

let server: FastifyInstance;
let port: number;
beforeAll(async () => {
  server = await createServer([await writeModel("secured.onnx")], {
    workers: 1,
    log: "silent",
    watch: 0,
    apiKeys: ["first-key", "second-key"],
    corsOrigins: ["https://friend.example"],
    maxBody: 1000,
  });
  await server.listen({ port: 0 });
  port = (server.server.address() as { port: number }).port;
});
afterAll(() => server.close());

const get = (url: string, headers: Record<string, string> = {}) => server.inject({ url, headers });

describe("API keys", () => {
  test.each([
    [{}, 401],
    [{ authorization: "Bearer first-key" }, 200],
    [{ "x-api-key": "second-key" }, 200],
    [{ authorization: "Bearer other" }, 401],
    [{ authorization: "Basic first-key" }, 401],
    [{ "x-api-key": "" }, 401],
  ])("%j gives %i", async (headers, status) => {
    const reply = await get("/v2/models", headers as Record<string, string>);
    expect(reply.statusCode).toBe(status);
    if (status === 401) {
      expect(reply.json().error).toMatch(
        /^the API key is (missing|not known), expected Authorization: Bearer KEY/,
      );
      expect(reply.headers["www-authenticate"]).toBe("Bearer");
    }
  });

  test.each(["/", "/app.js", "/v2/health/live", "/v2/health/ready", "/docs"])(
    "%s needs none",
    async (url) => {
      expect((await get(url)).statusCode).toBe(200);
    },
  );

  test.each(["/metrics", "/models", "/models/secured/file", "/predict", "/none"])(
    "%s needs one",
    async (url) => {
      expect((await get(url)).statusCode).toBe(401);
    },
  );
});

describe("browsers", () => {
  const key = { "x-api-key": "first-key" };

  test("a page of another origin is refused, also without a key of its own", async () => {
    const reply = await get("/v2", { ...key, origin: "https://foe.example", host: "localhost" });
    expect(reply.statusCode).toBe(403);
    expect(reply.headers).not.toHaveProperty("access-control-allow-origin");
  });

  test("the page's own origin and an allowed one may ask", async () => {
    expect(
      (await get("/v2", { ...key, origin: "http://localhost:8000", host: "localhost:8000" })).statusCode,
    ).toBe(200);
    const reply = await get("/v2", { ...key, origin: "https://friend.example", host: "localhost" });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers["access-control-allow-origin"]).toBe("https://friend.example");
    const preflight = await server.inject({
      method: "OPTIONS",
      url: "/predict",
      headers: { origin: "https://friend.example" },
    });
    expect(preflight.statusCode).toBe(204);
  });

  test("a page of an allowed origin may read and send the service's own headers", async () => {
    const reply = await server.inject({
      method: "POST",
      url: "/v2/models/secured/infer",
      headers: { ...key, origin: "https://friend.example", "inference-header-content-length": "0" },
      payload: Buffer.from(Float32Array.of(800, 2, 1.5).buffer),
    });
    expect(reply.statusCode).toBe(200);
    const listed = (header: string) => String(reply.headers[`access-control-${header}`]).split(", ");
    const browsers =
      /^(access-control|cache-control|connection|content-|cross-origin|date|vary|x-content-type)/;
    const own = Object.keys(reply.headers).filter((name) => !browsers.test(name));
    expect(own).toContain("model-name");
    expect(listed("expose-headers")).toEqual(expect.arrayContaining(own));
    const sent = ["authorization", "x-api-key", "content-type", "content-encoding", "x-request-id"];
    expect(listed("allow-headers")).toEqual(
      expect.arrayContaining([...sent, "inference-header-content-length"]),
    );
  });

  test("an allowed origin may not watch or change the service", async () => {
    const headers = { ...key, origin: "https://friend.example", host: "localhost" };
    for (const [method, url] of [
      ["GET", "/metrics"],
      ["OPTIONS", "/metrics"],
      ["POST", "/v2/repository/index"],
      ["POST", "/v2/repository/models/secured/unload"],
      ["OPTIONS", "/v2/repository/models/secured/unload"],
    ] as const) {
      const reply = await server.inject({ method, url, headers });
      expect(reply.statusCode, url).toBe(403);
      expect(reply.headers).not.toHaveProperty("access-control-allow-origin");
    }
  });

  test("every answer carries the headers that keep browsers strict, and the request's id", async () => {
    const reply = await get("/", { "x-request-id": "abc-1" });
    expect(reply.headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "x-request-id": "abc-1",
      "content-security-policy": expect.stringContaining("default-src 'none'"),
    });
    expect((await get("/", { "x-request-id": 'a"b\n' })).headers["x-request-id"]).toMatch(/^[\w-]{36}$/);
  });
});

describe("limits", () => {
  test("a body that is too large is 413", async () => {
    const reply = await server.inject({
      method: "POST",
      url: "/predict",
      headers: { "x-api-key": "first-key" },
      payload: "x".repeat(1001),
    });
    expect(reply.statusCode).toBe(413);
    expect(reply.json()).toEqual({ error: "the body is larger than this server takes" });
  });

  /** Raw bytes to the socket, the answer as text. */
  const raw = (text: string) =>
    new Promise<string>((resolve) => {
      let answer = "";
      const socket = connect(port, "127.0.0.1", () => socket.write(text));
      socket.on("data", (chunk) => {
        answer += chunk;
      });
      socket.on("close", () => resolve(answer));
    });

  test.each([
    ["what is not HTTP", "hello\r\n\r\n", 400],
    ["headers without end", `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431],
    [
      "two lengths",
      "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
      400,
    ],
    ["an expectation that nobody knows", "GET / HTTP/1.1\r\nHost: localhost\r\nExpect: tea\r\n\r\n", 417],
  ])("%s is answered as JSON", async (_, text, status) => {
    const answer = await raw(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(answer.split("\r\n\r\n")[1]!)).toEqual({ error: expect.any(String) });
  });
});

describe("operation", () => {
  const key = { "x-api-key": "first-key" };

  test("metrics count requests by route, not by address", async () => {
    await get("/v2/models/secured", key);
    await get("/v2/models/made-up", key);
    await get("/anything/at/all", key);
    const { body } = await get("/metrics", key);
    expect(body).toContain('stiffnet_requests_total{method="GET",route="/v2/models/:model",status="200"} 1');
    expect(body).toContain('stiffnet_requests_total{method="GET",route="/v2/models/:model",status="404"} 1');
    expect(body).toContain('route="none",status="404"');
    expect(body).not.toContain("made-up");
    expect(body).toContain("stiffnet_ready_workers 1");
  });
});
