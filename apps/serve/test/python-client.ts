import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { programOf } from "../../../scripts/needs.ts";
import { createServer } from "../src/index.ts";
import { predictions } from "./expected.ts";
import { surrogate, writeModel } from "./service.ts";

interface Answer {
  readonly outputs: readonly (readonly number[])[];
  readonly dtype: string;
}
// biome-ignore lint/suspicious/noExplicitAny: documents of the clients' own
export type Found = Record<"http" | "grpc", Record<string, any>>;

/** Results of a client in Python, `reference/ask_as_NAME.py`, with a server of one model. */
export async function askInPython(client: "triton" | "kserve", model: string): Promise<Found> {
  const path = await writeModel(`${model}.onnx`);
  const server = await createServer([path], { workers: 1, log: "silent", watch: 0, grpc: { port: 0 } });
  try {
    const { host } = new URL(await server.listen({ port: 0 }));
    const { grpcPort } = server;
    const script = join(import.meta.dirname, "reference", `ask_as_${client}.py`);
    const args = [script, host, `127.0.0.1:${grpcPort}`, model];
    const { stdout } = await promisify(execFile)(programOf(client)!, args);
    return JSON.parse(stdout);
  } finally {
    await server.close();
  }
}

/** The answer to the two rows that these scripts ask for. */
export function expectAnswer({ outputs, dtype }: Answer): void {
  const expected = predictions(surrogate(), [800, 2, 1.5, 700, 1, 1.2]);
  expect(dtype).toBe("float32");
  outputs.flat().forEach((value, k) => {
    // Float32, through sums of eight.
    expect(Math.abs(value / expected[k]! - 1)).toBeLessThan(1e-5);
  });
  expect(outputs.flat()).toHaveLength(4);
}
