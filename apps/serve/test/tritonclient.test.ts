import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needs, programOf } from "../../../scripts/needs.ts";
import { createServer } from "../src/index.ts";
import { predictions } from "./expected.ts";
import { surrogate, writeModel } from "./service.ts";

interface Answer {
  readonly outputs: readonly (readonly number[])[];
  readonly dtype: string;
}
// biome-ignore lint/suspicious/noExplicitAny: documents of tritonclient's own
type Found = Record<string, any>;

/** NVIDIA's client for Triton, unchanged, gets what a Triton server would give it. */
describe("tritonclient", needs("triton"), () => {
  let server: FastifyInstance;
  let found: { http: Found; grpc: Found };
  beforeAll(async () => {
    const path = await writeModel("tritons.onnx");
    server = await createServer([path], { workers: 1, log: "silent", watch: 0, grpc: { port: 0 } });
    const { host } = new URL(await server.listen({ port: 0 }));
    const { grpcPort } = server as unknown as { grpcPort: number };
    const script = join(import.meta.dirname, "reference", "ask_as_triton.py");
    const args = [script, host, `127.0.0.1:${grpcPort}`, "tritons"];
    const { stdout } = await promisify(execFile)(programOf("triton")!, args);
    found = JSON.parse(stdout);
  });
  afterAll(() => server?.close());

  function expectAnswer({ outputs, dtype }: Answer): void {
    const expected = predictions(surrogate(), [800, 2, 1.5, 700, 1, 1.2]);
    expect(dtype).toBe("float32");
    outputs.flat().forEach((value, k) => {
      // Float32, through sums of eight.
      expect(Math.abs(value / expected[k]! - 1)).toBeLessThan(1e-5);
    });
    expect(outputs.flat()).toHaveLength(4);
  }

  test.each(["http", "grpc"] as const)("%s: health, metadata, repository", (over) => {
    const { server: about, model, index, ...told } = found[over];
    expect(told).toMatchObject({
      ...{ live: true, ready: true, model_ready: true, version_ready: true, unknown_ready: false },
      ...{ unloaded: false, loaded: true },
    });
    expect(about.extensions).toContain("model_repository");
    expect(model).toMatchObject({ name: "tritons", versions: ["1"], platform: "onnx_onnxv1" });
    expect(model.inputs[0]).toMatchObject({ name: "inputs", datatype: "FP32" });
    const entries = over === "http" ? index : index.models;
    expect(entries).toMatchObject([{ name: "tritons", version: "1", state: "READY" }]);
    expect(told.override).toMatch(/config/);
  });

  test.each(["json", "binary", "gzip", "deflate"])("http: numbers as %s", (form) => {
    expectAnswer(found.http[form]);
  });

  test("grpc: numbers as bytes, compressed too", () => {
    expectAnswer(found.grpc.binary);
    expectAnswer(found.grpc.gzip);
  });

  test("ids come back, asynchronous requests are answered, and without a choice all outputs come", () => {
    expect([found.http.id, found.grpc.id]).toEqual(["mine", "mine"]);
    for (const one of found.http.asynchronous) expectAnswer(one);
    expect(found.http.asynchronous).toHaveLength(4);
    expect(found.http.every_output).toEqual(["outputs"]);
  });

  test("configuration and statistics have Triton's fields", () => {
    expect(found.http.config).toMatchObject({ name: "tritons", backend: "onnxruntime" });
    expect(found.http.statistics.model_stats[0]).toMatchObject({ name: "tritons", version: "1" });
  });

  test("what is wrong is refused with a text", () => {
    expect(found.http.wrong_shape).toMatch(/shape/);
    expect(found.grpc.wrong_shape).toMatch(/shape/);
    expect(found.http.wrong_model).toContain('there is no model "nothing"');
    expect(found.grpc.wrong_model).toContain('there is no model "nothing"');
    expect(found.http.wrong_output).toMatch(/y/);
    expect(found.http.classification).toMatch(/classification/);
  });
});
