import { connect } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createServer } from "../src/index.ts";
import { readHead } from "../src/lane-head.ts";
import { writeModel } from "./service.ts";

let server: FastifyInstance;
let port = 0;
/** Requests that reached Node's HTTP server. */
let left = 0;
beforeAll(async () => {
  server = await createServer([await writeModel("lane.onnx")], { workers: 1, log: "silent", watch: 0 });
  await server.listen({ port: 0 });
  port = (server.server.address() as { port: number }).port;
  server.server.on("request", () => left++);
});
afterAll(() => server.close());

const json = JSON.stringify({
  id: "ü",
  inputs: [{ name: "inputs", datatype: "FP32", shape: [1, 3], data: [700, 1, 1.2] }],
});
const lines = ["Host: a", "Content-Type: application/json", `Content-Length: ${Buffer.byteLength(json)}`];
const post = (extra: readonly string[] = [], body = json, path = "/v2/models/lane/infer") =>
  `POST ${path} HTTP/1.1\r\n${[...lines, ...extra].join("\r\n")}\r\n\r\n${body}`;

/** Sends pieces one after the other and returns the answers once `count` of them are complete, or the connection ends. */
function exchange(
  pieces: readonly string[],
  count = 1,
): Promise<{ status: number; head: string; body: string }[]> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", async () => {
      socket.setNoDelay(true);
      for (const piece of pieces) {
        socket.write(piece);
        await new Promise((next) => setTimeout(next, 10));
      }
    });
    const finish = () => {
      socket.destroy();
      resolve(answersIn(text));
    };
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (answersIn(text).length === count) finish();
    });
    socket.on("close", finish);
    socket.on("error", reject);
  });
}

function answersIn(text: string) {
  const found = [];
  for (let rest = text; ; ) {
    const end = rest.indexOf("\r\n\r\n");
    const length = Number(/content-length: (\d+)/i.exec(rest.slice(0, end))?.[1] ?? 0);
    if (end < 0 || rest.length < end + 4 + length) return found;
    const body = Buffer.from(rest.slice(end + 4, end + 4 + length), "latin1").toString();
    found.push({ status: Number(rest.slice(9, 12)), head: rest.slice(0, end), body });
    rest = rest.slice(end + 4 + length);
  }
}

const headersOf = (head: string) =>
  Object.fromEntries(
    head
      .split("\r\n")
      .slice(1)
      .map((line) => [line.split(":", 1)[0]!.toLowerCase(), line.replace(/^[^:]*: ?/, "")])
      .filter(([name]) => name !== "date"),
  );

test("a plain request is answered with the bytes and headers that the HTTP server gives", async () => {
  const before = left;
  const [plain] = await exchange([post(["X-Request-Id: r1"])]);
  expect(left).toBe(before);
  const [other] = await exchange([post(["X-Request-Id: r1", "TE: trailers"])]);
  expect(left).toBe(before + 1);
  expect(plain!.status).toBe(200);
  expect(plain!.body).toBe(other!.body);
  expect(JSON.parse(plain!.body).id).toBe("ü");
  expect(headersOf(plain!.head)).toEqual(headersOf(other!.head));
});

describe("on one connection", () => {
  test.each([
    ["two requests in one piece", [post() + post()], 2],
    ["a request in three pieces", [post().slice(0, 160), post().slice(160, 200), post().slice(200)], 1],
    ["a head in two pieces", [post().slice(0, 40), post().slice(40) + post()], 2],
    ["a plain one, one for the HTTP server, a plain one", [post() + post(["TE: trailers"]) + post()], 3],
    [
      "a chunked one behind a plain one",
      [
        `${post()}POST /v2/models/lane/infer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${Buffer.byteLength(json).toString(16)}\r\n${json}\r\n0\r\n\r\n`,
      ],
      2,
    ],
  ] as const)("%s", async (_, pieces, count) => {
    const answers = await exchange(pieces, count);
    expect(answers.map(({ status }) => status)).toEqual(Array(count).fill(200));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  });
});

