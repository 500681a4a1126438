import { Command, Option } from "commander";
import { ServeError } from "../errors.ts";
import { readVersionPolicy, type VersionPolicy } from "../models/version-policy.ts";
import { defaults, type ServeOptions } from "../serve-options.ts";
import { version } from "../service.ts";
import { readSettings } from "./settings.ts";

export interface Flags
  extends Omit<
    ServeOptions,
    "watch" | "timeout" | "apiKeys" | "publicRoutes" | "corsOrigins" | "allowedHosts" | "siblings"
  > {
  readonly versionPolicy?: VersionPolicy;
  readonly processes: number;
  readonly port: number;
  readonly host: string;
  readonly json?: boolean;
  readonly timeout: number;
  readonly lameDuck: number;
  readonly drain: number;
  readonly watch: boolean;
  readonly apiKeyFile?: string;
  readonly adminKeyFile?: string;
  readonly otel?: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly adminPort?: number;
  readonly grpcPort?: number;
  readonly cors: readonly string[];
  readonly allowHost: readonly string[];
  readonly public: readonly string[];
}

type Number = readonly [flag: string, text: string, min: number, max: number, value?: number];

const ports: readonly Number[] = [
  ["-p, --port <number>", "port to listen on; 0 chooses a free port", 0, 65535, 8000],
  ["--grpc-port <number>", "also answer gRPC, on this port", 0, 65535],
  ["--admin-port <number>", "move loading, unloading, index and metrics to this port", 0, 65535],
];
const limits: readonly Number[] = [
  ["--processes <number>", "server processes, each with its own queue, workers and limits", 1, 256, 1],
  ["--workers <number>", "inference threads (default: one a core, at most 4; 1 with --processes)", 1, 256],
  ["--max-queue <number>", "requests that may wait; the next one gets status 503", 1, 1e6, defaults.maxQueue],
  ["--max-batch <number>", "rows to compute in one batch", 1, 1e6, defaults.maxBatch],
  ["--max-rows <number>", "rows that one request may have", 1, 1e9, defaults.maxRows],
  ["--max-connections <number>", "number of simultaneous connections", 1, 1e6, defaults.maxConnections],
  ["--max-body <bytes>", "size limit of a request", 1, 2 ** 31, defaults.maxBody],
  [
    "--max-memory <bytes>",
    "memory limit of all requests and answers together; one connection may use a quarter",
    2 ** 20,
    2 ** 40,
    defaults.maxMemory,
  ],
  ["--max-model <bytes>", "size limit of a model file", 1, 2 ** 31, defaults.maxModel],
  [
    "--timeout <seconds>",
    "time limit of a request, which then gets status 503",
    1,
    3600,
    defaults.timeout / 1000,
  ],
  [
    "--lame-duck <seconds>",
    "after a stop signal, keep answering for this time while the health check says not ready",
    0,
    3600,
    0,
  ],
  ["--drain <seconds>", "then wait this long for running requests to finish", 0, 3600, 10],
];

/** The command line; `run` is given what it said. */
export function createCommand(run: (sources: string[], flags: Flags) => Promise<void>): Command {
  const command = new Command("stiffnet-serve")
    .description("Serves exported models over HTTP, with a page to explore them.")
    .argument(
      "[models...]",
      "FILE.onnx, NAME=FILE.onnx, or a folder that holds such files or NAME/VERSION/model.onnx",
    )
    .option("--config <file>", "JSON file with any of these options, and with models")
    .optionsGroup("Where it listens:")
    .option(
      "--host <address>",
      "address to listen on; 0.0.0.0 opens the service to the network",
      "127.0.0.1",
    );
  for (const number of ports) addNumber(command, number);
  command.optionsGroup("Limits:");
  for (const number of limits) addNumber(command, number);
  addSecurity(command.optionsGroup("Who may ask:"));
  return command
    .optionsGroup("Models:")
    .option(
      "--version-policy <policy>",
      "versions of each model to load: all, latest:NUMBER or specific:VERSION,VERSION",
      readVersionPolicy,
    )
    .option("--deterministic", "give a row exactly the same answer in every batch")
    .option("--strict", "do not start if a model cannot be loaded")
    .option("--no-watch", "do not reload model files that change")
    .optionsGroup("Output and help:")
    .option(
      "--log <level>",
      "how much to log on stderr, as JSON lines: silent, error, warn, info (every request) or debug",
      level,
      "warn",
    )
    .option(
      "--access-log <file>",
      "write a JSON line for each request to this file, or to stdout with -; SIGHUP opens the file again",
    )
    .option(
      "--otel",
      "send spans to the OpenTelemetry SDK of the process; needs @fastify/otel and @opentelemetry/api",
    )
    .option("--json", "print address and models of the running server as one JSON document")
    .helpOption("-h, --help", "show this help")
    .version(version, "-V, --version", "print the version")
    .addHelpText("after", examples)
    .configureOutput({
      // One line, with the guess at what was meant on it.
      writeErr: (text) =>
        process.stderr.write(text.replace(/^error: /, "stiffnet-serve: ").replaceAll(/\n(?=.)/g, " ")),
    })
    .exitOverride()
    .action((given: string[], _flags, command: Command) => {
      const { models } = readSettings(command, process.env);
      const sources = given.length > 0 ? given : [...models];
      if (sources.length === 0) {
        throw new ServeError("no model is given, expected FILE.onnx or a folder", { code: "bad_option" });
      }
      return run(sources, command.opts<Flags>());
    });
}

