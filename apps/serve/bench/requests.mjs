// Requests of every kind for fuzz.mjs: each knows how to send itself and what is wrong with an answer.
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { predict } from "../page/network.js";

/** mulberry32: a request is a function of the seed and its number. */
export function generator(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count) => Math.floor(uniform() * count);
  return { uniform, below, among: (list) => list[below(list.length)] };
}

export function make(context, random) {
  const kind = random.among([valid, valid, valid, mutated, mutated, mutated, anything, raw, elsewhere]);
  return { kind: kind.name, ...kind(context, random) };
}

const json = { "content-type": "application/json" };

function post({ url, agent }, path, body, headers = json, method = "POST") {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${url}${path}`, { method, headers, agent }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          bytes: Buffer.concat(chunks),
          body: Buffer.concat(chunks).toString(),
        }),
      );
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const isError = ({ status, body }) => {
  if (typeof status !== "number" || status < 400 || status === 500)
    return `status ${status}, expected an error below 500`;
  try {
    const { error, ...rest } = JSON.parse(body);
    return typeof error === "string" &&
      error.length > 0 &&
      !error.includes("\n") &&
      Object.keys(rest).length === 0
      ? undefined
      : "not { error: one line }";
  } catch {
    return "the error is not JSON";
  }
};
/** What may be right or wrong: answered, and never with 500. */
const isAnswered = (answer) => (answer.status < 400 ? undefined : isError(answer));

export function rowsOf({ model }, random, count) {
  return Array.from({ length: count }, () =>
    model.inputs.map(({ slider: [low, high] }) => Math.fround(low + (high - low) * random.uniform())),
  );
}

function closeTo(expected, found, scale) {
  if (found?.length !== expected.length) return `${found?.length} numbers, expected ${expected.length}`;
  const wrong = expected.findIndex(
    (value, k) => !(Math.abs(found[k] - value) <= 1e-5 * scale[k % scale.length]),
  );
  return wrong < 0 ? undefined : `number ${wrong} is ${found[wrong]}, expected ${expected[wrong]}`;
}

/** A right request in one of its forms, with the numbers that it must be answered with. */
function wellFormed(context, random) {
  const { model, network } = context;
  const count = random.among([1, 1, 1, 2, 3, 7, 40, 300]);
  const rows = rowsOf(context, random, count);
  const expected = rows.flatMap((row) => [...predict(network, row).mean]);
  const input = {
    name: "inputs",
    datatype: "FP32",
    shape: [count, model.inputs.length],
    data: random.below(2) ? rows : rows.flat(),
  };
  const body = { inputs: [input], outputs: [{ name: "outputs" }] };
  if (random.below(2)) body.id = random.among(["a", "é漢字", "x".repeat(500), "", '"quoted"\n']);
  return { rows, body, expected, scale: context.scale };
}

function valid(context, random) {
  const { model } = context;
  const path = `/v2/models/${encodeURIComponent(model.name)}/${random.among(["", "versions/1/"])}infer`;
  const { rows, body, expected, scale } = wellFormed(context, random);
  const form = random.below(4);
  if (form === 0) {
    const inputs = Object.fromEntries(model.inputs.map(({ name }, j) => [name, rows[0][j]]));
    const check = ({ status, body: text }) =>
      status !== 200
        ? `status ${status}`
        : closeTo(
            expected.slice(0, scale.length),
            model.outputs.map(({ name }) => JSON.parse(text).outputs[name]),
            scale,
          );
    return {
      valid: true,
      send: () => post(context, "/predict", JSON.stringify({ model: model.name, inputs })),
      check,
    };
  }
  if (form === 1) {
    const bytes = Buffer.from(Float32Array.from(rows.flat()).buffer);
    const { data, ...input } = body.inputs[0];
    const head = Buffer.from(
      JSON.stringify({
        ...body,
        inputs: [{ ...input, parameters: { binary_data_size: bytes.length } }],
        parameters: { binary_data_output: true },
      }),
    );
    const headers = {
      "inference-header-content-length": head.length,
      ...(random.below(2) && { "content-type": "application/octet-stream" }),
    };
    const check = ({ status, headers: found, bytes: all }) => {
      if (status !== 200) return `status ${status}`;
      const tail = all.subarray(Number(found["inference-header-content-length"]));
      return closeTo(expected, new Float32Array(Uint8Array.from(tail).buffer), scale);
    };
    return { valid: true, send: () => post(context, path, Buffer.concat([head, bytes]), headers), check };
  }
  const check = ({ status, body: text }) => {
    if (status !== 200) return `status ${status}`;
    const answer = JSON.parse(text);
    return answer.id !== body.id ? "another id" : closeTo(expected, answer.outputs[0].data, scale);
  };
  return { valid: true, send: () => post(context, path, JSON.stringify(body)), check };
}

const oddValues = [
  "1",
  true,
  false,
  null,
  [],
  {},
  "",
  "NaN",
  [1],
  { a: 1 },
  "漢",
  "\u0000",
  "x".repeat(2000),
  ["1"],
  [[]],
];

/** A right request made wrong in one place: it must be refused. */
function mutated(context, random) {
  const path = `/v2/models/${encodeURIComponent(context.model.name)}/infer`;
  const { body } = wellFormed(context, random);
  const input = body.inputs[0];
  input.data = input.data.flat();
  const [rows, columns] = input.shape;
  const place = random.below(input.data.length);
  const odd = random.among(oddValues);
  let headers = json;
  let edit = (text) => text;
  const replaceNumber = (token) => {
    input.data[place] = "@@";
    edit = (text) => text.replace('"@@"', token);
  };
  const mutations = [
    () => (input.data[place] = odd),
    () =>
      replaceNumber(
        random.among([
          "NaN",
          "Infinity",
          "-Infinity",
          "1e400",
          "-1e400",
          "1e39",
          "01",
          "0x10",
          "+1",
          "1.",
          ".5",
          "1e",
          "--1",
          "undefined",
        ]),
      ),
    () => input.data.push(1),
    () => input.data.pop(),
    () => (input.data = random.among([null, undefined, "1,2", 3, {}, [], true])),
    () =>
      (input.shape = random.among([
        [columns],
        [rows, columns, 1],
        [rows + 1, columns],
        [rows, columns + 1],
        [-1, columns],
        [0, columns],
        [rows + 0.5, columns],
        ["1", columns],
        null,
        undefined,
        "x",
        {},
        [1e9, columns],
        [2 ** 53, columns],
        [true, columns],
        [],
      ])),
    () =>
      (input.datatype = random.among(["FP64", "fp32", "INT64", "BYTES", "BOOL", "", null, undefined, 1, []])),
    () =>
      (input.name = random.among([
        "input",
        "Inputs",
        "",
        null,
        undefined,
        1,
        "__proto__",
        "constructor",
        "漢字",
      ])),
    () =>
      (body.inputs = random.among([[], [input, input], null, undefined, {}, "x", input, [null], [[]], [1]])),
    () =>
      (body.outputs = random.among([
        [],
        {},
        "outputs",
        [1],
        [null],
        [{}],
        [{ name: "y" }],
        [{ name: 1 }],
        [{ name: "outputs" }, { name: "outputs" }],
        [{ name: "__proto__" }],
        [{ name: "outputs", parameters: { classification: 3 } }],
        [{ name: "outputs", parameters: { binary_data: 1 } }],
        [{ name: "outputs", data: 1 }],
      ])),
    () =>
      (body.parameters = random.among([
        1,
        "x",
        [],
        { binary_data_output: "yes" },
        { timeout: -1 },
        { timeout: "1" },
        { timeout: 0.5 },
        { classification: 1 },
      ])),
    () => (body.id = random.among([1, true, [], {}])),
    () =>
      (input.parameters = random.among([
        1,
        "x",
        { binary_data_size: 4 },
        { binary_data_size: "4" },
        { binary_data_size: -1 },
        { binary_data_size: 1e300 },
      ])),
    () => (body[random.among(["input", "ouputs", "data", "toString", "hasOwnProperty"])] = odd),
    () =>
      (edit = (text) =>
        text.replace(
          "{",
          `{"${random.among(["id", "inputs", "__proto__", "constructor", "x"])}":${random.among(["1", "[]", "{}", '"a"'])},"id":"a","id":"b",`,
        )),
    () => (edit = (text) => text.slice(0, 1 + random.below(text.length - 1))),
    () => (edit = (text) => `${text}${random.among(["}", "]", "x", ",", "{}", "1"])}`),
    () =>
      (edit = () =>
        random.among([
          "",
          " ",
          "null",
          "1",
          '"x"',
          "[]",
          "[[]]",
          "true",
          "[".repeat(100_000),
          `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
          `{"inputs":${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}}`,
        ])),
    () =>
      (headers = {
        "content-type": random.among([
          "text/plain",
          "application/x-www-form-urlencoded",
          "multipart/form-data; boundary=x",
          "application/xml",
          "application/jsonx",
          "a/b",
        ]),
      }),
    () => (headers = { ...json, "content-encoding": random.among(["gzip", "br", "deflate", "x"]) }),
    () =>
      (headers = {
        "inference-header-content-length": random.among([
          "-1",
          "1",
          "99999999",
          "abc",
          "1e3",
          "0x10",
          "7, 7",
          "1.5",
          "",
          "9".repeat(30),
        ]),
      }),
    () =>
      (edit = (text) =>
        Buffer.concat([
          Buffer.from(text.slice(0, 5)),
          Buffer.from([0xff, 0xfe, 0xc0]),
          Buffer.from(text.slice(5)),
        ])),
  ];
  random.among(mutations)();
  const payload = edit(JSON.stringify(body));
  return { send: () => post(context, path, payload, headers), check: isError };
}

