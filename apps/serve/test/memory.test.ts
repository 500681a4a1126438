import { type ClientHttp2Session, connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { afterEach, describe, expect, test } from "vitest";
import type { Budget } from "../src/budget.ts";
import { Connections } from "../src/http/connections.ts";
import { createServer, type ServeOptions } from "../src/index.ts";
import { writeModel } from "./service.ts";

let server: FastifyInstance;
let port = 0;
const sockets: Socket[] = [];
const sessions: ClientHttp2Session[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const session of sessions.splice(0)) session.destroy();
  await server.close();
});

async function start(options: ServeOptions = {}): Promise<void> {
  const path = await writeModel("memory.onnx");
  server = await createServer([path], { workers: 1, log: "silent", watch: 0, ...options });
  await server.listen({ port: 0 });
  port = (server.server.address() as { port: number }).port;
}
const budget = (): Budget => server.stiffnet.budget;

/** Everything that its own connection receives until it ends. */
function raw(text: string | Buffer): { socket: Socket; answer: Promise<string> } {
  const socket = connect(port, "127.0.0.1", () => socket.write(text));
  sockets.push(socket);
  socket.on("error", () => {});
  const answer = new Promise<string>((resolve) => {
    let all = "";
    socket.on("data", (chunk) => (all += chunk));
    socket.on("close", () => resolve(all));
  });
  return { socket, answer };
}
const head = (more: string, path = "/v2/models/memory/infer") =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${more}\r\n\r\n`;
const health = () => fetch(`http://127.0.0.1:${port}/v2/health/live`, { signal: AbortSignal.timeout(5000) });
const body = (rows: number, more: object = {}) =>
  JSON.stringify({
    inputs: [
      {
        name: "inputs",
        datatype: "FP32",
        shape: [rows, 3],
        data: Array.from({ length: rows }, () => [700, 1, 1.2]).flat(),
      },
    ],
    ...more,
  });
const ask = (text: string) =>
  server.inject({
    method: "POST",
    url: "/v2/models/memory/infer",
    payload: text,
    headers: { "content-type": "application/json" },
  });

describe("bodies that are read", () => {
  test("one for which no memory is left is refused before it is read, until others end", async () => {
    await start({ maxMemory: 1_000_000, timeout: 1500 });
    const half = Array.from({ length: 5 }, () => raw(`${head("Content-Length: 50000")}{`));
    await expect.poll(() => budget().held).toBe(5 * 150_000);
    const { answer } = raw(head("Content-Length: 80000\r\nConnection: close"));
    expect(await answer).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 1[\s\S]*need 240000 bytes/i);
    expect(await Promise.race([half[0]!.answer, "waits"])).toBe("waits");
    // A small one still fits.
    expect((await ask(body(1))).statusCode).toBe(200);
    for (const { answer: late } of half) expect(await late).toMatch(/^HTTP\/1\.1 408/);
    await expect.poll(() => budget().held).toBe(0);
    expect((await ask(body(1000))).statusCode).toBe(200);
  });

  test.each([
    ["chunked", "Transfer-Encoding: chunked", Buffer.from(`186a0\r\n${" ".repeat(100_000)}\r\n`)],
    ["compressed", `Content-Encoding: gzip\r\nContent-Length: 100000`, gzipSync(Buffer.alloc(400_000, " "))],
  ])("one that is %s is refused when it becomes too long", async (_, header, bytes) => {
    await start({ maxMemory: 800_000 });
    const { answer } = raw(Buffer.concat([Buffer.from(head(`${header}\r\nConnection: close`)), bytes]));
    expect(await answer).toMatch(/^HTTP\/1\.1 413 /);
    await expect.poll(() => budget().held).toBe(0);
    expect(budget().highest).toBeLessThanOrEqual(800_000);
  });

  test("a number of 16 Mi digits is refused at once", async () => {
    await start({ timeout: 60_000, maxMemory: 2 ** 30 });
    const digits = "7".repeat(16_000_000);
    const since = process.cpuUsage();
    for (const data of [`[${digits}]`, `[[${digits},1,1]]`, `[1,1,1],"data":[${digits}]`]) {
      const text = `{"inputs":[{"name":"inputs","datatype":"FP32","shape":[1,3],"data":${data}}]}`;
      const reply = await ask(text);
      expect(reply.statusCode).toBe(400);
      expect(reply.json().error).toContain("a number of more than 1000 digits");
    }
    expect(process.cpuUsage(since).user / 1e6).toBeLessThan(3);
  });
});