function addNumber(command: Command, [flag, text, min, max, value]: Number): void {
  const name = flag.slice(flag.indexOf("--"), flag.indexOf(" <"));
  const shown = flag.endsWith("<bytes>") ? `${value! / 1024 ** 2} MiB` : undefined;
  command.addOption(new Option(flag, text).argParser(wholeNumber(name, min, max)).default(value, shown));
}

function addSecurity(command: Command): void {
  command
    .option(
      "--api-key-file <file>",
      "require one of the keys in this file, which has one key on each line; SIGHUP reads it again (or set STIFFNET_API_KEYS=KEY,KEY)",
    )
    .option(
      "--admin-key-file <file>",
      "require one of the keys in this file for loading, unloading, index and metrics",
    )
    .option("--tls-cert <file>", "use TLS on every port, with this certificate (PEM); SIGHUP reads it again")
    .option("--tls-key <file>", "private key of the certificate")
    .option("--read-only", "refuse requests to load or unload a model")
    .addOption(
      listed(
        "--allow-host <name>",
        "also answer under this host name; .example.org stands for all names that end so, * for all names (localhost, addresses and the name of this machine always work)",
      ),
    )
    .addOption(
      listed(
        "--public <routes>",
        "answer only routes with these beginnings, such as /v2/models,/predict; health checks always work",
      ),
    )
    .addOption(listed("--cors <origin>", "allow web pages of this origin to use the models", requireOrigin));
}

/** An option that collects values, which commas separate. */
function listed(flag: string, text: string, check: (value: string) => void = () => {}): Option {
  const read = (values: string, before: readonly string[]): string[] => {
    const given = values.split(",");
    given.forEach(check);
    return [...before, ...given];
  };
  return new Option(flag, text).argParser<readonly string[]>(read).default([], "none");
}

const examples = `
Every option can also be an environment variable (STIFFNET_MAX_ROWS for --max-rows) or a field of the --config
file ("max-rows"). The command line overrides variables, and variables override the file.

Examples:
  stiffnet-serve model.onnx
  stiffnet-serve results/train/model.onnx --port 9000
  stiffnet-serve spring=a.onnx autumn=b.onnx --workers 2
  stiffnet-serve models/ --host 0.0.0.0 --allow-host surrogate.example.org --log info
  stiffnet-serve model.onnx --processes 8`;

function requireOrigin(origin: string): void {
  if (URL.canParse(origin) && new URL(origin).origin === origin) return;
  throw new ServeError(`--cors is '${origin}', expected an origin such as https://example.org`, {
    code: "bad_option",
  });
}

function wholeNumber(name: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new ServeError(`${name} is '${text}', expected a whole number from ${min} to ${max}`, {
        code: "bad_option",
      });
    }
    return value;
  };
}

function level(text: string): string {
  const levels = ["silent", "error", "warn", "info", "debug"];
  if (levels.includes(text)) return text;
  throw new ServeError(`--log is '${text}', expected one of ${levels.join(", ")}`, { code: "bad_option" });
}
