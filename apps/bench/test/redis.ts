import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { Redis } from "ioredis";
import { temporaryFolder } from "../../../scripts/commands/run.ts";

/** A server of the test's own, which it may kill. */
export class RedisServer {
  readonly url: string;
  readonly #port: number;
  readonly #options: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, options: readonly string[]) {
    this.#port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.#options = [...options, "--dir", temporaryFolder()];
  }

  /** Keeps nothing on disk unless the options say so. */
  static async start(...options: string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.up();
    return server;
  }

  async up(): Promise<void> {
    const fixed = ["--port", String(this.#port), "--bind", "127.0.0.1", "--save", ""];
    const child = spawn("redis-server", [...fixed, ...this.#options], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.#process = child;
    await new Promise<void>((resolve, reject) => {
      let said = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        if (said.includes("Ready to accept connections")) resolve();
      });
      child.on("exit", () => reject(new Error(`redis-server ended: ${said}`)));
    });
  }

  async kill(): Promise<void> {
    const child = this.#process!;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /** One question, on a connection of its own. */
  async ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.url, { maxRetriesPerRequest: null });
    try {
      return await question(redis);
    } finally {
      redis.disconnect();
    }
  }
}

/** A port below the range that the system gives to connections. Otherwise a connection could take the port
 *  while a server is down. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(22_000 * Math.random());
    const probe = createServer().listen(port, "127.0.0.1");
    const free = await once(probe, "listening").then(
      () => true,
      () => false,
    );
    if (!free) continue;
    probe.close();
    await once(probe, "close");
    return port;
  }
}
