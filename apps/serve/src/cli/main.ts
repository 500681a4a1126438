import { CommanderError } from "commander";
import type { FastifyInstance } from "fastify";
import { ServeError } from "../errors.ts";
import { createServer } from "../http/server.ts";
import { createMember, type Member } from "../processes/member.ts";
import { memberVariable, startProcesses } from "../processes/primary.ts";
import { version } from "../service.ts";
import { readKeys, readTls } from "./option-files.ts";
import { createCommand, type Flags } from "./options.ts";

/** Runs the command line; resolves with the exit code, or with nothing while the server runs. */
export async function main(argv: readonly string[]): Promise<number | undefined> {
  let exitCode: number | undefined;
  const run = async (sources: string[], flags: Flags): Promise<void> => {
    if (process.env[memberVariable] !== undefined) await serveAsMember(sources, flags);
    else if (flags.processes > 1) exitCode = await serveFromMany(argv, flags);
    else await serveAlone(sources, flags);
  };
  try {
    await createCommand(run).parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`stiffnet-serve: ${(error as Error).message}\n`);
    return typeof (error as { code?: unknown }).code === "string" ? 2 : 1;
  }
}

/** Addresses and models of a server that has started. */
type About = Awaited<ReturnType<typeof start>>["about"];

async function serveAlone(sources: string[], flags: Flags): Promise<void> {
  const starting = start(sources, flags);
  onHangup(flags, async () => reread((await starting).server, flags));
  // The first process of a container would not hear a signal without a listener. An exit while threads of
  // onnxruntime start may crash.
  onSignals(
    () =>
      void starting.then(
        ({ server }) => stop(server, flags),
        () => {},
      ),
    () => process.exit(1),
  );
  tell((await starting).about, [process.pid], flags);
}

/** Reads files again. Without files, SIGHUP means that the terminal was closed. */
function onHangup(flags: Flags, again: () => Promise<void>): void {
  const { apiKeyFile, adminKeyFile, tlsCert, accessLog } = flags;
  const files = [apiKeyFile, adminKeyFile, tlsCert, accessLog];
  process.on("SIGHUP", () => {
    if (files.every((file) => file === undefined)) process.kill(process.pid, "SIGTERM");
    else void again();
  });
}

/** If a file cannot be read, its last contents stay. */
async function reread(server: FastifyInstance, flags: Flags): Promise<void> {
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      process.stderr.write(`stiffnet-serve: ${(error as Error).message}; the ${what} as before\n`);
    }
  };
  await attempt("keys stay", async () => {
    const { usual, admin } = await readKeys(flags);
    const { keys } = server.stiffnet;
    keys.usual.replace(usual);
    if (admin) keys.admin.replace(admin);
  });
  await attempt("certificate stays", async () => {
    const tls = await readTls(flags);
    if (tls) server.certificates?.replace(tls);
  });
  server.reopenAccessLog();
}

function onSignals(first: () => void, again: () => void): void {
  let count = 0;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => (++count === 1 ? first() : again()));
  }
}

/** Runs in a process of startProcesses, which tells it to stop and ends it at a second signal. Ctrl-C reaches
 *  all processes of a terminal, before or after that message. */
async function serveAsMember(sources: string[], flags: Flags): Promise<void> {
  process.on("SIGINT", () => {});
  process.on("SIGHUP", () => {});
  let server: FastifyInstance | undefined;
  const member = createMember({
    stop: () => (server ? void stop(server, flags) : process.exit(0)),
    reload: async () => reread((await starting).server, flags),
  });
  const starting = start(sources, { workers: 1, ...flags }, member);
  const started = await starting;
  server = started.server;
  process.once("SIGTERM", () => void stop(started.server, flags));
  await member.ready(started.about);
}

/** Resolves with the exit code where they cannot start. */
async function serveFromMany(argv: readonly string[], flags: Flags): Promise<number | undefined> {
  const started = await startProcesses(flags.processes, argv, (processes) => {
    onSignals(
      () => void processes.stop().then((code) => process.exit(code)),
      () => {
        processes.kill();
        process.exit(1);
      },
    );
    onHangup(flags, () => processes.reload());
  });
  if (typeof started === "number") return started;
  const { processes, about } = started;
  tell(about as About, processes.pids, flags);
  return undefined;
}

async function start(sources: string[], flags: Flags, member?: Member) {
  const {
    host,
    timeout,
    watch,
    cors: corsOrigins,
    allowHost,
    adminPort,
    grpcPort,
    versionPolicy: versions,
    otel: telemetry,
    public: publicRoutes,
    ...rest
  } = flags;
  const { usual, admin } = await readKeys(flags);
  const server = await createServer(sources, {
    ...rest,
    tls: await readTls(flags),
    telemetry,
    timeout: 1000 * timeout,
    watch: watch ? 1000 : 0,
    apiKeys: usual,
    corsOrigins,
    publicRoutes,
    versions,
    allowedHosts: [host, ...allowHost],
    admin: { host, port: adminPort, apiKeys: admin },
    grpc: grpcPort === undefined ? undefined : { port: grpcPort, host },
    siblings: member,
  });
  try {
    await member?.catchUp();
    await server.listen({ port: flags.port, host });
  } catch (error) {
    await server.close();
    throw listenError(error as NodeJS.ErrnoException, flags);
  }
  const { port } = server.server.address() as { port: number };
  const models = server.stiffnet.registry
    .all()
    .map(({ name, version: of, surrogate: { inputs, outputs, members } }) => {
      return { name, version: of, inputs: inputs.length, outputs: outputs.length, members };
    });
  const scheme = server.certificates ? "https" : "http";
  const placeOf = (at: number): string => `${host.includes(":") ? `[${host}]` : host}:${at}`;
  const about = {
    url: `${scheme}://${placeOf(port)}`,
    /** HOST:PORT of the others, where there are any. */
    grpc: server.grpcPort === undefined ? undefined : placeOf(server.grpcPort),
    admin: server.adminPort === undefined ? undefined : `${scheme}://${placeOf(server.adminPort)}`,
    models,
  };
  return { server, about };
}

function tell({ url, grpc, admin, models }: About, processes: readonly number[], { json }: Flags): void {
  const count = (of: number, what: string): string => `${of} ${what}${of === 1 ? "" : "s"}`;
  const list = models.map(
    ({ name, inputs, outputs }) => `${name} (${count(inputs, "input")}, ${count(outputs, "output")})`,
  );
  const many = processes.length > 1 ? `, in ${processes.length} processes` : "";
  const ports = [grpc && `gRPC on ${grpc}`, admin && `operators on ${admin}`].filter(Boolean);
  const others = ports.map((text) => `, ${text}`).join("");
  process.stderr.write(
    `stiffnet-serve: ${url}/ answers from ${list.join(", ")}${many}${others}; Ctrl-C ends it\n`,
  );
  if (json)
    process.stdout.write(
      `${JSON.stringify({ command: "serve", version, url, grpc, admin, pid: process.pid, processes, models })}\n`,
    );
}

let stopping = false;
/** Ends the process once what was sent to it is answered, with 1 where that took too long. Ctrl-C and a
 *  service manager may tell both a process and the one that started it. */
async function stop(server: FastifyInstance, { lameDuck, drain }: Flags): Promise<void> {
  if (stopping) return;
  stopping = true;
  const givenUp = await server.leave({ lameDuck: 1000 * lameDuck, drain: 1000 * drain });
  if (givenUp > 0) {
    process.stderr.write(`stiffnet-serve: ${givenUp} requests were not answered within --drain ${drain}\n`);
  }
  process.exit(givenUp > 0 ? 1 : 0);
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
