import { createDigest, shortened } from "@stiffnet/base";
import type { Model, ModelConfig } from "@stiffnet/core";
import { OnnxError, readingFile } from "./errors.ts";
import type { RealType } from "./graph.ts";
import type { Json } from "./options.ts";
import { dataTypes, decodeModel, hasChecksum, type OnnxModel, type OnnxValue } from "./proto.ts";
import { bytesOf, type OnnxSource } from "./source.ts";

export interface TensorDescription {
  readonly name: string;
  readonly dtype: RealType | "other";
  /** Sizes; a name is a free dimension. */
  readonly shape: readonly (number | string)[];
}

export interface Variable {
  readonly name: string;
  readonly unit?: string;
  /** Smallest and largest value in the training set, of an input. */
  readonly range?: readonly [number, number];
}

/** A Gaussian process: its prepared inputs and outputs, the processes that tell them, and the rows that these
 *  are conditioned on. */
export interface GaussianConfig {
  readonly kind: "gaussianProcess";
  readonly inputs: number;
  readonly outputs: number;
  readonly processes: number;
  readonly rows: number;
}

/** The metadata that stiffnet writes. */
export interface SurrogateDescription {
  readonly dtype: RealType;
  /** 1, or the number of networks in an ensemble. */
  readonly members: number;
  /** Kind, sizes, activation; of a neural ODE also basis of the weights, solver, and its steps as `depth`. */
  readonly config: ModelConfig | GaussianConfig;
  readonly inputs: readonly Variable[];
  readonly outputs: readonly Variable[];
  /** Per member. */
  readonly preparation: readonly Model["preparation"][];
  readonly metadata: { readonly [key: string]: Json | undefined };
}

export interface OnnxDescription {
  readonly producer: string;
  readonly irVersion: number;
  readonly opset: number;
  readonly description: string;
  /** sha256 of the bytes, in hexadecimal. */
  readonly sha256: string;
  /** Whether the file carries a checksum of itself, which was compared: no part of it is missing or older. */
  readonly checked: boolean;
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];
  /** Numbers stored in the file. */
  readonly parameters: number;
  /** How often each operator occurs. */
  readonly operators: Readonly<Record<string, number>>;
  /** Absent in an ONNX file that something else wrote. */
  readonly surrogate?: SurrogateDescription;
}

/** Describes an ONNX file without running it. Bytes that are not ONNX are an `OnnxError` (`not_onnx`, or
 *  `damaged` if they do not match the checksum that the export wrote). */
export async function inspectOnnx(source: OnnxSource): Promise<OnnxDescription> {
  const { bytes, from } = await bytesOf(source);
  return readingFile(from, () => describe(decodeModel(bytes, from), bytes));
}

export function describe(model: OnnxModel, bytes: Uint8Array): OnnxDescription {
  const { graph } = model;
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const operators: Record<string, number> = {};
  for (const { opType } of graph.node) operators[opType] = (operators[opType] ?? 0) + 1;
  const outputs = graph.output.map(tensorOf);
  const inputs = graph.input.filter(({ name }) => !constants.has(name)).map(tensorOf);
  const surrogate = surrogateOf(model, outputs[0]);
  if (surrogate) requireFit(surrogate, inputs, outputs);
  return {
    producer: `${model.producerName ?? ""} ${model.producerVersion ?? ""}`.trim(),
    irVersion: model.irVersion,
    opset: model.opsetImport.find(({ domain }) => !domain)?.version ?? 0,
    description: model.docString ?? "",
    sha256: createDigest().update(bytes).hex(),
    checked: hasChecksum(model),
    inputs,
    outputs,
    parameters: graph.initializer.reduce((sum, { dims }) => sum + dims.reduce((a, b) => a * b, 1), 0),
    operators,
    ...(surrogate && { surrogate }),
  };
}

/** The description that stiffnet wrote into the file. Throws an `OnnxError` (`not_a_surrogate`) for a file of
 *  another program, and says how to convert it. */
export function requireSurrogate({ surrogate }: OnnxDescription, from: string): SurrogateDescription {
  if (surrogate) return surrogate;
  throw new OnnxError(
    `${from}: an ONNX file without stiffnet's metadata, so another program wrote it; 'stiffnet export FILE --out NEW.onnx' converts networks of other libraries`,
    { code: "not_a_surrogate" },
  );
}

