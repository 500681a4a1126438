import { BenchError } from "@stiffnet/terminal";
import { Redis } from "ioredis";
import { withoutPassword } from "./address.ts";

/** Milliseconds to the first answer before a server counts as unreachable. */
const patience = 5000;

/** Connects to a Redis server, or says in one line why that does not work. A connection that is lost later
 *  comes back by itself, however long it takes; commands wait for it. */
export async function connect(url: string, note: (text: string) => void = () => {}): Promise<Redis> {
  const shown = withoutPassword(url);
  let connected = false;
  let lost = false;
  let complaint: Error | undefined;
  const redis = new Redis(url, {
    lazyConnect: true,
    // As BullMQ needs it: a command outlives an outage.
    maxRetriesPerRequest: null,
    connectTimeout: patience,
    keepAlive: 10_000,
    retryStrategy: (times) => (connected ? Math.min(100 * times, 2000) : null),
  });
  redis.on("error", (error: Error) => {
    complaint ??= error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    complaint ??= error as Error;
  }
  if (complaint !== undefined) {
    redis.disconnect();
    throw new BenchError(`${shown}: ${explain(complaint)}`);
  }
  connected = true;
  redis.on("reconnecting", () => {
    if (!lost) note(`${shown}: the connection is lost; waiting for the server to come back`);
    lost = true;
  });
  redis.on("ready", () => {
    if (lost) note(`${shown}: connected again`);
    lost = false;
  });
  return redis;
}

/** The server's refusal in one line, for example that its memory is full. */
export function asRefusal(error: unknown, url: string): unknown {
  if (!(error instanceof Error) || error.name !== "ReplyError") return error;
  return new BenchError(`${withoutPassword(url)}: ${explain(error)}`, 1);
}

const systemMessages: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing answers there, expected a Redis server",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the host's name cannot be looked up",
  ETIMEDOUT: "no answer, expected a Redis server",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
};

function explain(error: Error): string {
  // The reason why a transaction was refused.
  if ("previousErrors" in error && Array.isArray(error.previousErrors)) {
    const [first] = error.previousErrors as Error[];
    if (first !== undefined) return explain(first);
  }
  const known = "code" in error ? systemMessages[String(error.code)] : undefined;
  if (known !== undefined) return known;
  if (error.message.startsWith("NOAUTH")) {
    return "the server asks for a password, expected redis://:password@host:port";
  }
  if (error.message.startsWith("WRONGPASS")) return "the server refuses the user or password";
  return error.message.replace(/\s*\n\s*/g, " ");
}
