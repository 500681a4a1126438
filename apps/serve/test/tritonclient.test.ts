import { beforeAll, describe, expect, test } from "vitest";
import { needs } from "../../../scripts/needs.ts";
import { askInPython, expectAnswer, type Found } from "./python-client.ts";

/** NVIDIA's client for Triton, unchanged, gets what a Triton server would give it. */
describe("tritonclient", needs("triton"), () => {
  let found: Found;
  beforeAll(async () => {
    found = await askInPython("triton", "tritons");
  });

  test.each(["http", "grpc"] as const)("%s: health, metadata, repository", (over) => {
    const { server: about, model, index, ...told } = found[over];
    expect(told).toMatchObject({
      live: true,
      ready: true,
      model_ready: true,
      version_ready: true,
      unknown_ready: false,
      unloaded: false,
      loaded: true,
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

  test.each(["http", "grpc"] as const)("%s: configuration and statistics have Triton's fields", (over) => {
    const config = over === "http" ? found.http.config : found.grpc.config.config;
    expect(config).toMatchObject({
      name: "tritons",
      backend: "onnxruntime",
      input: [{ name: "inputs", data_type: "TYPE_FP32" }],
    });
    expect(found[over].statistics.model_stats[0]).toMatchObject({ name: "tritons", version: "1" });
  });

  test("what is wrong is refused with a text", () => {
    expect(found.http.wrong_shape).toMatch(/shape/);
    expect(found.grpc.wrong_shape).toMatch(/shape/);
    expect(found.http.wrong_model).toContain('there is no model "nothing"');
    expect(found.grpc.wrong_model).toContain('there is no model "nothing"');
    expect(found.http.wrong_output).toMatch(/y/);
    expect(found.http.classification).toMatch(/classification/);
    for (const over of [found.http, found.grpc]) {
      expect(over.into_shared_memory).toMatch(/shared_memory/);
      expect(over.shared_memory).not.toBeNull();
    }
  });
});
