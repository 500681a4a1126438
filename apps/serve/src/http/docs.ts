import type { FastifyInstance } from "fastify";
import { version } from "../service.ts";
import { jsonType } from "./body.ts";
import { type Operation, operations } from "./operations.ts";

/** OpenAPI at /docs/openapi.json and, for people, at /docs. After `close`, a route that stands in one of documentation and server but
 *  not in the other is an error, so that the two cannot part. */
export function addDocs(app: FastifyInstance): { close(): void } {
  const routes = new Set<string>();
  app.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat())
      if (one !== "HEAD") routes.add(`${one} ${url.replace(/:(\w+)/g, "{$1}")}`);
  });
  const json = JSON.stringify(openApi(), undefined, 2);
  app.get("/docs/openapi.json", (_request, reply) => reply.type(jsonType).send(json));
  app.get("/docs", (_request, reply) =>
    reply
      .type("text/html; charset=utf-8")
      .header(
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
      )
      .send(html()),
  );
  return {
    close() {
      const documented = new Set(operations.map(({ method, path }) => `${method} ${path}`));
      const apart = [...routes]
        .filter((route) => !documented.has(route))
        .concat([...documented].filter((route) => !routes.has(route)));
      if (apart.length > 0) throw new Error(`documented or served, but not both: ${apart.join(", ")}`);
    },
  };
}

const descriptions: Record<number, string> = {
  400: "The request is wrong; the text says where and what was expected.",
  401: "An API key is needed.",
  404: "There is no such model, version or route.",
  413: "The body is too large.",
  415: "The body is of another type, or compressed.",
  503: "Not now: Retry-After says when to try again.",
};

function openApi(): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: described(operation),
    };
  }
  const error = { type: "object", required: ["error"], properties: { error: { type: "string" } } };
  return {
    openapi: "3.1.0",
    info: {
      title: "stiffnet-serve",
      version,
      description:
        "Answers from exported surrogates: the Open Inference Protocol v2 and named values in physical units.",
    },
    components: {
      schemas: { Error: error },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        key: { type: "apiKey", in: "header", name: "X-API-Key" },
      },
    },
    paths,
  };
}

function described({ path, summary, tag, request, response, errors, method }: Operation): unknown {
  const content = (value: unknown): unknown =>
    typeof value === "string"
      ? { [value]: { schema: { type: "string" } } }
      : {
          "application/json": { schema: { type: Array.isArray(value) ? "array" : "object" }, example: value },
        };
  const failures = errors.map((status) => [
    status,
    {
      description: descriptions[status],
      content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
    },
  ]);
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[^A-Za-z0-9]+(\w)?/g, (_, next?: string) => next?.toUpperCase() ?? "")}`,
    summary,
    tags: [tag],
    parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: { type: "string" },
    })),
    ...(request !== undefined && { requestBody: { content: content(request) } }),
    responses: {
      200: { description: "Answered.", content: content(response) },
      ...Object.fromEntries(failures),
    },
  };
}

function html(): string {
  const escaped = (text: string): string =>
    text.replace(/[&<>"]/g, (c) => `&${{ "&": "amp", "<": "lt", ">": "gt", '"': "quot" }[c]};`);
  const example = (title: string, value: unknown): string =>
    value === undefined
      ? ""
      : `<h4>${title}</h4><pre tabindex="0">${escaped(typeof value === "string" ? value : JSON.stringify(value, undefined, 2))}</pre>`;
  const sections = operations
    .filter(({ tag }) => tag !== "page")
    .map(
      ({ method, path, summary, request, response, errors }) =>
        `<section class="panel"><h3><code>${method} ${escaped(path)}</code></h3><p>${escaped(summary)}</p>${example("Request", request)}${example("Answer", response)}${
          errors.length > 0
            ? `<p class="quiet">Errors: ${errors.join(", ")}, each as { "error": text }.</p>`
            : ""
        }</section>`,
    );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>stiffnet-serve: routes</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"></head>
<body class="docs"><header><h1>Routes of stiffnet-serve ${version}</h1><p><a href="/">The page</a> · <a href="/docs/openapi.json">OpenAPI 3.1</a></p></header>
<main>${sections.join("\n")}</main></body></html>
`;
}
