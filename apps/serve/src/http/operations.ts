import { pageScripts } from "../page/routes.ts";

/** One route, as the documentation tells it. */
export interface Operation {
  readonly method: "GET" | "POST";
  /** In OpenAPI's notation. */
  readonly path: string;
  readonly summary: string;
  readonly tag: "inference" | "models" | "people" | "operation" | "page";
  readonly request?: unknown;
  readonly response: unknown;
  /** Statuses other than 200 that the route answers with. */
  readonly errors: readonly number[];
}

const tensor = { name: "inputs", datatype: "FP32", shape: [1, 3], data: [800, 2, 1.5] };
const inferRequest = { id: "a", inputs: [tensor], outputs: [{ name: "outputs" }] };
const inferResponse = {
  model_name: "model",
  model_version: "1",
  id: "a",
  outputs: [{ name: "outputs", datatype: "FP32", shape: [1, 2], data: [0.31, 0.02] }],
};
const metadata = {
  name: "model",
  versions: ["1"],
  platform: "onnx_onnxv1",
  inputs: [{ name: "inputs", datatype: "FP32", shape: [-1, 3] }],
  outputs: [{ name: "outputs", datatype: "FP32", shape: [-1, 2] }],
};
const inferText =
  "Runs the model. With the header Inference-Header-Content-Length the JSON ends there and binary tensor data follows.";
const inferErrors = [400, 401, 404, 413, 415, 503];

/** Every route of the service. */
export const operations: readonly Operation[] = [
  { method: "GET", path: "/", summary: "The page.", tag: "page", response: "text/html", errors: [] },
  {
    method: "GET",
    path: "/style.css",
    summary: "The page's style.",
    tag: "page",
    response: "text/css",
    errors: [],
  },
  ...pageScripts.map(
    (name): Operation => ({
      method: "GET",
      path: `/${name}.js`,
      summary: "A script of the page.",
      tag: "page",
      response: "text/javascript",
      errors: [],
    }),
  ),
  {
    method: "POST",
    path: "/predict",
    summary: "One point by names, in physical units. Warns of inputs outside the training range.",
    tag: "people",
    request: { model: "model", inputs: { rainfall: 800, "soil depth": 2, Q10: 1.5 } },
    response: {
      model: "model",
      version: "1",
      outputs: { GPP: 3.1e-8, NEE: 0.2 },
      std: { GPP: 2e-10, NEE: 0.01 },
      units: { GPP: "kg/m2/s" },
      warnings: [],
    },
    errors: inferErrors,
  },
  {
    method: "GET",
    path: "/models",
    summary: "Every model with names, units, ranges and metadata.",
    tag: "people",
    response: { models: [] },
    errors: [401],
  },
  {
    method: "GET",
    path: "/models/{model}/file",
    summary: "The ONNX file.",
    tag: "people",
    response: "application/octet-stream",
    errors: [401, 404],
  },
  {
    method: "GET",
    path: "/models/{model}/network",
    summary: "Configuration, preparation and parameters (base64 of little-endian float32), per member.",
    tag: "people",
    response: { config: {}, members: [] },
    errors: [401, 404],
  },
  {
    method: "GET",
    path: "/v2",
    summary: "The server and its extensions.",
    tag: "inference",
    response: {
      name: "stiffnet-serve",
      version: "0.1.0",
      extensions: ["binary_tensor_data", "model_repository"],
    },
    errors: [401],
  },
  {
    method: "GET",
    path: "/v2/health/live",
    summary: "Whether the server lives.",
    tag: "operation",
    response: { live: true },
    errors: [],
  },
  {
    method: "GET",
    path: "/v2/health/ready",
    summary: "Whether a request would be run now.",
    tag: "operation",
    response: { ready: true },
    errors: [503],
  },
  {
    method: "GET",
    path: "/v2/models",
    summary: "The names of the models.",
    tag: "models",
    response: { models: ["model"] },
    errors: [401],
  },
  ...["/v2/models/{model}", "/v2/models/{model}/versions/{version}"].flatMap((path): Operation[] => [
    {
      method: "GET",
      path,
      summary: "Tensors of a model. Without a version, of the newest.",
      tag: "models",
      response: metadata,
      errors: [401, 404],
    },
    {
      method: "GET",
      path: `${path}/ready`,
      summary: "Whether the model can be asked.",
      tag: "models",
      response: { name: "model", ready: true },
      errors: [401, 404, 503],
    },
    {
      method: "POST",
      path: `${path}/infer`,
      summary: inferText,
      tag: "inference",
      request: inferRequest,
      response: inferResponse,
      errors: inferErrors,
    },
  ]),
  {
    method: "POST",
    path: "/v2/repository/index",
    summary: "What is on disk and whether it is loaded.",
    tag: "operation",
    request: { ready: false },
    response: [{ name: "model", version: "1", state: "READY", reason: "" }],
    errors: [400, 401],
  },
  {
    method: "POST",
    path: "/v2/repository/models/{model}/load",
    summary: "Reads a model again and swaps it in.",
    tag: "operation",
    request: {},
    response: { name: "model", load: true },
    errors: [400, 401, 404],
  },
  {
    method: "POST",
    path: "/v2/repository/models/{model}/unload",
    summary: "Stops answering from a model.",
    tag: "operation",
    request: {},
    response: { name: "model", unload: true },
    errors: [400, 401, 404],
  },
  {
    method: "GET",
    path: "/metrics",
    summary: "Counts for Prometheus.",
    tag: "operation",
    response: "text/plain",
    errors: [401],
  },
  {
    method: "GET",
    path: "/docs",
    summary: "This documentation, for people.",
    tag: "operation",
    response: "text/html",
    errors: [],
  },
  {
    method: "GET",
    path: "/docs/openapi.json",
    summary: "This documentation, as OpenAPI 3.1.",
    tag: "operation",
    response: {},
    errors: [],
  },
];
