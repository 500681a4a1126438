import { badRequest } from "../errors.ts";
import { field, type JsonObject, kindOf, quoted, requireFields, requireObject } from "../http/json.ts";
import type { ServedModel } from "../models/files.ts";
import type { OutputTensor, Rows } from "./batch.ts";
import { binaryRows, bytesOf, datatypes, numbersText, readNumbers, requireCount } from "./tensors.ts";

/** An inference request of the Open Inference Protocol v2, understood.
 *  @see https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol */
export interface InferRequest {
  readonly id: string | undefined;
  readonly rows: Rows;
  readonly outputs: readonly RequestedOutput[];
  /** Milliseconds that the client is ready to wait. */
  readonly timeout: number | undefined;
}

interface RequestedOutput {
  readonly name: string;
  /** Whether its numbers follow the JSON as bytes. */
  readonly binary: boolean;
}

/** Where the numbers of a request are: in its JSON, behind it (binary tensor extension), or read already. */
export interface Numbers {
  readonly binary: Uint8Array;
  readonly read?: Rows;
}

export function readInfer(
  model: ServedModel,
  body: unknown,
  numbers: Numbers,
  maxRows: number,
): InferRequest {
  const request = requireObject(body, "the body");
  requireFields(
    request,
    ["id", "parameters", "inputs", "outputs", "model_name", "model_version"],
    "the request",
  );
  const parameters = readParameters(field(request, "parameters"), "parameters");
  const id = field(request, "id") ?? undefined;
  if (id !== undefined && typeof id !== "string") throw badRequest(`id is ${kindOf(id)}, expected a text`);
  const rows = readInput(model, field(request, "inputs"), numbers, maxRows);
  const binaryByDefault = readFlag(parameters, "binary_data_output", "parameters") ?? false;
  const outputs = readOutputs(model, field(request, "outputs"), binaryByDefault);
  return { id, rows, outputs, timeout: readTimeout(parameters) };
}

function readInput(model: ServedModel, inputs: unknown, { binary, read }: Numbers, maxRows: number): Rows {
  const { dtype } = model.surrogate;
  if (!Array.isArray(inputs) || inputs.length !== 1) {
    const given = Array.isArray(inputs) ? `${inputs.length} tensors` : kindOf(inputs);
    throw badRequest(`inputs is ${given}, expected an array with the one tensor "inputs"`);
  }
  const input = requireObject(inputs[0], "inputs[0]");
  requireFields(input, ["name", "shape", "datatype", "parameters", "data"], "inputs[0]");
  if (field(input, "name") !== "inputs") {
    throw badRequest(`inputs[0].name is ${kindOf(field(input, "name"))}, expected "inputs"`);
  }
  if (field(input, "datatype") !== datatypes[dtype]) {
    throw badRequest(
      `inputs[0].datatype is ${kindOf(field(input, "datatype"))}, expected "${datatypes[dtype]}"`,
    );
  }
  const shape = readShape(field(input, "shape"), model.surrogate.inputs.length, maxRows);
  const size = field(readParameters(field(input, "parameters"), "inputs[0].parameters"), "binary_data_size");
  if (size === undefined) {
    if (binary.length > 0) {
      throw badRequest(
        `${binary.length} bytes follow the JSON, but inputs[0] has no parameter binary_data_size`,
      );
    }
    // Those that were read already stood in the only data of the body.
    if (read === undefined || !Object.hasOwn(input, "data")) {
      return readNumbers(field(input, "data"), shape, dtype, "inputs[0].data");
    }
    requireCount(read.length, shape, "inputs[0].data");
    return read;
  }
  if (Object.hasOwn(input, "data"))
    throw badRequest("inputs[0] has data and binary_data_size, expected one of them");
  return binaryRows(binary, size, shape, dtype);
}

