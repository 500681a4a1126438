import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { BenchError } from "@stiffnet/terminal";
import { complaintsOf } from "@stiffnet/trials";
import type { Answer, LoadRequest } from "./request.ts";

/** A service in processes of its own. */
export class ServiceProcess {
  readonly name: string;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #complaints: () => string;
  #ended: string | undefined;

  constructor(name: string, port: number, command: string, args: readonly string[]) {
    this.name = name;
    this.port = port;
    // A group of its own, so that the workers of a service end with it.
    this.#child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], detached: true });
    this.#complaints = complaintsOf(this.#child);
    this.#child.on("error", (error) => {
      this.#ended = error.message;
    });
    this.#child.on("exit", (code, signal) => {
      this.#ended ??= `the process ended (${signal ?? code})`;
    });
  }

  /** The first answer; waits up to 30 s for the service to start. */
  async firstAnswer({ path, headers, body }: LoadRequest, signal: AbortSignal): Promise<Answer> {
    for (const until = performance.now() + 30_000; ; ) {
      signal.throwIfAborted();
      const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, {
        method: "POST",
        headers,
        body: new Uint8Array(body),
        signal,
      }).catch(() => undefined);
      if (answer?.status === 200) {
        return { headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
      }
      if (this.#ended !== undefined || answer !== undefined || performance.now() > until) {
        const reason = answer ? `status ${answer.status}` : (this.#ended ?? "no answer within 30 s");
        const last = this.#complaints().split("\n").at(-1);
        throw new BenchError(`${this.name}: ${reason}${last ? `: ${last}` : ""}`, 1);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  stop(): void {
    if (this.#ended !== undefined || this.#child.pid === undefined) return;
    try {
      // With what it started; Windows knows no groups.
      if (process.platform === "win32") this.#child.kill("SIGKILL");
      else process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // It ended just now.
    }
  }
}

const given = new Set<number>();

/** A free port, never the same twice: a service may not listen on its port yet. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  if (given.has(port)) return freePort();
  given.add(port);
  return port;
}
