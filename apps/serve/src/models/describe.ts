import type { ModelConfig } from "@stiffnet/core";
import { importOnnx, type SurrogateDescription, usualRows, type Variable } from "@stiffnet/onnx";
import { type Category, rangesOf } from "@stiffnet/preparation";
import type { ServedModel } from "./files.ts";

type Described = Pick<ServedModel, "name" | "version" | "description" | "surrogate">;

/** Description of a model for people and for the page. */
export interface ModelDescription extends Omit<SurrogateDescription, "preparation" | "inputs"> {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly sha256: string;
  /** All that can be asked, oldest first. */
  readonly versions: readonly string[];
  /** With the range of the slider: the training range or, where the file does not state it, where prepared
   *  inputs mostly lie. */
  readonly inputs: readonly (Variable & { readonly slider: readonly [number, number] })[];
  /** Inputs that stand for the values of a column of texts. */
  readonly categories?: readonly Category[];
}

/** The network itself, for a program that evaluates it on its own. */
export interface NetworkDocument {
  readonly config: ModelConfig;
  readonly members: readonly {
    /** Base64 of little-endian float32: lift weight and bias, block weights, block biases, readout weight and
     *  bias. A lift or readout of "none" has none. */
    readonly parameters: string;
    readonly preparation: SurrogateDescription["preparation"][number];
  }[];
}

export function describeModel(
  { name, version, description, surrogate }: Described,
  versions: readonly string[],
): ModelDescription {
  const { inputs, outputs, members, dtype, config, metadata, preparation } = surrogate;
  const columns = inputs.length;
  const { categories } = preparation[0]!.inputs;
  const usual = rangesOf(usualRows(preparation[0]!.inputs, 200), columns);
  return {
    name,
    version,
    description: description.description,
    sha256: description.sha256,
    versions,
    dtype,
    members,
    config,
    inputs: inputs.map((input, j) => ({ ...input, slider: input.range ?? usual[j]! })),
    ...(categories && { categories }),
    outputs,
    metadata,
  };
}

export async function networkOf({ bytes }: Pick<ServedModel, "bytes">): Promise<NetworkDocument> {
  const models = await importOnnx(bytes);
  return {
    config: models[0]!.config,
    members: models.map(({ parameters, preparation }) => ({
      parameters: base64(new Uint8Array(parameters.buffer, parameters.byteOffset, parameters.byteLength)),
      preparation,
    })),
  };
}

/** In browsers too, where there is no Buffer. */
function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096)
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return btoa(text);
}
