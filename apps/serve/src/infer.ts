import type { OutputTensor, Rows } from "./batch.ts";
import { badRequest } from "./errors.ts";
import { field, kindOf, quoted, requireFields, requireObject } from "./json.ts";
import type { ServedModel } from "./models.ts";
import { datatypes, numbersText, readNumbers } from "./tensors.ts";

/** An inference request of the Open Inference Protocol v2, understood.
 *  @see https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol */
export interface InferRequest {
  readonly id: string | undefined;
  readonly rows: Rows;
  readonly outputs: readonly string[];
}

export function readInfer(model: ServedModel, body: unknown): InferRequest {
  const request = requireObject(body, "the body");
  requireFields(
    request,
    ["id", "parameters", "inputs", "outputs", "model_name", "model_version"],
    "the request",
  );
  readParameters(field(request, "parameters"), "parameters");
  const id = field(request, "id") ?? undefined;
  if (id !== undefined && typeof id !== "string") throw badRequest(`id is ${kindOf(id)}, expected a text`);
  const rows = readInput(model, field(request, "inputs"));
  return { id, rows, outputs: readOutputs(model, field(request, "outputs")) };
}

function readInput(model: ServedModel, inputs: unknown): Rows {
  const { dtype } = model.surrogate;
  const columns = model.surrogate.inputs.length;
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
  const shape = readShape(field(input, "shape"), columns);
  readParameters(field(input, "parameters"), "inputs[0].parameters");
  return readNumbers(field(input, "data"), shape, dtype, "inputs[0].data");
}

function readShape(shape: unknown, columns: number): readonly [number, number] {
  const expected = `expected [rows, ${columns}] with at least 1 row`;
  if (!Array.isArray(shape)) throw badRequest(`inputs[0].shape is ${kindOf(shape)}, ${expected}`);
  const [rows, second] = shape as unknown[];
  const whole = typeof rows === "number" && Number.isSafeInteger(rows) && rows >= 1;
  if (shape.length !== 2 || !whole || second !== columns) {
    throw badRequest(`inputs[0].shape is ${JSON.stringify(shape).slice(0, 60)}, ${expected}`);
  }
  return [rows, columns];
}

function readOutputs(model: ServedModel, outputs: unknown): readonly string[] {
  const known = model.description.outputs.map(({ name }) => name);
  if (outputs === undefined || outputs === null) return known;
  if (!Array.isArray(outputs) || outputs.length === 0) {
    throw badRequest(
      `outputs is ${Array.isArray(outputs) ? "empty" : kindOf(outputs)}, expected an array of outputs (or leave it out)`,
    );
  }
  const names: string[] = [];
  outputs.forEach((value, k) => {
    const where = `outputs[${k}]`;
    const output = requireObject(value, where);
    requireFields(output, ["name", "parameters"], where);
    const name = field(output, "name");
    if (typeof name !== "string" || !known.includes(name)) {
      throw badRequest(`${where}.name is ${kindOf(name)}, expected ${known.map(quoted).join(" or ")}`);
    }
    if (names.includes(name)) throw badRequest(`${where}.name is ${quoted(name)} a second time`);
    readParameters(field(output, "parameters"), `${where}.parameters`);
    names.push(name);
  });
  return names;
}

function readParameters(value: unknown, where: string): void {
  if (value === undefined || value === null) return;
  const parameters = requireObject(value, where);
  if (Object.hasOwn(parameters, "classification")) {
    throw badRequest(`${where}.classification is not supported: the outputs are not classes`);
  }
}

/** The response as JSON text. */
export function inferText(
  model: ServedModel,
  request: InferRequest,
  outputs: readonly OutputTensor[],
): string {
  const head: Record<string, string> = { model_name: model.name, model_version: model.version };
  if (request.id !== undefined) head.id = request.id;
  const tensors = request.outputs.map((name) => {
    const { data, dims } = outputs.find((output) => output.name === name)!;
    return `{"name":"${name}","datatype":"${datatypes[model.surrogate.dtype]}","shape":[${dims.join(",")}],"data":[${numbersText(name, data)}]}`;
  });
  return `${JSON.stringify(head).slice(0, -1)},"outputs":[${tensors.join(",")}]}`;
}
