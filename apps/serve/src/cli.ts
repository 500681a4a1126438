import { readFile } from "node:fs/promises";
import { Command, CommanderError } from "commander";
import type { FastifyInstance } from "fastify";
import { ServeError } from "./errors.ts";
import { memberVariable, startProcesses } from "./processes.ts";
import { createServer, type ServeOptions } from "./server.ts";
import { type Service, version } from "./service.ts";
import { createMember, type Member } from "./siblings.ts";

interface Flags extends Omit<ServeOptions, "watch" | "timeout" | "apiKeys" | "corsOrigins" | "siblings"> {
  readonly processes: number;
  readonly port: number;
  readonly host: string;
  readonly json?: boolean;
  readonly timeout: number;
  readonly drain: number;
  readonly watch: boolean;
  readonly apiKeyFile?: string;
  readonly grpcPort?: number;
  readonly cors: readonly string[];
}

/** Runs the command line; resolves with the exit code, or with nothing while the server runs. */
export async function main(argv: readonly string[]): Promise<number | undefined> {
  let exitCode: number | undefined;
  const run = async (sources: string[], flags: Flags): Promise<void> => {
    if (process.env[memberVariable] !== undefined) await serveAsMember(sources, flags);
    else if (flags.processes > 1) exitCode = await serveFromMany(argv, flags);
    else await serveAlone(sources, flags);
  };
  try {
    await command(run).parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`stiffnet-serve: ${(error as Error).message}\n`);
    return typeof (error as { code?: unknown }).code === "string" ? 2 : 1;
  }
}

function command(run: (sources: string[], flags: Flags) => Promise<void>): Command {
  return new Command("stiffnet-serve")
    .description("Answers from exported surrogates over HTTP, with a page to explore them.")
    .argument(
      "<models...>",
      "FILE.onnx, NAME=FILE.onnx, or a folder with FILE.onnx and NAME/VERSION/model.onnx in it",
    )
    .option("-p, --port <number>", "port to listen on, 0 for a free one", wholeNumber("port", 0, 65535), 8000)
    .option("--host <address>", "address to listen on; 0.0.0.0 opens it to the network", "127.0.0.1")
    .option(
      "--grpc-port <number>",
      "speak the protocol over gRPC too, on this port",
      wholeNumber("grpc-port", 0, 65535),
    )
    .option(
      "--processes <number>",
      "processes that answer on the port; limits, queue and workers are those of each",
      wholeNumber("processes", 1, 256),
      1,
    )
    .option(
      "--workers <number>",
      "inference threads (default: one for each core, at most 4; with --processes, 1)",
      wholeNumber("workers", 1, 256),
    )
    .option(
      "--max-queue <number>",
      "requests that may wait before 503",
      wholeNumber("max-queue", 1, 1e6),
      1024,
    )
    .option("--max-batch <number>", "rows that are run at once", wholeNumber("max-batch", 1, 1e6), 256)
    .option("--max-rows <number>", "rows of one request", wholeNumber("max-rows", 1, 1e9), 65_536)
    .option(
      "--max-connections <number>",
      "connections at one time",
      wholeNumber("max-connections", 1, 1e6),
      4096,
    )
    .option(
      "--timeout <seconds>",
      "time after which a request is answered with 503",
      wholeNumber("timeout", 1, 3600),
      30,
    )
    .option(
      "--drain <seconds>",
      "time that running requests have at the end",
      wholeNumber("drain", 0, 3600),
      10,
    )
    .option("--no-watch", "do not look for new versions of the files")
    .option(
      "--api-key-file <file>",
      "ask for one of these keys, one a line (as does the variable STIFFNET_API_KEYS, with commas)",
    )
    .option(
      "--cors <origin>",
      "let pages of this origin call the service; can be given more than once",
      collect,
      [],
    )
    .option("--max-body <bytes>", "largest body", wholeNumber("max-body", 1, 2 ** 31), 16 * 1024 ** 2)
    .option(
      "--log <level>",
      "silent, error, warn, info (every request) or debug; JSON lines on stderr",
      level,
      "warn",
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
    .action(run);
}

const examples = `
Examples:
  stiffnet-serve model.onnx
  stiffnet-serve results/train/model.onnx --port 9000
  stiffnet-serve spring=a.onnx autumn=b.onnx --workers 2
  stiffnet-serve models/ --host 0.0.0.0 --log info
  stiffnet-serve model.onnx --processes 8`;

/** What is told about a server that answers. */
interface About {
  readonly url: string;
  readonly models: readonly {
    name: string;
    version: string;
    inputs: number;
    outputs: number;
    members: number;
  }[];
}

async function serveAlone(sources: string[], flags: Flags): Promise<void> {
  const { server, about } = await start(sources, flags);
  tell(about, [process.pid], flags);
  onSignals(
    () => stop(server, flags.drain),
    () => process.exit(1),
  );
}

function onSignals(first: () => void, again: () => void): void {
  let count = 0;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => (++count === 1 ? first() : again()));
  }
}