function readShape(shape: unknown, columns: number, maxRows: number): readonly [number, number] {
  const expected = `expected [rows, ${columns}] with 1 to ${maxRows} rows`;
  if (!Array.isArray(shape)) throw badRequest(`inputs[0].shape is ${kindOf(shape)}, ${expected}`);
  const [rows, second] = shape as unknown[];
  const whole = typeof rows === "number" && Number.isInteger(rows) && rows >= 1 && rows <= maxRows;
  if (shape.length !== 2 || !whole || second !== columns) {
    throw badRequest(`inputs[0].shape is ${JSON.stringify(shape).slice(0, 60)}, ${expected}`);
  }
  return [rows, columns];
}

function readOutputs(
  model: ServedModel,
  outputs: unknown,
  binaryByDefault: boolean,
): readonly RequestedOutput[] {
  const known = model.description.outputs.map(({ name }) => name);
  if (outputs === undefined || outputs === null)
    return known.map((name) => ({ name, binary: binaryByDefault }));
  if (!Array.isArray(outputs) || outputs.length === 0) {
    throw badRequest(
      `outputs is ${Array.isArray(outputs) ? "empty" : kindOf(outputs)}, expected an array of outputs (or leave it out)`,
    );
  }
  const requested: RequestedOutput[] = [];
  outputs.forEach((value, k) => {
    const where = `outputs[${k}]`;
    const output = requireObject(value, where);
    requireFields(output, ["name", "parameters"], where);
    const name = field(output, "name");
    if (typeof name !== "string" || !known.includes(name)) {
      throw badRequest(`${where}.name is ${kindOf(name)}, expected ${known.map(quoted).join(" or ")}`);
    }
    if (requested.some((other) => other.name === name))
      throw badRequest(`${where}.name is ${quoted(name)} a second time`);
    const parameters = readParameters(field(output, "parameters"), `${where}.parameters`);
    const binary = readFlag(parameters, "binary_data", `${where}.parameters`) ?? binaryByDefault;
    requested.push({ name, binary });
  });
  return requested;
}

/** Parameters that nobody here knows are the client's own business; only what changes the answer is read. */
function readParameters(value: unknown, where: string): JsonObject {
  if (value === undefined || value === null) return {};
  const parameters = requireObject(value, where);
  if (Object.hasOwn(parameters, "classification")) {
    throw badRequest(`${where}.classification is not supported: the outputs are not classes`);
  }
  return parameters;
}

function readFlag(parameters: JsonObject, key: string, where: string): boolean | undefined {
  const value = field(parameters, key);
  if (value !== undefined && typeof value !== "boolean") {
    throw badRequest(`${where}.${key} is ${kindOf(value)}, expected true or false`);
  }
  return value;
}

/** In microseconds, as Triton's clients send it. */
function readTimeout(parameters: JsonObject): number | undefined {
  const value = field(parameters, "timeout");
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
    throw badRequest(
      `parameters.timeout is ${kindOf(value)}, expected a positive whole number of microseconds`,
    );
  }
  return value / 1000;
}

/** The response: JSON text and the bytes that follow it when an output was asked for as binary. */
export function inferAnswer(
  model: ServedModel,
  request: InferRequest,
  results: readonly OutputTensor[],
): { json: string; binary: readonly Uint8Array[] } {
  const head: Record<string, string> = { model_name: model.name, model_version: model.version };
  if (request.id !== undefined) head.id = request.id;
  const binary: Uint8Array[] = [];
  const datatype = datatypes[model.surrogate.dtype];
  const tensors = request.outputs.map((output) => {
    const { name, data, dims } = results.find((result) => result.name === output.name)!;
    const start = `{"name":"${name}","datatype":"${datatype}","shape":[${dims.join(",")}]`;
    if (!output.binary) return `${start},"data":[${numbersText(name, data)}]}`;
    const bytes = bytesOf(data);
    binary.push(bytes);
    return `${start},"parameters":{"binary_data_size":${bytes.length}}}`;
  });
  const start = JSON.stringify(head).slice(0, -1);
  return { json: `${start},"outputs":[${tensors.join(",")}]}`, binary };
}
