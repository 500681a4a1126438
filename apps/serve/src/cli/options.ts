import { Command } from "commander";
import { ServeError } from "../errors.ts";
import { readVersionPolicy, type VersionPolicy } from "../models/version-policy.ts";
import type { ServeOptions } from "../serve-options.ts";
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
  ["-p, --port <number>", "port to listen on, 0 for a free one", 0, 65535, 8000],
  ["--grpc-port <number>", "speak the protocol over gRPC too, on this port", 0, 65535],
  ["--admin-port <number>", "load, unload, index and metrics on this port instead", 0, 65535],
];
const limits: readonly Number[] = [
  ["--processes <number>", "processes on the port; limits, queue and workers are those of each", 1, 256, 1],
  ["--workers <number>", "inference threads (one for each core, at most 4; with --processes, 1)", 1, 256],
  ["--max-queue <number>", "requests that may wait; more are answered with 503", 1, 1e6, 1024],
  ["--max-batch <number>", "rows that are run at once", 1, 1e6, 256],
  ["--max-rows <number>", "rows of one request", 1, 1e9, 65_536],
  ["--max-connections <number>", "connections at one time", 1, 1e6, 4096],
  ["--max-body <bytes>", "largest body", 1, 2 ** 31, 16 * 1024 ** 2],
  [
    "--max-memory <bytes>",
    "memory of all requests and answers; each connection may use a quarter",
    2 ** 20,
    2 ** 40,
    256 * 1024 ** 2,
  ],
  ["--max-model <bytes>", "largest file of a model", 1, 2 ** 31, 256 * 1024 ** 2],
  ["--timeout <seconds>", "time until a request is answered with 503", 1, 3600, 30],
  ["--lame-duck <seconds>", "at the end, time to answer while health says not ready", 0, 3600, 0],
  ["--drain <seconds>", "time for running requests after that", 0, 3600, 10],
];

/** The command line; `run` is given what it said. */
export function createCommand(run: (sources: string[], flags: Flags) => Promise<void>): Command {
  const command = new Command("stiffnet-serve")
    .description("Answers from exported surrogates over HTTP, with a page to explore them.")
    .argument(
      "[models...]",
      "FILE.onnx, NAME=FILE.onnx, or a folder with FILE.onnx and NAME/VERSION/model.onnx in it",
    )
    .option("--config <file>", "a JSON file with any of these options, and with models")
    .optionsGroup("Where it listens:")
    .option("--host <address>", "address to listen on; 0.0.0.0 opens it to the network", "127.0.0.1");
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
    .option("--deterministic", "answer a row with the same bits in every batch")
    .option("--strict", "do not start where one model cannot be loaded")
    .option("--no-watch", "do not look for new versions of the files")
    .optionsGroup("What it tells:")
    .option(
      "--log <level>",
      "silent, error, warn, info (every request) or debug; JSON lines on stderr",
      level,
      "warn",
    )
    .option(
      "--access-log <file>",
      "write one JSON line for each request, - for stdout; SIGHUP opens the file again",
    )
    .option(
      "--otel",
      "spans for the OpenTelemetry SDK that the process loads; needs @fastify/otel and @opentelemetry/api",
    )
    .option("--json", "print one JSON document about the running server on stdout")
    .version(version)
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
  command.option(flag, text, wholeNumber(name, min, max), value);
}

function addSecurity(command: Command): void {
  command
    .option(
      "--api-key-file <file>",
      "ask for one of these keys, one a line (as does the variable STIFFNET_API_KEYS, with commas); read again on SIGHUP",
    )
    .option("--admin-key-file <file>", "ask for one of these keys to load, unload, and see index and metrics")
    .option("--tls-cert <file>", "speak TLS with this certificate (PEM), on every port; read again on SIGHUP")
    .option("--tls-key <file>", "the key of the certificate")
    .option("--read-only", "refuse to load and unload")
    .option(
      "--allow-host <name>",
      "answer for this name too; .example.org for all names with this end, * for any (localhost, addresses and the name of this machine are always answered)",
      (names: string, list: readonly string[]) => [...list, ...names.split(",")],
      [],
    )
    .option(
      "--public <routes>",
      "answer only routes that begin with one of these on the port, and health: /v2/models,/predict",
      (text: string, list: readonly string[]) => [...list, ...text.split(",")],
      [],
    )
    .option("--cors <origin>", "let pages of this origin ask models", origins, []);
}

const examples = `
Every option is also a variable (STIFFNET_MAX_ROWS for --max-rows) and a field of the file of --config
("max-rows"). The command line counts before variables, and variables before the file.

Examples:
  stiffnet-serve model.onnx
  stiffnet-serve results/train/model.onnx --port 9000
  stiffnet-serve spring=a.onnx autumn=b.onnx --workers 2
  stiffnet-serve models/ --host 0.0.0.0 --allow-host surrogate.example.org --log info
  stiffnet-serve model.onnx --processes 8`;

function origins(text: string, list: readonly string[]): string[] {
  const given = text.split(",");
  for (const origin of given) {
    if (URL.canParse(origin) && new URL(origin).origin === origin) continue;
    throw new ServeError(`--cors is '${origin}', expected an origin such as https://example.org`, {
      code: "bad_option",
    });
  }
  return [...list, ...given];
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
