import type { Numbers } from "../inference/infer.ts";

/** One of its fields is set. */
type Parameter = Readonly<Record<string, boolean | number | string>>;
type Parameters = Readonly<Record<string, Parameter>>;

/** ModelInferRequest. */
export interface InferMessage {
  readonly modelName?: string;
  readonly modelVersion?: string;
  readonly id?: string;
  readonly parameters?: Parameters;
  readonly inputs: readonly {
    readonly name?: string;
    readonly datatype?: string;
    readonly shape: readonly number[];
    readonly parameters?: Parameters;
    readonly contents?: {
      readonly fp32Contents: readonly number[];
      readonly fp64Contents: readonly number[];
    };
  }[];
  readonly outputs: readonly { readonly name?: string; readonly parameters?: Parameters }[];
  readonly rawInputContents: readonly Uint8Array[];
}

/** The same request as it would come over REST, so that one reader checks both. */
export function asRest(message: InferMessage): { json: unknown; numbers: Numbers } {
  const { id, parameters, inputs, outputs, rawInputContents } = message;
  const raw = rawInputContents.length > 0;
  const binary = raw ? Buffer.concat(rawInputContents) : new Uint8Array();
  const read = contentsOf(message);
  const json = {
    ...(id && { id }),
    parameters: plain(parameters),
    inputs: inputs.map(({ name, datatype, shape, parameters: own }) => ({
      name,
      datatype,
      shape,
      parameters: { ...plain(own), ...(raw && { binary_data_size: binary.length }) },
      ...(read && { data: [] }),
    })),
    ...(outputs.length > 0 && {
      outputs: outputs.map(({ name, parameters: own }) => ({ name, parameters: plain(own) })),
    }),
  };
  return { json, numbers: { binary, ...(read && { read }) } };
}

/** Numbers that came as such, NaN and infinity among them. */
function contentsOf({ inputs: [input] }: InferMessage): Numbers["read"] {
  const { contents, datatype } = input ?? {};
  if (!contents) return undefined;
  return datatype === "FP64"
    ? Float64Array.from(contents.fp64Contents)
    : Float32Array.from(contents.fp32Contents);
}

const plain = (parameters: Parameters = {}): object =>
  Object.fromEntries(Object.entries(parameters).map(([key, choice]) => [key, Object.values(choice)[0]]));
