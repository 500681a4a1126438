import type { FastifyInstance } from "fastify";
import { version } from "../service.ts";
import { jsonType } from "./body.ts";

interface Described {
  readonly summary?: string;
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
type Content = Readonly<
  Record<string, { readonly example?: unknown; readonly schema?: { readonly examples?: readonly unknown[] } }>
>;

/** OpenAPI at /docs/openapi.json and, for people, at /docs. */
export function addDocs(app: FastifyInstance): void {
  app.get("/docs/openapi.json", { config: { open: true } }, (_request, reply) =>
    reply.type(jsonType).send(JSON.stringify(app.swagger(), undefined, 2)),
  );
  app.get("/docs", { config: { open: true } }, (_request, reply) =>
    reply
      .type("text/html; charset=utf-8")
      .header(
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
      )
      .send(html(app.swagger().paths as Paths)),
  );
}

type Paths = Readonly<Record<string, Readonly<Record<string, Described>>>>;

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => `&${{ "&": "amp", "<": "lt", ">": "gt", '"': "quot" }[c]};`);

function example(title: string, content: Content | undefined): string {
  const [type, body] = Object.entries(content ?? {})[0] ?? [];
  if (type === undefined) return "";
  const value = body!.example ?? body!.schema?.examples?.[0];
  const text = value === undefined ? type : JSON.stringify(value, undefined, 2);
  return `<h4>${title}</h4><pre tabindex="0">${escaped(text)}</pre>`;
}

function section(method: string, path: string, { summary = "", requestBody, responses }: Described): string {
  const errors = Object.keys(responses).filter((status) => Number(status) >= 400);
  const failing =
    errors.length > 0 ? `<p class="quiet">Errors: ${errors.join(", ")}, each as { "error": text }.</p>` : "";
  return `<section class="panel"><h3><code>${method.toUpperCase()} ${escaped(path)}</code></h3><p>${escaped(summary)}</p>${example("Request", requestBody?.content)}${example("Answer", responses[200]?.content)}${failing}</section>`;
}

function html(paths: Paths): string {
  const sections = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => section(method, path, described)),
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>stiffnet-serve: routes</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"></head>
<body class="docs"><header><h1>Routes of stiffnet-serve ${version}</h1><p><a href="/">The page</a> · <a href="/docs/openapi.json">OpenAPI 3.1</a></p></header>
<main>${sections.join("\n")}</main></body></html>
`;
}
