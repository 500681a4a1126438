import { Ajv2020 } from "ajv/dist/2020.js";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createServer } from "../src/index.ts";
import { writeEnsemble, writeModel } from "./service.ts";

interface Content {
  readonly [type: string]: {
    readonly example?: object;
    readonly schema: { readonly examples?: readonly object[] };
  };
}
interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

let server: FastifyInstance;
let document: { openapi: string; paths: Record<string, Record<string, Operation>>; components: object };
const routes = new Set<string>();
beforeAll(async () => {
  // The first is the one of the examples.
  server = await createServer([await writeEnsemble("model.onnx"), await writeModel("other.onnx")], {
    workers: 1,
    log: "silent",
    watch: 0,
  });
  await server.ready();
  // A tree, each level four places further in.
  const above: string[] = [];
  for (const line of server.printRoutes({ commonPrefix: false }).split("\n")) {
    const [, indent, path, methods] = /^([^\w/*:]*)(\S+) \((.*)\)$/.exec(line) ?? [];
    if (path === undefined) continue;
    // Four places for each level. The last two may be a slash that belongs to the path.
    const depth = Math.floor(indent!.length / 4);
    above[depth] = `${above[depth - 1] ?? ""}${path}`;
    if (/GET|POST/.test(methods!)) routes.add(above[depth]!.replace(/:(\w+)/g, "{$1}"));
  }
  document = (await server.inject({ url: "/docs/openapi.json" })).json();
});
afterAll(() => server.close());

const operations = (): [path: string, method: string, Operation][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      path,
      method,
      operation,
    ]),
  );

test("every route of the service is described, but those of the page and of the description itself", () => {
  expect(document.openapi).toBe("3.1.0");
  const hidden = /^\/($|docs|[a-z-]+\.(css|js)$)/;
  expect(Object.keys(document.paths).sort()).toEqual([...routes].filter((path) => !hidden.test(path)).sort());
  const ids = operations().map(([, , { operationId }]) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test("errors are described as they are answered", async () => {
  const schema = document.paths["/predict"]!.post!.responses["400"]!.content!["application/json"]!.schema;
  expect(schema).toEqual({ $ref: "#/components/schemas/Error" });
  expect(document.components).toMatchObject({ schemas: { Error: { required: ["error"] } } });
});

test("a body is needed where one of its fields is", () => {
  const needed = operations().flatMap(([path, , { requestBody }]) =>
    requestBody ? [[path, requestBody.required]] : [],
  );
  expect(Object.fromEntries(needed)).toEqual({
    "/predict": true,
    "/v2/models/{model}/infer": true,
    "/v2/models/{model}/versions/{version}/infer": true,
    "/v2/repository/index": false,
    "/v2/repository/models/{model}/load": false,
    "/v2/repository/models/{model}/unload": false,
  });
});

test("every example is answered, with an answer that fits its schema", async () => {
  const ajv = new Ajv2020({ strict: false });
  for (const [path, method, { requestBody, responses }] of operations()) {
    const example = requestBody?.content["application/json"]?.example;
    const url = path.replace(
      "{model}",
      path.endsWith("/load") || path.endsWith("/unload") ? "other" : "model",
    );
    const reply = await server.inject({
      method: method.toUpperCase() as "GET",
      url: url.replace("{version}", "1"),
      ...(example && { payload: example }),
    });
    expect([path, reply.statusCode, reply.body.slice(0, 200)]).toEqual([path, 200, expect.anything()]);
    const described = responses["200"]!.content!["application/json"];
    if (!described) continue;
    const validate = ajv.compile(described.schema);
    validate(reply.json());
    expect([path, validate.errors]).toEqual([path, null]);
    for (const answer of described.schema.examples ?? [])
      expect([path, validate(answer)]).toEqual([path, true]);
  }
});
