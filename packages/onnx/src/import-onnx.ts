import { type Model, neuralOde, resnet, type Slot } from "@stiffnet/core";
import { OnnxError, readingFile } from "./errors.ts";
import { foreignModel } from "./foreign/network.ts";
import { realValues } from "./graph.ts";
import { describe, requireSurrogate, type SurrogateDescription } from "./inspect.ts";
import { decodeModel, type OnnxModel, type OnnxTensor } from "./proto.ts";
import { bytesOf, type OnnxSource } from "./source.ts";

/** Reads the model, or the members of an ensemble, back from a file that `exportOnnx` or `exportEnsemble`
 *  wrote: same configuration, names, preparation and, to the bit, parameters.
 *
 *  Files that PyTorch or scikit-learn wrote are read where they hold a multilayer perceptron or a residual
 *  network h + alpha s(W h + b). Their parameters are rounded to float32. Any other node is an `OnnxError`
 *  (`unsupported_node`) that names the node. */
export async function importOnnx(source: OnnxSource): Promise<Model[]> {
  const { bytes, from } = await bytesOf(source);
  return readingFile(from, () => {
    const decoded = decodeModel(bytes, from);
    const ours = decoded.metadataProps?.some(({ key }) => key === "stiffnet.format");
    return ours ? surrogateIn(decoded, bytes, from).models : [foreignModel(decoded, from)];
  });
}

/** The contents of a file that stiffnet wrote, read once. */
export interface Surrogate {
  readonly from: string;
  readonly decoded: OnnxModel;
  readonly description: SurrogateDescription;
  readonly models: Model[];
}

/** The same with what it was made of. */
export async function readSurrogate(source: OnnxSource): Promise<Surrogate> {
  const { bytes, from } = await bytesOf(source);
  return readingFile(from, () => surrogateIn(decodeModel(bytes, from), bytes, from));
}

function surrogateIn(decoded: OnnxModel, bytes: Uint8Array, from: string): Surrogate {
  const surrogate = requireSurrogate(describe(decoded, bytes), from);
  const { inputs, outputs, preparation, members } = surrogate;
  if (surrogate.config.kind === "gaussianProcess") {
    throw new OnnxError(`${from}: is a Gaussian process, expected a network; importGaussian reads it`, {
      code: "not_a_network",
    });
  }
  // A fresh model of this configuration, which checks it; only its parameters are of no use.
  const given = surrogate.config;
  const { config, layout } = given.kind === "neuralOde" ? neuralOde(given) : resnet(given);
  const constants = new Map(decoded.graph.initializer.map((tensor) => [tensor.name, tensor]));
  const models = Array.from({ length: members }, (_, k) => {
    const parameters = new Float32Array(layout.size);
    for (const slot of layout.slots) parameters.set(valuesOf(constants, slot, k, members, from), slot.offset);
    return {
      config,
      layout,
      parameters,
      inputNames: inputs.map(({ name }) => name),
      outputNames: outputs.map(({ name }) => name),
      preparation: preparation[k]!,
    };
  });
  return { from, decoded, description: surrogate, models };
}

function valuesOf(
  constants: ReadonlyMap<string, OnnxTensor>,
  slot: Slot,
  member: number,
  members: number,
  from: string,
): Float64Array {
  const tensor = constants.get(slot.name);
  const values = tensor ? realValues(tensor) : new Float64Array();
  if (values.length !== slot.size * members) {
    throw new OnnxError(
      `${from}: the constant '${slot.name}' holds ${values.length} numbers, expected ${slot.size * members} (${slot.shape.join(" x ")}, ${members} member(s))`,
      { code: "shape_mismatch" },
    );
  }
  return values.subarray(member * slot.size, (member + 1) * slot.size);
}