/** In a process of startProcesses, which tells it when to stop, and ends it at a second signal: Ctrl-C reaches all processes of a
 *  terminal, in any order with what they are told. */
async function serveAsMember(sources: string[], flags: Flags): Promise<void> {
  process.on("SIGINT", () => {});
  let server: FastifyInstance | undefined;
  const member = createMember(() => (server ? stop(server, flags.drain) : process.exit(0)));
  const started = await start(sources, { workers: 1, ...flags }, member);
  server = started.server;
  process.once("SIGTERM", () => stop(started.server, flags.drain));
  await member.ready(started.about);
}

/** Resolves with the exit code where they cannot start. */
async function serveFromMany(argv: readonly string[], flags: Flags): Promise<number | undefined> {
  const processes = await startProcesses(flags.processes, argv);
  if (typeof processes === "number") return processes;
  tell(processes.about as About, processes.pids, flags);
  onSignals(
    () => void processes.stop().then((code) => process.exit(code)),
    () => {
      processes.kill();
      process.exit(1);
    },
  );
  return undefined;
}

/** Listens. */
async function start(
  sources: string[],
  flags: Flags,
  member?: Member,
): Promise<{ server: FastifyInstance; about: About }> {
  const { timeout, watch, apiKeyFile, cors, grpcPort, ...rest } = flags;
  const server = await createServer(sources, {
    ...rest,
    timeout: 1000 * timeout,
    watch: watch ? 1000 : 0,
    apiKeys: await readKeys(apiKeyFile),
    corsOrigins: cors,
    ...(grpcPort !== undefined && { grpc: { port: grpcPort, host: flags.host } }),
    ...(member && { siblings: member }),
  });
  try {
    await member?.catchUp();
    await server.listen({ port: flags.port, host: flags.host });
  } catch (error) {
    await server.close();
    throw listenError(error as NodeJS.ErrnoException, flags);
  }
  const { port } = server.server.address() as { port: number };
  const host = flags.host.includes(":") ? `[${flags.host}]` : flags.host;
  const { registry } = (server as unknown as { stiffnet: Service }).stiffnet;
  const models = registry.all().map(({ name, version: of, surrogate: { inputs, outputs, members } }) => {
    return { name, version: of, inputs: inputs.length, outputs: outputs.length, members };
  });
  return { server, about: { url: `http://${host}:${port}`, models } };
}

function tell({ url, models }: About, processes: readonly number[], { json }: Flags): void {
  const count = (of: number, what: string): string => `${of} ${what}${of === 1 ? "" : "s"}`;
  const list = models.map(
    ({ name, inputs, outputs }) => `${name} (${count(inputs, "input")}, ${count(outputs, "output")})`,
  );
  const many = processes.length > 1 ? `, in ${processes.length} processes` : "";
  process.stderr.write(`stiffnet-serve: ${url}/ answers from ${list.join(", ")}${many}; Ctrl-C ends it\n`);
  if (json)
    process.stdout.write(
      `${JSON.stringify({ command: "serve", version, url, pid: process.pid, processes, models })}\n`,
    );
}

/** What was accepted is answered; after `drain` seconds the rest is given up. */
function stop(server: FastifyInstance, drain: number): void {
  setTimeout(() => process.exit(1), 1000 * drain).unref();
  void server.close().then(() => process.exit(0));
}

async function readKeys(file: string | undefined): Promise<string[]> {
  const fromEnvironment = (process.env.STIFFNET_API_KEYS ?? "").split(",");
  const text = file === undefined ? "" : await readKeyFile(file);
  const fromFile = text.split(/\r?\n/);
  const keys = [...fromEnvironment, ...fromFile].map((key) => key.trim()).filter((key) => key.length > 0);
  if (file !== undefined && keys.length === 0) {
    throw new ServeError(`${file}: no API key, expected one a line`, { code: "bad_option" });
  }
  return keys;
}

async function readKeyFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const reasons: Record<string, string> = {
      ENOENT: "no such file",
      EACCES: "this user may not read it",
      EISDIR: "a folder, expected a file",
    };
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new ServeError(`--api-key-file ${file}: ${reasons[code] ?? code}`, { code: "bad_option" });
  }
}

function collect(origin: string, list: readonly string[]): string[] {
  if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
    throw new ServeError(`--cors is '${origin}', expected an origin such as https://example.org`, {
      code: "bad_option",
    });
  }
  return [...list, origin];
}

function listenError(error: NodeJS.ErrnoException, { port, host }: Flags): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} of ${host} is in use; choose another with --port`,
    EACCES: `port ${port} of ${host} is not permitted; choose one above 1023 with --port`,
    EADDRNOTAVAIL: `${host} is not an address of this machine`,
    ENOTFOUND: `${host} is not an address of this machine`,
  };
  const reason = reasons[error.code ?? ""];
  return reason ? new ServeError(reason, { code: "port_in_use" }) : error;
}

function wholeNumber(name: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new ServeError(`--${name} is '${text}', expected a whole number from ${min} to ${max}`, {
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
