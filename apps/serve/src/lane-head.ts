/** What a plain head says. */
export interface PlainHead {
  readonly path: string;
  /** Bytes of the body. */
  readonly length: number;
  readonly requestId: string | undefined;
  readonly apiKey: string | undefined;
  readonly authorization: string | undefined;
}

/** Headers that change how a request is to be read or who may ask it; whoever sends one is answered by the HTTP server. */
const withMeaning = new Set([
  "transfer-encoding",
  "content-encoding",
  "inference-header-content-length",
  "origin",
  "expect",
  "upgrade",
  "te",
  "trailer",
  "keep-alive",
  "proxy-connection",
  "http2-settings",
]);
/** Of these there may be one. */
const single = new Set([
  "host",
  "content-length",
  "content-type",
  "connection",
  "x-request-id",
  "x-api-key",
  "authorization",
]);

const line = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e]*?)[ \t]*$/;
const start = /^POST (\/[A-Za-z0-9_.~/-]*) HTTP\/1\.1$/;

/** Reads the head of a request, without the empty line that ends it. Undefined unless it is a POST over HTTP/1.1 to a path of plain
 *  characters, with a Host, one length and one JSON body, each line written as RFC 9112 has it. */
export function readHead(text: string): PlainHead | undefined {
  const [first, ...rest] = text.split("\r\n");
  const path = start.exec(first!)?.[1];
  if (path === undefined) return undefined;
  const found = new Map<string, string>();
  for (const one of rest) {
    const parts = line.exec(one);
    if (!parts) return undefined;
    const name = parts[1]!.toLowerCase();
    if (withMeaning.has(name)) return undefined;
    if (!single.has(name)) continue;
    if (found.has(name)) return undefined;
    found.set(name, parts[2]!);
  }
  const length = found.get("content-length");
  const type = found.get("content-type");
  const connection = found.get("connection");
  if (!found.get("host") || length === undefined || !/^\d{1,9}$/.test(length)) return undefined;
  if (type !== undefined && !/^application\/json\s*(;|$)/i.test(type)) return undefined;
  if (connection !== undefined && connection.toLowerCase() !== "keep-alive") return undefined;
  return {
    path,
    length: Number(length),
    requestId: found.get("x-request-id"),
    apiKey: found.get("x-api-key"),
    authorization: found.get("authorization"),
  };
}
