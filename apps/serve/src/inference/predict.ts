import { badRequest } from "../errors.ts";
import { field, kindOf, quoted, requireFields, requireObject } from "../http/json.ts";
import type { ServedModel } from "../models/files.ts";
import type { OutputTensor, Rows } from "./batch.ts";
import { newRows, requireNumber } from "./tensors.ts";

/** One point by names, in physical units. */
export interface PredictRequest {
  readonly rows: Rows;
  readonly outputs: readonly string[];
  /** One sentence for each input that lies outside the training range. */
  readonly warnings: readonly string[];
}

/** `{ "model"?: name, "inputs": { name: number, ... } }`; every input must be there, once. */
export function readPredict(model: ServedModel, body: unknown): PredictRequest {
  const request = requireObject(body, "the body");
  requireFields(request, ["model", "inputs"], "the request");
  const values = requireObject(field(request, "inputs"), "inputs");
  const { inputs, dtype } = model.surrogate;
  const rows = newRows(dtype, inputs.length);
  const warnings: string[] = [];
  requireFields(
    values,
    inputs.map(({ name }) => name),
    "inputs",
  );
  inputs.forEach(({ name, range, unit }, j) => {
    const value = requireNumber(field(values, name), dtype, `inputs[${quoted(name)}]`);
    rows[j] = value;
    if (range && (value < range[0] || value > range[1])) {
      const where = `${range[0]} to ${range[1]}${unit ? ` ${unit}` : ""}`;
      warnings.push(
        `${name} is ${value}, outside the training range of ${where}: the answer is an extrapolation`,
      );
    }
  });
  const known = model.description.outputs.map(({ name }) => name);
  return {
    rows,
    warnings,
    outputs: ["outputs", "outputs_std", "jacobian"].filter((name) => known.includes(name)),
  };
}

/** Which model a body asks for; nothing where it does not say. */
export function modelNameOf(body: unknown): string | undefined {
  const name = field(requireObject(body, "the body"), "model");
  if (name !== undefined && typeof name !== "string")
    throw badRequest(`model is ${kindOf(name)}, expected a text`);
  return name;
}

export interface Prediction {
  readonly model: string;
  readonly version: string;
  readonly outputs: Readonly<Record<string, number>>;
  /** Standard deviation over the members, of an ensemble. */
  readonly std?: Readonly<Record<string, number>>;
  /** d output / d input, where the file has it. */
  readonly sensitivities?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly units: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

export function predictionOf(
  model: ServedModel,
  request: PredictRequest,
  results: readonly OutputTensor[],
): Prediction {
  const { inputs, outputs } = model.surrogate;
  const byName = (data: Rows, offset: number, names: readonly { name: string }[], what: string) =>
    Object.fromEntries(
      names.map(({ name }, j) => [name, shortest(data, offset + j, `${what} ${quoted(name)}`)]),
    );
  const found = (name: string): Rows | undefined => results.find((result) => result.name === name)?.data;
  const std = found("outputs_std");
  const jacobian = found("jacobian");
  return {
    model: model.name,
    version: model.version,
    outputs: byName(found("outputs")!, 0, outputs, "output"),
    ...(std && { std: byName(std, 0, outputs, "the spread of") }),
    ...(jacobian && {
      sensitivities: Object.fromEntries(
        outputs.map(({ name }, j) => [
          name,
          byName(jacobian, j * inputs.length, inputs, `the sensitivity of ${quoted(name)} to`),
        ]),
      ),
    }),
    units: Object.fromEntries(
      outputs.flatMap(({ name, unit }) => (unit === undefined ? [] : [[name, unit]])),
    ),
    warnings: request.warnings,
  };
}

/** The shortest decimal that is this number in the tensor's type: 0.1 and not 0.10000000149011612. */
function shortest(data: Rows, k: number, what: string): number {
  const value = data[k]!;
  if (!Number.isFinite(value)) {
    throw badRequest(
      `${what} is ${value}, which JSON cannot hold: the inputs lie too far outside the training range`,
    );
  }
  if (data instanceof Float64Array) return value;
  for (const digits of [6, 7, 8]) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return Number(value.toPrecision(9));
}
