import { noteInput } from "@stiffnet/base/files";
import { axis, type Distribution } from "@stiffnet/datasets";
import { readTable } from "@stiffnet/tables";
import { BenchError, parser } from "@stiffnet/terminal";
import { readJson } from "@stiffnet/trials";
import type { Surrogate } from "@stiffnet/trials/surrogate";
import type { Prior } from "@stiffnet/uncertainty";
import { type NamedInput, namedInput, requireInputs, withKnownNames } from "../named-inputs.ts";

/** How an input is drawn, cut to the training box; `low` equals `high` where it is held. */
export interface InputPrior {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly distribution: Distribution;
  /** Whether each end is the box's: where a posterior may lean on what the model knows. */
  readonly ends: readonly [low: boolean, high: boolean];
  /** The range that was asked for went beyond the box. */
  readonly cut: boolean;
}

const expectedSpec =
  "uniform:LOW:HIGH, loguniform:LOW:HIGH, normal:MEAN:DEVIATION, lognormal:MEAN:DEVIATION of the logarithm, or a value";

export const priorOption = parser(
  `an input and its prior, as in k=normal:0.3:0.05: ${expectedSpec}`,
  "k=normal:0.3:0.05",
  namedInput,
);

/** A JSON object { input: prior }, or a table with the columns input and prior. */
export async function priorsIn(file: string): Promise<NamedInput[]> {
  noteInput(file);
  if (file.toLowerCase().endsWith(".json")) {
    const held = readJson(file);
    if (typeof held !== "object" || held === null || Array.isArray(held)) {
      throw new BenchError(`${file}: is not a JSON object of priors, expected { "k": "normal:0.3:0.05" }`);
    }
    return Object.entries(held).map(([name, value]) => ({ name, value: String(value) }));
  }
  const table = await readTable(file);
  const [input, prior] = ["input", "prior"].map((name) => table.columns.indexOf(name)) as [number, number];
  if (input < 0 || prior < 0) {
    throw new BenchError(`${file}: has columns ${table.columns.join(", ")}, expected input, prior`);
  }
  return Array.from({ length: table.count }, (_, row) => ({
    name: table.label(row, input),
    value: table.label(row, prior),
  }));
}

/** A prior for each input of the model. The default is uniform over the training range. */
export function priorsFor(
  { inputNames, box, categories, file }: Pick<Surrogate, "inputNames" | "box" | "categories" | "file">,
  given: readonly NamedInput[],
): InputPrior[] {
  const asked = withKnownNames(given, [...categories.map(({ name }) => name), ...inputNames]);
  const twice = asked.find(({ name }, k) => asked.findIndex((other) => other.name === name) < k);
  if (twice) throw new BenchError(`--prior: '${twice.name}' has two priors, expected one`);
  if (box === undefined) {
    throw new BenchError(
      `${file}: does not say the training ranges of its inputs, expected a model that does`,
    );
  }
  // A column of texts is held at one of them.
  const held = categories.flatMap(({ name, values }) => {
    const spec = asked.find((one) => one.name === name)?.value;
    if (spec === undefined || !values.includes(spec)) {
      throw new BenchError(
        `--prior: '${name}' holds text${spec === undefined ? "" : ` and is '${spec}'`}, expected --prior ${name}=TEXT with one of ${values.join(", ")}`,
      );
    }
    return values.map((value) => ({ name: `${name}=${value}`, value: value === spec ? "1" : "0" }));
  });
  const numbers = asked.filter(({ name }) => !categories.some((category) => category.name === name));
  const known = [...inputNames].filter((name) => !held.some((one) => one.name === name));
  const named = numbers.map(({ name }) => name);
  requireInputs("--prior", named, known, file);
  return inputNames.map((name, i) => {
    const spec = [...held, ...numbers].find((one) => one.name === name)?.value;
    return priorOf(name, spec, box[i]!);
  });
}

function priorOf(name: string, spec: string | undefined, [from, to]: readonly [number, number]): InputPrior {
  const whole = { name, low: from, high: to, ends: [true, true], cut: false } as const;
  if (spec === undefined) return { ...whole, distribution: { kind: "uniform" } };
  const [kind, ...rest] = spec.split(":");
  const given = (rest.length === 0 ? [spec] : rest).map((text) =>
    text.trim() === "" ? Number.NaN : Number(text),
  );
  const [a, b] = given as [number, number];
  const bad = (expected: string): never => {
    throw new BenchError(`--prior: '${name}' is '${spec}', expected ${expected}`);
  };
  const outside = (): never =>
    bad(`a prior within the training range of ${from} to ${to}: the model was not trained beyond it`);
  if (!given.every(Number.isFinite) || given.length !== (rest.length === 0 ? 1 : 2)) return bad(expectedSpec);
  if (rest.length === 0) {
    if (!(a >= from && a <= to)) outside();
    return { name, low: a, high: a, ends: [false, false], cut: false, distribution: { kind: "uniform" } };
  }
  if (from === to) return bad(`no prior: the input was ${from} in all training rows, and is held there`);
  const logarithmic = kind === "loguniform" || kind === "lognormal";
  if (logarithmic && to <= 0) outside();
  const least = logarithmic ? Math.max(from, to * 1e-9) : from;
  if (kind === "uniform" || kind === "loguniform") {
    if (!(a < b)) return bad("the lower end first");
    if (logarithmic && a <= 0) return bad("ends above 0");
    const [low, high] = [Math.max(a, least), Math.min(b, to)];
    if (!(low < high)) outside();
    const ends = [a <= from, b >= to] as const;
    const distribution: Distribution = { kind: kind === "uniform" ? kind : "logUniform" };
    return { name, low, high, ends, cut: a < from || b > to, distribution };
  }
  if (kind !== "normal" && kind !== "lognormal") return bad(expectedSpec);
  if (!(b > 0)) return bad("a deviation above 0");
  const [low, high] = logarithmic ? [Math.log(least), Math.log(to)] : [least, to];
  // Further out than this nothing of the prior is left to draw from.
  if (a + 5 * b < low || a - 5 * b > high) outside();
  const distribution: Distribution = { kind: logarithmic ? "logNormal" : "normal", mean: a, deviation: b };
  return { ...whole, low: least, distribution, cut: a - 2 * b < low || a + 2 * b > high };
}

/** As `calibrateInputs` takes them. */
export function asPriors(priors: readonly InputPrior[]): Prior[] {
  return priors.map(({ name, low, high, distribution }) =>
    low === high ? low : axis(name, low, high, { distribution }),
  );
}
