/** One of its fields is set. */
type Parameter = Readonly<Record<string, boolean | number | string>>;
type Parameters = Readonly<Record<string, Parameter>>;

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
    readonly contents?: {
      readonly fp32_contents: readonly number[];
      readonly fp64_contents: readonly number[];
    };
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
    inputs: inputs.map(({ contents, parameters: own, ...input }) => ({
      ...input,
      parameters: { ...plain(own), ...(raw.length > 0 && { binary_data_size: binary.length }) },
      // Numbers that came as such, NaN and infinity among them.
      ...(contents && {
        data:
          input.datatype === "FP64"
            ? Float64Array.from(contents.fp64_contents)
            : Float32Array.from(contents.fp32_contents),
      }),
    })),
    outputs: outputs.map(({ name, parameters: own }) => ({ name, parameters: plain(own) })),
  };
  return { json, binary };
}

const plain = (parameters: Parameters = {}): object =>
  Object.fromEntries(Object.entries(parameters).map(([key, choice]) => [key, Object.values(choice)[0]]));
