import type { ModelConfig } from "@stiffnet/core";
import { importOnnx, type SurrogateDescription, usualRows, type Variable } from "@stiffnet/onnx";
import { type Category, rangesOf } from "@stiffnet/preparation";
import type { GaussianModel } from "@stiffnet/uncertainty";
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

/** What a page without a server computes with. A Float64Array is an object in its text, whose field float64
 *  is base64 of its bytes, little-endian. */
export type Embedded = { readonly model: ModelDescription } & (
  | { readonly network: NetworkDocument; readonly process?: undefined }
  | { readonly process: GaussianModel }
);

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
      parameters: base64(parameters),
      preparation,
    })),
  };
}

/** In browsers too, where there is no Buffer. */
export function base64({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096)
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return btoa(text);
}