test("bodies that differ in their numbers, in their id or in both are each answered as they are", async () => {
  const withLength = (id: string, data: readonly number[], rows = data.length / 3) => {
    const inputs = [{ name: "inputs", datatype: "FP32", shape: [rows, 3], data }];
    const body = JSON.stringify({ id, inputs });
    return `POST /v2/models/lane/infer HTTP/1.1\r\nHost: a\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  };
  const [one, other] = [
    [700, 1, 1.2],
    [500, 2, 1.7],
  ];
  const before = left;
  const sent = [
    withLength("a", one!),
    withLength("a", other!),
    withLength("b", one!),
    withLength("b", [...one!, ...other!]),
    withLength("b", one!),
  ];
  const answers = (await exchange([sent.join("")], sent.length)).map(({ body }) => JSON.parse(body));
  expect(left).toBe(before);
  expect(answers.map(({ id }) => id)).toEqual(["a", "a", "b", "b", "b"]);
  const data = answers.map(({ outputs }) => outputs[0].data as number[]);
  expect(data[1]).not.toEqual(data[0]);
  expect(data[2]).toEqual(data[0]);
  expect(data[4]).toEqual(data[0]);
  data[3]!.forEach((value, k) => {
    expect(value / [...data[0]!, ...data[1]!][k]!).toBeCloseTo(1, 5);
  });
  // The same words about other numbers than they fit.
  const [right, wrong] = await exchange([withLength("c", one!, 1) + withLength("c", [...one!, 1], 1)], 2);
  expect([right!.status, wrong!.status]).toEqual([200, 400]);
});

test.each([
  ["a wrong number", post().replace("1.2", '"2"'), 400],
  ["a length twice", post(["Content-Length: 3"]), 400],
  ["a length and chunks", post(["Transfer-Encoding: chunked"]), 400],
  ["a line without a colon", post(["Nothing"]), 400],
  ["a body of another type", post().replace("application/json", "text/plain"), 415],
  ["a page of another site", post(["Origin: https://elsewhere.example"]), 403],
  ["a model that is not there", post([], json, "/v2/models/other/infer"), 404],
  ["no host", post().replace("Host: a\r\n", ""), 400],
])("%s is answered by the HTTP server, also behind a plain request", async (_, request, status) => {
  const [first, second] = await exchange([post() + request], 2);
  expect(first!.status).toBe(200);
  expect(second!.status).toBe(status);
  expect(JSON.parse(second!.body)).toEqual({ error: expect.any(String) });
});

test("a body that ends early is 400", async () => {
  const answer = await new Promise<string>((resolve) => {
    let text = "";
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }, () =>
      socket.end(post().slice(0, -5)),
    );
    socket.on("data", (chunk) => (text += chunk));
    socket.on("end", () => {
      socket.destroy();
      resolve(text);
    });
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
});

test("requests, statuses and times are counted under the route", async () => {
  const count = async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(
      /stiffnet_requests_total\{method="POST",route="\/v2\/models\/:model\/infer",status="200"\} (\d+)/.exec(
        text,
      )?.[1],
    );
  };
  const before = await count();
  await exchange([post() + post() + post()], 3);
  expect(await count()).toBe(before + 3);
});

test("a request that does not arrive in time is 408, a connection without one is ended", async () => {
  const hasty = await createServer([await writeModel("hasty.onnx")], {
    log: "silent",
    watch: 0,
    timeout: 100,
  });
  const url = new URL(await hasty.listen({ port: 0 }));
  const text = await new Promise<string>((resolve) => {
    const socket = connect(Number(url.port), "127.0.0.1", () => socket.write(post().slice(0, -5)));
    let got = "";
    socket.on("data", (chunk) => (got += chunk));
    socket.on("close", () => resolve(got));
  });
  expect(text).toMatch(/^HTTP\/1\.1 408 .*the request took too long/s);
  await hasty.close();
});

test("keys are asked for", async () => {
  const closed = await createServer([await writeModel("lane.onnx")], {
    log: "silent",
    watch: 0,
    apiKeys: ["k"],
  });
  const url = await closed.listen({ port: 0 });
  let seen = 0;
  closed.server.on("request", () => seen++);
  const ask = async (headers: Record<string, string>) =>
    (
      await fetch(`${url}/v2/models/lane/infer`, {
        method: "POST",
        body: json,
        headers: { "content-type": "application/json", ...headers },
      })
    ).status;
  expect(await ask({ "x-api-key": "k" })).toBe(200);
  expect(await ask({ authorization: "Bearer k" })).toBe(200);
  const answered = seen;
  expect(await ask({ "x-api-key": "other" })).toBe(401);
  expect(await ask({})).toBe(401);
  expect([answered, seen]).toEqual([0, 2]);
  await closed.close();
});

test("closing answers what was accepted and ends the connection", async () => {
  const ending = await createServer([await writeModel("lane.onnx")], { log: "silent", watch: 0, workers: 1 });
  const url = new URL(await ending.listen({ port: 0 }));
  const asked = new Promise<string>((resolve) => {
    const socket = connect(Number(url.port), "127.0.0.1", () => socket.write(post()));
    let got = "";
    socket.on("data", (chunk) => (got += chunk));
    socket.on("close", () => resolve(got));
  });
  const idle = new Promise<void>((resolve) => {
    const socket = connect(Number(url.port), "127.0.0.1")
      .on("error", () => {})
      .on("close", resolve);
    socket.resume();
  });
  const { pool } = (ending as unknown as { stiffnet: { pool: { state: { waiting: number } } } }).stiffnet;
  await expect
    .poll(() => pool.state.waiting, { interval: 0 })
    .toBe(1)
    .catch(() => {});
  await ending.close();
  expect(await asked).toMatch(/^(HTTP\/1\.1 200 |$)/);
  await idle;
});

describe("what is a plain head", () => {
  const head = (...lines: string[]) => ["POST /a HTTP/1.1", ...lines].join("\r\n");
  const usual = ["Host: a", "Content-Length: 3"];
  test("as usual clients write it", () => {
    expect(
      readHead(head(...usual, "User-Agent: x y", "Accept: */*", "Connection: Keep-Alive")),
    ).toMatchObject({
      path: "/a",
      length: 3,
    });
  });
  test.each([
    ["another method", head(...usual).replace("POST", "PUT")],
    ["HTTP/1.0", head(...usual).replace("1.1", "1.0")],
    ["a query", head(...usual).replace("/a", "/a?b")],
    ["an encoded path", head(...usual).replace("/a", "/%61")],
    ["an absolute address", head(...usual).replace("/a", "http://a/a")],
    ["no length", head("Host: a")],
    ["a signed length", head("Host: a", "Content-Length: +3")],
    ["a length with a list", head("Host: a", "Content-Length: 3, 3")],
    ["a folded line", head(...usual, "A: b\r\n c")],
    ["a bare line feed", head(...usual, "A: b\nTransfer-Encoding: chunked")],
    ["a space before the colon", head("Host: a", "Content-Length : 3")],
    ["a byte above ASCII", head(...usual, "A: \u00e9")],
    ["close", head(...usual, "Connection: close")],
    ["two hosts", head(...usual, "host: b")],
    ["Expect", head(...usual, "Expect: 100-continue")],
    ["bytes behind the JSON", head(...usual, "Inference-Header-Content-Length: 3")],
  ])("%s is none", (_, text) => expect(readHead(text)).toBeUndefined());
});
