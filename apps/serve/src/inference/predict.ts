import type { Category } from "@stiffnet/preparation";
import { intervalLevels, intervalsAt, levelsOf, usualLevel } from "@stiffnet/uncertainty";
import { type Static, Type } from "typebox";
import { badRequest } from "../errors.ts";
import { kindOf, quoted } from "../json/parse.ts";
import { only } from "../json/schemas.ts";
import { placeIn } from "../json/validation.ts";
import type { ServedModel } from "../models/files.ts";
import type { OutputTensor, Rows } from "./batch.ts";
import { newRows, requireLogarithms, requireNumber } from "./tensors.ts";

/** By name. */
const numbers = Type.Unsafe<Readonly<Record<string, number>>>({
  type: "object",
  additionalProperties: { type: "number" },
  description: "an object with a number for each input",
});

/** `{ "model"?: name, "version"?: text, "inputs": { name: number or text, ... }, "level"?: number }` */
export const predictBody = Type.Object(
  {
    model: Type.Optional(Type.String()),
    version: Type.Optional(Type.String()),
    inputs: Type.Unsafe<Readonly<Record<string, number | string>>>({
      type: "object",
      additionalProperties: { type: ["number", "string"] },
      description: "an object with a number for each input, and a text where the table had texts",
    }),
    level: Type.Optional(
      Type.Number({
        description: `share of the cases that the interval is to hold, one of ${intervalLevels.join(", ")}; ${usualLevel} where it is not given`,
      }),
    ),
  },
  { ...only, examples: [{ model: "model", inputs: { rainfall: 800, "soil depth": 2, Q10: 1.5 } }] },
);

export const predictionBody = Type.Object(
  {
    model: Type.String(),
    version: Type.String(),
    outputs: numbers,
    std: Type.Optional(numbers),
    interval: Type.Optional(
      Type.Object(
        { level: Type.Number(), low: numbers, high: numbers },
        { description: "holds this share of new cases, where the file is calibrated; wider outside" },
      ),
    ),
    sensitivities: Type.Optional(
      Type.Unsafe<Readonly<Record<string, Readonly<Record<string, number>>>>>({
        type: "object",
        additionalProperties: numbers,
        description: "d output / d input, where the file has it",
      }),
    ),
    units: Type.Unsafe<Readonly<Record<string, string>>>({
      type: "object",
      additionalProperties: { type: "string" },
    }),
    warnings: Type.Array(Type.String()),
  },
  {
    examples: [
      {
        model: "model",
        version: "1",
        outputs: { GPP: 3.1e-8, NEE: 0.2 },
        std: { GPP: 2e-10, NEE: 0.01 },
        interval: { level: 0.9, low: { GPP: 3.05e-8, NEE: 0.17 }, high: { GPP: 3.15e-8, NEE: 0.23 } },
        units: { GPP: "kg/m2/s" },
        warnings: [],
      },
    ],
  },
);
export type Prediction = Static<typeof predictionBody>;

/** One point by names, in physical units. */
export interface PredictRequest {
  readonly rows: Rows;
  readonly outputs: readonly string[];
  /** One sentence for each input that lies outside the training range. */
  readonly warnings: readonly string[];
  /** Level of the interval, if there is one. */
  readonly level: number | undefined;
}

/** Every input must be there, once. */
export function readPredict(
  model: ServedModel,
  { inputs: given, level }: Static<typeof predictBody>,
): PredictRequest {
  const { inputs, dtype, preparation } = model.surrogate;
  const values = withoutTexts(given, preparation[0]!.inputs.categories);
  const names = inputs.map(({ name }) => name);
  for (const name of Object.keys(values)) {
    if (!names.includes(name)) {
      throw badRequest(`inputs has an unknown field ${quoted(name)}, expected ${names.join(", ")}`);
    }
  }
  const rows = newRows(dtype, inputs.length);
  const warnings: string[] = [];
  inputs.forEach(({ name, range, unit }, j) => {
    // One of its own, never an inherited one such as "constructor".
    const given = Object.hasOwn(values, name) ? values[name] : undefined;
    const value = requireNumber(given, dtype, placeIn("inputs", name));
    rows[j] = value;
    if (range && (value < range[0] || value > range[1])) {
      const where = `${range[0]} to ${range[1]}${unit ? ` ${unit}` : ""}`;
      warnings.push(
        `${name} is ${value}, outside the training range of ${where}: the answer is an extrapolation${model.intervals ? ", its interval a guess" : ""}`,
      );
    }
  });
  requireLogarithms(model, rows, (_, name) => placeIn("inputs", name));
  const known = model.description.outputs.map(({ name }) => name);
  return {
    rows,
    warnings,
    level: levelFor(model, level),
    outputs: ["outputs", "outputs_std", "jacobian"].filter((name) => known.includes(name)),
  };
}

/** Turns texts into the inputs that represent them: 1 for the given value, 0 for the others. */
function withoutTexts(
  given: Static<typeof predictBody>["inputs"],
  categories: readonly Category[] = [],
): Readonly<Record<string, number | string>> {
  const values = new Map(Object.entries(given));
  for (const { name, values: known } of categories) {
    const inputs = known.map((value) => `${name}=${value}`);
    const text = values.get(name);
    if (text === undefined && inputs.some((input) => values.has(input))) continue;
    if (!known.some((value) => value === text)) {
      throw badRequest(`${placeIn("inputs", name)} is ${kindOf(text)}, expected one of ${known.join(", ")}`);
    }
    const twice = inputs.find((input) => values.has(input));
    if (twice !== undefined)
      throw badRequest(`inputs has both ${quoted(twice)} and ${quoted(name)}, expected one`);
    values.delete(name);
    known.forEach((value, k) => {
      values.set(inputs[k]!, value === text ? 1 : 0);
    });
  }
  return Object.fromEntries(values);
}

/** The usual level where none is asked for and the file can tell it. */
function levelFor({ name, intervals }: ServedModel, asked: number | undefined): number | undefined {
  const levels = intervals ? levelsOf(intervals) : [];
  if (asked === undefined) return levels.find((level) => level === usualLevel);
  if (levels.includes(asked)) return asked;
  throw badRequest(
    levels.length > 0
      ? `level is ${asked}, expected one of ${levels.join(", ")}`
      : `level is given, but model ${quoted(name)} has no calibrated intervals`,
  );
}

export function predictionOf(
  model: ServedModel,
  { rows, level, warnings }: PredictRequest,
  results: readonly OutputTensor[],
): Prediction {
  const { inputs, outputs } = model.surrogate;
  const byName = (data: Rows, offset: number, names: readonly { name: string }[], what: string) =>
    Object.fromEntries(
      names.map(({ name }, j) => [name, shortest(data, offset + j, `${what} ${quoted(name)}`)]),
    );
  const found = (name: string): Rows | undefined => results.find((result) => result.name === name)?.data;
  const mean = found("outputs")!;
  const std = found("outputs_std");
  // As `stiffnet predict` has them.
  const ends =
    model.intervals && level !== undefined
      ? intervalsAt(model.intervals, { inputs, rows, means: mean, spreads: std, level })
      : undefined;
  const jacobian = found("jacobian");
  return {
    model: model.name,
    version: model.version,
    outputs: byName(mean, 0, outputs, "output"),
    ...(std && { std: byName(std, 0, outputs, "the spread of") }),
    ...(ends && {
      interval: {
        level: level!,
        low: byName(ends.low, 0, outputs, "the interval of"),
        high: byName(ends.high, 0, outputs, "the interval of"),
      },
    }),
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
    warnings: [...warnings],
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