describe("answers", () => {
  test("rows times outputs are bounded, before they are computed", async () => {
    await start({ maxMemory: 400_000 });
    const reply = await ask(body(5000));
    expect(reply.statusCode).toBe(413);
    expect(reply.json().error).toMatch(/need \d+ bytes of memory, expected at most 100000/);
    expect((await ask(body(500))).statusCode).toBe(200);
  });

  test("a long one in JSON is sent in parts, each as it is taken, and reads back whole", async () => {
    await start();
    const rows = 65_536;
    const reply = await fetch(`http://127.0.0.1:${port}/v2/models/memory/infer`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: body(rows, { id: "long" }),
    });
    expect(reply.headers.get("transfer-encoding")).toBe("chunked");
    const { id, outputs } = (await reply.json()) as {
      id: string;
      outputs: { shape: number[]; data: number[] }[];
    };
    const one = (await ask(body(1))).json().outputs[0].data;
    expect([id, outputs[0]!.shape, outputs[0]!.data.length]).toEqual(["long", [rows, 2], 2 * rows]);
    for (const [k, value] of outputs[0]!.data.entries())
      expect(Math.abs(value / one[k % 2] - 1)).toBeLessThan(1e-4);
  });

  test("one that nobody takes is given up, and what it holds is free again", async () => {
    await start({ timeout: 1000 });
    const text = body(60_000);
    const clients = Array.from({ length: 4 }, () => {
      const socket = connect(port, "127.0.0.1");
      sockets.push(socket.on("error", () => {}));
      socket.pause();
      // Twenty answers do not fit into the sockets' buffers.
      for (let k = 0; k < 20; k++) socket.write(head(`Content-Length: ${text.length}`) + text);
      return socket;
    });
    await expect.poll(() => budget().held).toBeGreaterThan(0);
    await expect.poll(() => budget().held, { timeout: 30_000 }).toBe(0);
    expect(clients.length).toBe(4);
    expect((await health()).status).toBe(200);
  });
});

