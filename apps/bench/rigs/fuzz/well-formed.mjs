// Right requests, how to send one, and what is wrong with an answer.
import { request as httpRequest } from "node:http";
import { predict64 } from "@stiffnet/core";

export const json = { "content-type": "application/json" };

export function post({ url, agent }, path, body, headers = json, method = "POST") {
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

export const isError = ({ status, body }) => {
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
/** Requests that may be right or wrong get an answer, but never a 500. */
export const isAnswered = (answer) => (answer.status < 400 ? undefined : isError(answer));

export function rowsOf({ model }, random, count) {
  return Array.from({ length: count }, () =>
    model.inputs.map(({ slider: [low, high] }) => Math.fround(low + (high - low) * random.uniform())),
  );
}

/** The mean over the networks, in float64, row by row. */
export function expectedOf({ networks }, rows) {
  const all = networks.map((network) => predict64(network, Float64Array.from(rows.flat())));
  return Array.from(all[0], (_, k) => all.reduce((sum, y) => sum + y[k], 0) / all.length);
}

export function closeTo(expected, found, scale) {
  if (found?.length !== expected.length) return `${found?.length} numbers, expected ${expected.length}`;
  const wrong = expected.findIndex(
    (value, k) => !(Math.abs(found[k] - value) <= 1e-5 * scale[k % scale.length]),
  );
  return wrong < 0 ? undefined : `number ${wrong} is ${found[wrong]}, expected ${expected[wrong]}`;
}

/** A right request in one of its forms, with the numbers that it must be answered with. */
export function wellFormed(context, random) {
  const { model } = context;
  const count = random.among([1, 1, 1, 2, 3, 7, 40, 300]);
  const rows = rowsOf(context, random, count);
  const expected = expectedOf(context, rows);
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

export function valid(context, random) {
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
