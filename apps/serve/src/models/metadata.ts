import { type Static, Type } from "typebox";
import { datatypes } from "../inference/tensors.ts";
import type { ServedModel } from "./files.ts";
import type { Registry } from "./registry.ts";

const tensors = Type.Array(
  Type.Object({
    name: Type.String(),
    datatype: Type.String(),
    shape: Type.Array(Type.Integer(), { description: "-1 is a free dimension" }),
  }),
);

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
export type ModelMetadata = Static<typeof modelMetadata>;

export function metadataOf(model: ServedModel, registry: Registry): ModelMetadata {
  const datatype = datatypes[model.surrogate.dtype];
  const tensors = (list: ServedModel["description"]["inputs"]) =>
    list.map(({ name, shape }) => ({
      name,
      datatype,
      shape: shape.map((size) => (typeof size === "number" ? size : -1)),
    }));
  const { inputs, outputs } = model.description;
  return {
    name: model.name,
    versions: registry.versions(model.name),
    platform: "onnx_onnxv1",
    inputs: tensors(inputs),
    outputs: tensors(outputs),
  };
}
