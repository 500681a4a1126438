import { badRequest } from "../errors.ts";

/** One of its fields is set. */
type Parameter = Readonly<Record<string, boolean | number | string>>;
type Parameters = Readonly<Record<string, Parameter>>;

/** InferTensorContents: a list for each type, which is empty where nothing is sent. */
interface Contents {
  readonly fp32_contents: readonly number[];
  readonly fp64_contents: readonly number[];
  readonly [other: string]: readonly unknown[];
}

/** ModelInferRequest. */
export interface InferMessage {
  readonly model_name?: string;
  readonly model_version?: string;
  readonly id?: string;
  readonly parameters?: Parameters;
  readonly inputs: readonly {
    readonly name?: string;
    readonly datatype?: string;
    readonly shape: readonly number[];
    readonly parameters?: Parameters;
    readonly contents?: Contents;
  }[];
  readonly outputs: readonly { readonly name?: string; readonly parameters?: Parameters }[];
  readonly raw_input_contents: readonly Uint8Array[];
}

/** The same request as it would come over REST, so that one reader checks both. */
export function asRest(message: InferMessage): { json: unknown; binary: Uint8Array } {
  const { id, parameters, inputs, outputs, raw_input_contents: raw } = message;
  const binary = Buffer.concat(raw);
  const json = {
    id,
    parameters: plain(parameters),
    inputs: inputs.map(({ contents, parameters: own, ...input }, k) => ({
      ...input,
      parameters: { ...plain(own), ...(raw.length > 0 && { binary_data_size: binary.length }) },
      // Numbers that came as such, NaN and infinity among them.
      ...(contents && { data: numbersOf(contents, input.datatype, `inputs[${k}].contents`) }),
    })),
    outputs: outputs.map(({ name, parameters: own }) => ({ name, parameters: plain(own) })),
  };
  return { json, binary };
}

function numbersOf(contents: Contents, datatype: string | undefined, where: string) {
  const field = datatype === "FP64" ? "fp64_contents" : "fp32_contents";
  const other = Object.keys(contents).find((name) => name !== field && contents[name]!.length > 0);
  const known = datatype === "FP32" || datatype === "FP64";
  if (known && other !== undefined) throw badRequest(`${where} has ${other}, expected ${field} alone`);
  return field === "fp64_contents" ? Float64Array.from(contents[field]) : Float32Array.from(contents[field]);
}

const plain = (parameters: Parameters = {}): object =>
  Object.fromEntries(Object.entries(parameters).map(([key, choice]) => [key, Object.values(choice)[0]]));
