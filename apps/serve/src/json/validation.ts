import { Ajv, type ErrorObject } from "ajv";
import type { TSchema } from "typebox";
import { badRequest, type HttpError } from "../errors.ts";
import { kindOf, quoted } from "./parse.ts";

/** Returns the fault of a value, if any. */
export type Check = (value: unknown) => HttpError | undefined;

// Nothing is coerced, left out or filled in: the body is what was sent.
const ajv = new Ajv({ strict: false, strictNumbers: true, verbose: true, coerceTypes: false });

/** Compiles a schema once; `whole` is what an error calls the value itself. */
export function createCheck(schema: TSchema, whole: string): Check {
  const validate = ajv.compile(schema);
  return (value) => {
    if (validate(value)) return undefined;
    return badRequest(complaintOf(validate.errors![0]!, whole));
  };
}

function complaintOf(error: ErrorObject, whole: string): string {
  const { keyword, params, data, parentSchema = {} } = error;
  const where = placeOf(error.instancePath) || whole;
  if (keyword === "additionalProperties") {
    const known = Object.keys(parentSchema.properties as object).join(", ");
    return `${where} has an unknown field ${quoted(params.additionalProperty as string)}, expected ${known}`;
  }
  if (keyword === "required") {
    const name = params.missingProperty as string;
    const properties = parentSchema.properties as Record<string, Expected>;
    return `${placeOf(error.instancePath, name)} is missing, expected ${expectedOf(properties[name]!)}`;
  }
  if (error.instancePath === "" && (data === undefined || data === null))
    return `${where} is empty, expected a JSON object`;
  const given = Array.isArray(data) && keyword !== "type" ? `an array of ${data.length}` : kindOf(data);
  return `${where} is ${given}, expected ${expectedOf(parentSchema as Expected)}`;
}

interface Expected {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
}

/** A schema's own words, or those of its type. */
function expectedOf({ description, type, const: only }: Expected): string {
  if (only !== undefined) return JSON.stringify(only);
  return description ?? typeNames[[type].flat()[0] ?? ""] ?? "another value";
}

const typeNames: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "an array",
  object: "an object",
};

/** inputs[0].shape of the JSON pointer /inputs/0/shape, with another name behind it. */
function placeOf(pointer: string, last?: string): string {
  const names = pointer
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (last !== undefined) names.push(last);
  return names.reduce(placeIn, "");
}

/** The place of a field or an element. */
export function placeIn(where: string, name: string): string {
  if (/^\d+$/.test(name)) return `${where}[${name}]`;
  if (!/^[A-Za-z_]\w*$/.test(name)) return `${where}[${quoted(name)}]`;
  return where === "" ? name : `${where}.${name}`;
}
