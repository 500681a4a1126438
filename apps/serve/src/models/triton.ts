import { Type } from "typebox";
import type { ModelStatistics, Statistics } from "../inference/statistics.ts";
import type { ServedModel } from "./files.ts";
import type { Registry } from "./registry.ts";

/* Triton's additions to the protocol: a model's configuration and its statistics.
 * https://github.com/triton-inference-server/server/tree/main/docs/protocol */

const tensors = Type.Array(
  Type.Object({ name: Type.String(), data_type: Type.String(), dims: Type.Array(Type.Integer()) }),
);
export const modelConfig = Type.Object({
  name: Type.String(),
  platform: Type.String(),
  backend: Type.String(),
  max_batch_size: Type.Integer({ description: "0: the shapes hold the batch, as the tensors' dims tell" }),
  input: tensors,
  output: tensors,
});

export function configOf({ name, surrogate, description }: ServedModel): object {
  const data_type = surrogate.dtype === "float64" ? "TYPE_FP64" : "TYPE_FP32";
  const tensor = (one: ServedModel["description"]["inputs"][number]): object => ({
    name: one.name,
    data_type,
    dims: one.shape.map((size) => (typeof size === "number" ? size : -1)),
  });
  return {
    name,
    platform: "onnxruntime_onnx",
    backend: "onnxruntime",
    max_batch_size: 0,
    input: description.inputs.map(tensor),
    output: description.outputs.map(tensor),
  };
}

const duration = Type.Object({ count: Type.Integer(), ns: Type.Integer() });
export const modelStatistics = Type.Object(
  {
    model_stats: Type.Array(
      Type.Object({
        name: Type.String(),
        version: Type.String(),
        last_inference: Type.Integer({ description: "milliseconds since 1970" }),
        inference_count: Type.Integer({ description: "rows" }),
        execution_count: Type.Integer({ description: "batches" }),
        inference_stats: Type.Object({
          success: duration,
          fail: duration,
          queue: duration,
          compute_input: duration,
          compute_infer: duration,
          compute_output: duration,
        }),
        batch_stats: Type.Array(Type.Unknown()),
      }),
    ),
  },
  { description: "of the process that answers" },
);

/** Statistics of one version, of all versions of a model, or of all models. */
export function allStatistics({ registry, statistics }: Served, name?: string, version?: string): object {
  const models =
    name === undefined
      ? registry.all()
      : version === undefined
        ? registry.of(registry.get(name).name)
        : [registry.get(name, version)];
  return { model_stats: models.map((model) => statisticsOf(model, statistics.of(model))) };
}

interface Served {
  readonly registry: Registry;
  readonly statistics: Statistics;
}

function statisticsOf({ name, version }: ServedModel, of: ModelStatistics): object {
  const time = (count: number, seconds: number): object => ({ count, ns: Math.round(1e9 * seconds) });
  return {
    name,
    version,
    last_inference: of.last,
    inference_count: of.rows,
    execution_count: of.batches,
    inference_stats: {
      success: time(of.requests, of.seconds),
      fail: time(of.failures, of.failedSeconds),
      queue: time(of.queued, of.queueSeconds),
      compute_input: time(0, 0),
      compute_infer: time(of.batches, of.computeSeconds),
      compute_output: time(0, 0),
    },
    batch_stats: [],
  };
}
