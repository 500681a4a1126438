import { Type } from "typebox";
import { type ModelStatistics, type Statistics, Times } from "../inference/statistics.ts";
import { datatypes } from "../inference/tensors.ts";
import type { ServedModel } from "./files.ts";
import type { Registry } from "./registry.ts";

/* What the protocol tells of a model: its metadata, and Triton's additions, configuration and statistics.
 * https://github.com/triton-inference-server/server/tree/main/docs/protocol */

type Tensor = ServedModel["description"]["inputs"][number];

const integers = Type.Array(Type.Integer(), { description: "-1 is a free dimension" });
const dimensions = ({ shape }: Tensor): number[] =>
  shape.map((size) => (typeof size === "number" ? size : -1));

const tensors = Type.Array(Type.Object({ name: Type.String(), datatype: Type.String(), shape: integers }));

/** A model as the Open Inference Protocol tells it. */
export const modelMetadata = Type.Object(
  {
    name: Type.String(),
    versions: Type.Array(Type.String()),
    platform: Type.String(),
    inputs: tensors,
    outputs: tensors,
  },
  {
    examples: [
      {
        name: "model",
        versions: ["1"],
        platform: "onnx_onnxv1",
        inputs: [{ name: "inputs", datatype: "FP32", shape: [-1, 3] }],
        outputs: [{ name: "outputs", datatype: "FP32", shape: [-1, 2] }],
      },
    ],
  },
);

export function metadataOf({ name, surrogate, description }: ServedModel, registry: Registry): object {
  const datatype = datatypes[surrogate.dtype];
  const tensor = (one: Tensor): object => ({ name: one.name, datatype, shape: dimensions(one) });
  return {
    name,
    versions: registry.versions(name),
    platform: "onnx_onnxv1",
    inputs: description.inputs.map(tensor),
    outputs: description.outputs.map(tensor),
  };
}

const configTensors = Type.Array(
  Type.Object({ name: Type.String(), data_type: Type.String(), dims: integers }),
);
export const modelConfig = Type.Object({
  name: Type.String(),
  platform: Type.String(),
  backend: Type.String(),
  max_batch_size: Type.Integer({ description: "0: the shapes hold the batch, as the tensors' dims tell" }),
  input: configTensors,
  output: configTensors,
});

export function configOf({ name, surrogate, description }: ServedModel): object {
  const data_type = `TYPE_${datatypes[surrogate.dtype]}`;
  const tensor = (one: Tensor): object => ({ name: one.name, data_type, dims: dimensions(one) });
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
  const time = ({ count, seconds }: Times): object => ({ count, ns: Math.round(1e9 * seconds) });
  return {
    name,
    version,
    last_inference: of.last,
    inference_count: of.rows,
    execution_count: of.batches.count,
    inference_stats: {
      success: time(of.requests),
      fail: time(of.failures),
      queue: time(of.queue),
      compute_input: time(new Times()),
      compute_infer: time(of.batches),
      compute_output: time(new Times()),
    },
    batch_stats: [],
  };
}