function randomJson(random, depth = 0) {
  const leaf = () =>
    random.among([0, -0, 1, 1e300, -1e-300, "", "a", null, true, false, "漢字\u202e", "__proto__", 2 ** 63]);
  if (depth > 4 || random.below(3) === 0) return leaf();
  const length = random.below(5);
  if (random.below(2)) return Array.from({ length }, () => randomJson(random, depth + 1));
  const keys = [
    "id",
    "inputs",
    "outputs",
    "parameters",
    "name",
    "shape",
    "datatype",
    "data",
    "model",
    "__proto__",
    "constructor",
    "a",
  ];
  return Object.fromEntries(
    Array.from({ length }, () => [random.among(keys), randomJson(random, depth + 1)]),
  );
}

/** Any JSON, or bytes, to any route that takes a body. */
function anything(context, random) {
  const name = encodeURIComponent(context.model.name);
  const path = random.among([`/v2/models/${name}/infer`, "/predict", "/v2/repository/index", "/predict"]);
  const payload = random.below(4)
    ? JSON.stringify(randomJson(random))
    : Buffer.from(Array.from({ length: random.below(300) }, () => random.below(256)));
  return { send: () => post(context, path, payload, random.among([json, json, {}])), check: isAnswered };
}

/** Other paths and methods. */
function elsewhere(context, random) {
  const piece = () =>
    random.among([
      "v2",
      "models",
      "infer",
      "..",
      ".",
      "%2e%2e",
      "%00",
      "%",
      "%ff",
      "漢",
      "__proto__",
      "constructor",
      "versions",
      "1",
      "-1",
      "ready",
      "repository",
      "load",
      "x".repeat(300),
      "a b",
      "?q=1",
      "#",
      "",
    ]);
  const path = encodeURI(`/${Array.from({ length: 1 + random.below(6) }, piece).join("/")}`).replaceAll(
    "%25",
    random.among(["%", "%25"]),
  );
  const method = random.among(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"]);
  const check = (answer) =>
    method === "HEAD" ? (answer.status === 500 ? "status 500" : undefined) : isAnswered(answer);
  return {
    send: () =>
      post(context, path, ["POST", "PUT", "PATCH"].includes(method) ? "{}" : undefined, json, method),
    check,
  };
}

/** Bytes on a socket: broken HTTP, bodies that stop or come slowly, lengths that lie. */
function raw(context, random) {
  const { port, hostname } = new URL(context.url);
  const { body } = wellFormed(context, random);
  const text = JSON.stringify(body);
  const head = (length, extra = "") =>
    `POST /v2/models/${encodeURIComponent(context.model.name)}/infer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${extra}Content-Length: ${length}\r\nConnection: close\r\n\r\n`;
  const length = Buffer.byteLength(text);
  const chunked =
    "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
  const half = Math.floor(length / 2);
  const [parts, outcome] = random.among([
    [[head(length), text], "right"],
    [[head(length), text.slice(0, 20), text.slice(20, 30), text.slice(30)], "right"],
    [[head(length), text.slice(0, half)], "left"],
    [[head(length + 50), text], "left"],
    [[head(length, "Content-Length: 3\r\n"), text], "wrong"],
    [[head("abc"), text], "wrong"],
    [[head(-5), text], "wrong"],
    [["GARBAGE\r\n\r\n"], "wrong"],
    [[`GET / HTTP/9.9\r\nHost: a\r\n\r\n`], "wrong"],
    [[`GET /${"x".repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`], "wrong"],
    [[`GET / HTTP/1.1\r\nHost: a\r\nX: ${"y".repeat(20_000)}\r\n\r\n`], "wrong"],
    [["GET /v2 HTTP/1.1\r\nConnection: close\r\n\r\n"], "wrong"],
    [[chunked, "zz\r\n{}\r\n0\r\n\r\n"], "wrong"],
    [[chunked, "2\r\n{}\r\n0\r\n\r\n"], "wrong"],
    [[head(20_000_000)], "wrong"],
    [[], "left"],
  ]);
  return {
    send: () => exchange(Number(port), hostname, parts, outcome === "left"),
    check: (answer) => checkRaw(answer, outcome),
  };
}

function exchange(port, host, parts, leave) {
  return new Promise((resolve) => {
    const chunks = [];
    const finish = () => {
      const all = Buffer.concat(chunks).toString();
      const [top, ...rest] = all.split("\r\n\r\n");
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(top)?.[1] ?? 0), body: rest.join("\r\n\r\n") });
    };
    const socket = connect(port, host, async () => {
      for (const part of parts) {
        if (socket.destroyed) break;
        socket.write(part);
        await new Promise((next) => setTimeout(next, 2));
      }
      if (leave) socket.destroy();
    });
    socket.setTimeout(10_000, () => socket.destroy());
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", () => {});
    socket.on("close", finish);
  });
}

function checkRaw(answer, outcome) {
  if (outcome === "left") return answer.status === 500 ? "status 500" : undefined;
  if (outcome === "right") return answer.status === 200 ? undefined : `status ${answer.status}, expected 200`;
  return answer.status < 400 && answer.status !== 0
    ? `status ${answer.status}, expected an error`
    : answer.status === 500
      ? "status 500"
      : answer.status === 0
        ? undefined
        : isError(answer);
}
