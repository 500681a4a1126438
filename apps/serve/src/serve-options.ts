import type { Tls } from "./http/certificates.ts";
import type { VersionPolicy } from "./models/version-policy.ts";
import type { Member } from "./processes/member.ts";

/** Values of options that are not given. */
export const defaults = {
  maxQueue: 1024,
  maxBatch: 256,
  maxRows: 65_536,
  maxBody: 16 * 1024 ** 2,
  maxMemory: 256 * 1024 ** 2,
  maxModel: 256 * 1024 ** 2,
  maxConnections: 4096,
  timeout: 30_000,
  watch: 1000,
} as const;

export interface ServeOptions {
  /** Keys that clients must present, as `Authorization: Bearer KEY` or `X-API-Key: KEY`; without any,
   *  everybody may ask. "KEY NAME" names a key for the access log. */
  readonly apiKeys?: readonly string[];
  /** Origins whose pages may ask models from a browser, such as "https://example.org"; none by default. */
  readonly corsOrigins?: readonly string[];
  /** Names that the server answers for beside localhost, the machine's own and every address; ".example.org"
   *  for all that end so, "*" for any. */
  readonly allowedHosts?: readonly string[];
  /** Inference threads; by default one for each core, at most 4. */
  readonly workers?: number;
  /** Requests that may wait before further ones are refused with 503; 1024 by default. */
  readonly maxQueue?: number;
  /** Rows that are run at once; 256 by default. */
  readonly maxBatch?: number;
  /** Rows of one request; 65536 by default. */
  readonly maxRows?: number;
  /** Largest body in bytes; 16 MiB by default. */
  readonly maxBody?: number;
  /** Bytes that all requests and answers may hold at one time, a connection's a quarter of it; 256 MiB by
   *  default. */
  readonly maxMemory?: number;
  /** Largest file of a model in bytes; 256 MiB by default. */
  readonly maxModel?: number;
  /** Connections at one time; 4096 by default. */
  readonly maxConnections?: number;
  /** Milliseconds until a request gets 503, 30,000 by default. A client may ask for less. */
  readonly timeout?: number;
  /** Port of the same protocol over gRPC, which is off by default. */
  readonly grpc?: { readonly port: number; readonly host?: string } | undefined;
  /** A certificate and its key (PEM), for every port; without them connections are plain. */
  readonly tls?: Tls | undefined;
  /** Milliseconds between two looks at the files for new versions; 1000 by default, 0 for never. */
  readonly watch?: number;
  /** Level of the structured log on stderr: "info" logs every request; "warn" by default. */
  readonly log?: "silent" | "error" | "warn" | "info" | "debug";
  /** A file with one line for each request that was answered, "-" for standard output; none by default. */
  readonly accessLog?: string;
  /** Spans for the OpenTelemetry SDK of the process, by @fastify/otel. */
  readonly telemetry?: boolean | undefined;
  /** The routes for operators: load, unload, index and metrics. With a port, only that port answers them.
   *  With keys, they ask for these keys instead of the usual ones. */
  readonly admin?: {
    readonly port?: number | undefined;
    readonly host?: string;
    readonly apiKeys?: readonly string[] | undefined;
  };
  /** The main port answers only routes that begin with one of these, such as "/v2/models", and health.
   *  Default: all routes. */
  readonly publicRoutes?: readonly string[];
  /** Whether the answer to a row is the same to the bit whatever it is run together with. */
  readonly deterministic?: boolean;
  /** Which versions of each model are loaded; all by default. */
  readonly versions?: VersionPolicy | undefined;
  /** Whether one model that cannot be loaded ends the start; otherwise it is logged, and the others
   *  answer. */
  readonly strict?: boolean;
  /** Refuses to load and unload. */
  readonly readOnly?: boolean;
  /** How many processes answer on the port; 1 by default. */
  readonly processes?: number;
  /** Those beside this one; see `--processes`. */
  readonly siblings?: Pick<Member, "join"> | undefined;
}

export type FilledOptions = ServeOptions & Required<Pick<ServeOptions, keyof typeof defaults>>;
