import type { WeightsOption } from "@stiffnet/core";
import { choice, finite, type OptionParser, parser, whole } from "@stiffnet/terminal";
import { z } from "zod";
import { sizedBases, study, weightNames } from "../configuration/fields.ts";

/** "cubic", or a basis with its size: "polynomial:5", "piecewiseLinear:9", "perLayer:4". */
export const weightsBasis: OptionParser<WeightsOption> = parser(
  `one of ${weightNames.join(", ")}, or with a size (at least two knots) ${Object.keys(sizedBases)
    .map((name) => `${name}:N`)
    .join(", ")}, for how the weights of the layers depend on time; rows have no weights`,
  "cubic",
  (text) => {
    const [name = "", given, ...more] = text.split(":");
    if (given === undefined) return weightNames.find((one) => one === name);
    if (more.length > 0 || !Object.hasOwn(sizedBases, name)) return undefined;
    const [called, least] = sizedBases[name as keyof typeof sizedBases];
    const size = whole(least).read(given);
    return size === undefined ? undefined : ({ basis: name, [called]: size } as unknown as WeightsOption);
  },
);

/** The options that set a field of the configuration. Each has flags, and its own description if the field's
 *  does not suit a command line. */
const flags = {
  network: {
    width: ["--width <n>"],
    depth: ["--depth <n>"],
    activation: ["--activation <name>"],
    lift: ["--lift <name>"],
    horizon: ["--horizon <x>"],
    solver: [
      "--solver <name>",
      "train a neural ODE with this solver",
      "a residual network, which is Euler's method",
    ],
    weights: [
      "--weights <basis>",
      "train a neural ODE with weights that are this function of time: perLayer, constant, linear, quadratic, cubic, polynomial:5, piecewiseLinear:9, perLayer:4",
      "perLayer",
    ],
    augment: ["--augment <n>", "extra dimensions of the state, which start at zero", "0"],
  },
  training: {
    epochs: ["--epochs <n>"],
    batchSize: ["--batch <n>"],
    rate: ["--rate <x>"],
    steer: ["--steer <x>", "draw the end time of each batch between T - x and T + x", "always T"],
  },
} as const;
export type Part = keyof typeof flags;

interface FieldOption {
  readonly field: string;
  /** Its name among what commander read. */
  readonly name: string;
  readonly flags: string;
  readonly words: string;
  /** The default, where presets have none. */
  readonly told: string;
  readonly parser: OptionParser<unknown>;
}

export function fieldOptions(part: Part): FieldOption[] {
  const schemas: Readonly<Record<string, z.ZodType>> = study.shape[part].shape;
  return Object.entries<readonly string[]>(flags[part]).map(([field, [flag, says, told = ""]]) => {
    const schema = schemas[field]!;
    const inner = schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
    const [, name] = /^--(\w+)/.exec(flag!)!;
    const described = inner.description!.replace(/\.$/, "");
    const words = says ?? described.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
    return { field, name: name!, flags: flag!, words, told, parser: parserFor(inner) };
  });
}

/** A field's own schema says what is right. */
function parserFor(schema: z.ZodType): OptionParser<unknown> {
  if (schema instanceof z.ZodEnum) return choice(schema.options as string[]);
  if (!(schema instanceof z.ZodNumber)) return weightsBasis;
  const expected = schema.safeParse(undefined).error!.issues[0]!.message;
  const example = schema.isInt ? schema.minValue! : schema.minValue! + 0.5;
  return parser(expected, String(example), (text) => {
    const value = finite.read(text);
    return schema.safeParse(value).success ? value : undefined;
  });
}