describe("connections", () => {
  test("slow headers and slow bodies are cut when their time is over", async () => {
    await start({ timeout: 1000 });
    const since = performance.now();
    const slow = [raw("GET /v2 HTTP/1.1\r\nHost: loc"), raw(`${head("Content-Length: 1000")}{`)];
    const timer = setInterval(() => {
      for (const { socket } of slow) socket.write("a");
    }, 100);
    await Promise.all(slow.map(({ answer }) => answer));
    clearInterval(timer);
    expect(performance.now() - since).toBeLessThan(10_000);
  });

  test("bad JSON does not lose the requests that came behind it", async () => {
    await start();
    const behind = "GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    const { answer } = raw(`${head("Content-Length: 4")}nope${head("Content-Length: 1")}{${behind}`);
    expect((await answer).match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 400", "HTTP/1.1 400", "HTTP/1.1 200"]);
  });

  test.each([
    ["headers", "GET /v2 HTTP/1.1\r\nHost: loc"],
    ["bodies", `${head("Content-Length: 1000")}{`],
  ])("as many slow %s as there may be connections do not lock health out", async (_, text) => {
    await start({ maxConnections: 20, timeout: 60_000 });
    for (let k = 0; k < 40; k++) raw(text);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    for (let k = 0; k < 5; k++) expect((await health()).status).toBe(200);
  });

  test("those below TLS are forgotten with their sockets, whether a handshake came or not", () => {
    server = { close: async () => {} } as unknown as FastifyInstance;
    const connections = new Connections(100, 1000);
    const open = (remotePort: number) => {
      const listeners: (() => void)[] = [];
      const socket = {
        remoteAddress: "::1",
        remotePort,
        destroy() {},
        once: (_: string, f: () => void) => listeners.push(f),
      };
      connections.open(socket as unknown as Socket);
      return { socket, close: () => void listeners.map((f) => f()) };
    };
    const [below, secure, plain] = [open(1), open(1), open(2)];
    expect([...connections.all()].length).toBe(2);
    expect(connections.of(secure.socket as unknown as Socket)).toBeDefined();
    for (const { close } of [below, plain, secure]) close();
    expect([...connections.all()]).toEqual([]);
    for (const { socket } of [below, secure, plain])
      expect(connections.of(socket as unknown as Socket)).toBeUndefined();
    connections.close();
  });
});

describe("gRPC", () => {
  const path = "/inference.GRPCInferenceService/ModelInfer";
  const prefix = (length: number) =>
    Buffer.from([0, ...new Uint8Array(Uint32Array.of(length).buffer).reverse()]);
  const begin = async (options: ServeOptions): Promise<ClientHttp2Session> => {
    await start({ ...options, grpc: { port: 0 } });
    const { grpcPort } = server;
    const session = connectHttp2(`http://127.0.0.1:${grpcPort}`);
    sessions.push(session.on("error", () => {}));
    return session;
  };
  const call = (session: ClientHttp2Session, bytes: Buffer, headers: object = {}) => {
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    stream.on("error", () => {});
    stream.write(bytes);
    stream.resume();
    const code = new Promise<number>((resolve) => {
      const look = (found: IncomingHttpHeaders) => {
        if (found["grpc-status"] !== undefined) resolve(Number(found["grpc-status"]));
      };
      stream.on("response", look).on("trailers", look);
    });
    return { stream, code };
  };

  test("unfinished messages hold no more than the budget; those beyond are RESOURCE_EXHAUSTED", async () => {
    const session = await begin({ maxMemory: 4_000_000, timeout: 3000 });
    const calls = Array.from({ length: 50 }, () =>
      call(session, Buffer.concat([prefix(1_000_000), Buffer.alloc(60_000)])),
    );
    const codes: (number | undefined)[] = calls.map(() => undefined);
    for (const [k, { code }] of calls.entries()) void code.then((found) => (codes[k] = found));
    await expect.poll(() => codes.filter((code) => code === 8).length).toBeGreaterThanOrEqual(40);
    expect(budget().highest).toBeLessThanOrEqual(1_000_000);
    // The others are given up when their time is over.
    await expect.poll(() => codes.filter((code) => code === 4 || code === 8).length).toBe(50);
    await expect.poll(() => budget().held).toBe(0);
  });

  test("compressed messages count as they are unpacked", async () => {
    const session = await begin({ maxMemory: 4_000_000 });
    // A field that the protocol does not have, so that it is no request however much of it is read.
    const bytes = gzipSync(
      Buffer.concat([Buffer.from([0xfa, 0x01, 0x80, 0xea, 0x30]), Buffer.alloc(800_000)]),
    );
    const message = prefix(bytes.length);
    message[0] = 1;
    const calls = Array.from({ length: 20 }, () => {
      const begun = call(session, Buffer.concat([message, bytes]), { "grpc-encoding": "gzip" });
      begun.stream.end();
      return begun.code;
    });
    expect(await Promise.all(calls)).toEqual(Array(20).fill(8));
    expect(budget().highest).toBeGreaterThan(500_000);
    expect(budget().highest).toBeLessThanOrEqual(1_000_000);
    await expect.poll(() => budget().held).toBe(0);
  });

  test("what is not compressed as it says is INVALID_ARGUMENT", async () => {
    const session = await begin({});
    const message = prefix(1000);
    message[0] = 1;
    const bytes = Buffer.concat([message, Buffer.alloc(1000)]);
    const { code } = call(session, bytes, { "grpc-encoding": "gzip" });
    expect(await code).toBe(3);
  });

  test("the key is looked at before the message is read", async () => {
    const session = await begin({ apiKeys: ["secret"] });
    const { code } = call(session, Buffer.concat([prefix(10_000_000), Buffer.alloc(50_000)]));
    expect(await code).toBe(16);
    expect(budget().highest).toBe(0);
    await expect.poll(() => budget().held).toBe(0);
  });

  test("connections that ask nothing lock nobody out", async () => {
    await begin({ maxConnections: 10, timeout: 60_000 });
    const { grpcPort } = server;
    for (let k = 0; k < 20; k++) sockets.push(connect(grpcPort!, "127.0.0.1").on("error", () => {}));
    await new Promise((resolve) => setTimeout(resolve, 1200));
    const session = connectHttp2(`http://127.0.0.1:${grpcPort}`);
    sessions.push(session.on("error", () => {}));
    const { stream, code } = call(session, prefix(0), { ":path": path.replace("ModelInfer", "ServerLive") });
    stream.end();
    expect(await code).toBe(0);
  });
});