/** Refuses metadata that tell of other tensors than the graph has. */
function requireFit(
  { inputs, outputs, members, preparation }: SurrogateDescription,
  graphInputs: readonly TensorDescription[],
  graphOutputs: readonly TensorDescription[],
): void {
  const refuse = (what: string, given: unknown, expected: string): void => {
    throw new OnnxError(
      `the file's metadata: ${what} is ${JSON.stringify(given)}, expected ${expected}, as the graph has it`,
      { code: "shape_mismatch" },
    );
  };
  for (const [what, list] of Object.entries({ inputs, outputs })) {
    const names = list.map(({ name }) => name);
    const proper = names.every((name) => typeof name === "string" && name !== "");
    if (!proper || new Set(names).size !== names.length) refuse(what, names, "names, each of them once");
  }
  const [input, ...others] = graphInputs;
  const [output] = graphOutputs;
  if (others.length > 0 || input?.name !== "inputs" || input.shape.at(-1) !== inputs.length) {
    refuse("the number of inputs", inputs.length, `${input?.shape.at(-1)} of the one tensor 'inputs'`);
  }
  if (output?.name !== "outputs" || output.shape.at(-1) !== outputs.length) {
    refuse("the number of outputs", outputs.length, `${output?.shape.at(-1)} of the first tensor 'outputs'`);
  }
  for (const { name } of graphOutputs) {
    if (!/^\w+$/.test(name)) refuse("the graph's output", name, "letters, digits and '_'");
  }
  if (preparation.length !== members) {
    refuse("the number of members", members, `${preparation.length}, one for each preparation`);
  }
}

function tensorOf({ name, type }: OnnxValue): TensorDescription {
  const { elemType, shape } = type?.tensorType ?? {};
  const dtype =
    elemType === dataTypes.float32 ? "float32" : elemType === dataTypes.float64 ? "float64" : "other";
  return { name, dtype, shape: (shape?.dim ?? []).map((dim) => dim.dimParam ?? dim.dimValue ?? "?") };
}

/** Nothing where the metadata is missing or is not what this version writes. */
function surrogateOf(
  model: OnnxModel,
  output: TensorDescription | undefined,
): SurrogateDescription | undefined {
  const entries = new Map(model.metadataProps.map(({ key, value }) => [key, value]));
  const read = (key: string): unknown => JSON.parse(entries.get(`stiffnet.${key}`) ?? "null");
  try {
    if (read("format") !== 1 || !output || output.dtype === "other") return undefined;
    const inputs = read("inputs") as { name: string; unit?: string; min?: number; max?: number }[];
    return {
      dtype: output.dtype,
      members: read("members") as number,
      config: read("config") as SurrogateDescription["config"],
      inputs: inputs.map(({ name, unit, min, max }) => ({
        name,
        ...(unit !== undefined && { unit }),
        ...(min !== undefined && max !== undefined && { range: [min, max] as const }),
      })),
      outputs: read("outputs") as Variable[],
      preparation: read("preparation") as Model["preparation"][],
      metadata: read("metadata") as SurrogateDescription["metadata"],
    };
  } catch {
    return undefined;
  }
}

/** A description as lines of text, for a terminal. */
export function descriptionText(description: OnnxDescription): string {
  const { producer, irVersion, opset, sha256, parameters, operators, surrogate } = description;
  const tensors = (list: readonly TensorDescription[]): string =>
    list.map(({ name, dtype, shape }) => `${name} ${dtype} [${shape.join(", ")}]`).join(", ");
  const variable = ({ name, unit, range }: Variable): string =>
    `  ${shortened(name)}${unit ? ` [${unit}]` : ""}${range ? `, trained from ${range[0]} to ${range[1]}` : ""}`;
  const lines = [
    `written by    ${producer || "unknown"} (opset ${opset}, IR version ${irVersion})`,
    ...(description.description ? [`description   ${description.description}`] : []),
    `inputs        ${tensors(description.inputs)}`,
    `outputs       ${tensors(description.outputs)}`,
    `parameters    ${parameters}`,
    `operators     ${Object.entries(operators)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ")}`,
    `sha256        ${sha256}`,
  ];
  if (!surrogate) return [...lines, "no stiffnet metadata"].join("\n");
  const { config, members, inputs, outputs, metadata } = surrogate;
  return [
    ...lines,
    `model         ${members > 1 ? `${members} of ` : ""}${JSON.stringify(config)}`,
    ...inputs.map((input, k) => `${k === 0 ? "from" : "    "}${variable(input)}`),
    ...outputs.map((output, k) => `${k === 0 ? "to  " : "    "}${variable(output)}`),
    ...Object.entries(metadata).map(([key, value]) => `${key.padEnd(13)} ${brief(value)}`),
  ].join("\n");
}

/** Long lists, such as a training history, are counted and not printed. */
function brief(value: Json | undefined): string {
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    Array.isArray(inner) && inner.length > 8 ? `${inner.length} values` : inner,
  );
  return text ?? "";
}
