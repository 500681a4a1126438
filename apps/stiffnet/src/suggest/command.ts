import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { refuseToReplace, writeWhole } from "@stiffnet/base/files";
import { cellOf, type TableColumn, tableColumns } from "@stiffnet/preparation";
import { csvLine } from "@stiffnet/report";
import {
  addSeed,
  BenchError,
  type CommandDefinition,
  collect,
  given,
  note,
  parser,
  unset,
  whole,
} from "@stiffnet/terminal";
import {
  addTableOptions,
  loadData,
  readConfig,
  readSource,
  sourceOf,
  type TableOptions,
} from "@stiffnet/trials";
import { modelInputs, readSurrogate, type Surrogate } from "@stiffnet/trials/surrogate";
import { nextRuns } from "@stiffnet/uncertainty";
import { type NamedInput, namedInput, requireInputs, withKnownNames } from "../named-inputs.ts";
import { type InputRange, rangeOver } from "../sensitivity/ranges.ts";
import { readConstraint } from "./constraint.ts";
import { contradiction, meets, pointsIn, type Region } from "./points.ts";

interface SuggestOptions extends TableOptions {
  readonly runs: number;
  readonly fixed: readonly NamedInput[];
  readonly constraint: readonly string[];
  readonly around?: string;
  readonly seed: number;
  readonly out?: string;
}

/** Points that the runs are chosen from. */
const leastPoints = 4096;

const fixedInput = parser("an input and its value, as in k=0.5", "k=0.5", namedInput);

const anyText = parser<string>(
  "a constraint, as in k + 2*m <= 1",
  "k + 2*m <= 1",
  (text) => text.trim() || undefined,
);

export const suggestCommand: CommandDefinition<SuggestOptions> = {
  help: `The command suggests points where the trained networks disagree and that are far from the known runs. Known runs are the
rows that the model was trained and tested on, or the tables that you name after the model. Run the simulation at the
suggested points, append the results to your table, and train again.

Examples:
  $ stiffnet suggest results/train --runs 20 > next.csv
  $ stiffnet suggest results/train --fixed pressure=1 --constraint "sand + clay <= 1"
  $ stiffnet suggest model.onnx ensemble.csv --runs 50 --out next.csv
  $ stiffnet suggest results/train --around samples.csv --json`,
  declare(command) {
    command
      .argument("<model>", "ONNX file that stiffnet exported, or a results folder with one")
      .argument(
        "[files...]",
        "tables of the known runs (default: the data that the model was trained and tested on)",
      )
      .option("--runs <n>", "number of runs to suggest", whole(1, 10_000), 20)
      .option("--fixed <name=value>", "hold an input at this value; may be repeated", collect(fixedInput), [])
      .option(
        "--constraint <sum>",
        'suggest only points with this property, as in "x1 + 2*x2 <= 1"; may be repeated',
        collect(anyText),
        [],
      )
      .option(
        "--around <file>",
        "choose among the points of this table, such as samples.csv of 'stiffnet calibrate'",
      )
      .addOption(unset("--out <file>", "CSV file to write; replaces an existing file", "standard output"));
    addTableOptions(addSeed(command));
  },
  async run(options, [source, ...files]) {
    const { runs, seed, around, out } = options;
    const unread = (["header", "decimal", "arrays", "names"] as const).find(
      (name) => files.length === 0 && around === undefined && options[name] !== undefined,
    );
    if (unread !== undefined) {
      throw new BenchError(
        `--${unread}: is given without a table to read, expected one after the model or --around`,
      );
    }
    const surrogate = await readSurrogate(source!);
    if (out !== undefined) refuseToReplace(out);
    const region = regionOf(surrogate, options);
    const { columns, ranges } = region;
    const candidates =
      around === undefined
        ? pointsIn(region, Math.max(leastPoints, 64 * runs), seed)
        : await pointsAround(surrogate, region, { ...options, around });
    const known = await knownRows(surrogate, files, options);
    const width = surrogate.inputNames.length;
    const { mean, std } = surrogate.answer(candidates);
    const spreads = relativeSpreads(mean, std, surrogate.outputNames.length);
    if (spreads.every((spread) => spread === 0)) {
      note("suggest: a single network cannot disagree with others, so the runs only fill the space evenly");
    }
    const units = (rows: Float64Array): Float64Array => inUnitsOf(region, surrogate, rows);
    const chosen = nextRuns({
      candidates: units(candidates),
      columns: width,
      spreads,
      known: units(known),
      runs,
    });
    const suggestions = chosen.map(({ candidate, spread, distance }) => {
      const row = candidates.subarray(candidate * width, (candidate + 1) * width);
      return {
        inputs: Object.fromEntries(columns.map((column) => [column.name, cellOf(column, row)])),
        spread,
        distance,
      };
    });
    const names = columns.map(({ name }) => name);
    const lines = [names, ...suggestions.map(({ inputs }) => names.map((name) => `${inputs[name]}`))];
    const csv = lines.map((line) => csvLine(line)).join("");
    const document = {
      command: "suggest",
      runs,
      seed,
      sha256: surrogate.sha256,
      rows: known.length / width,
      ranges: ranges.map(({ name, low, high, values }) => ({
        name,
        ...(values ? { values } : {}),
        low,
        high,
      })),
      constraints: region.constraints.map(({ text }) => text),
      files: { model: surrogate.file, ...given({ suggestions: out }) },
      suggestions,
    };
    if (out === undefined) return { document, data: csv.trimEnd() };
    writeWhole(out, csv);
    return { document, text: `suggestions ${out}` };
  },
};

function regionOf(surrogate: Surrogate, { fixed: given, constraint }: SuggestOptions): Region {
  const { inputNames, box, file } = surrogate;
  const columns = tableColumns(inputNames, surrogate);
  const names = columns.map(({ name }) => name);
  const fixed = withKnownNames(given, names);
  const asked = fixed.map(({ name }) => name);
  requireInputs("--fixed", asked, names, file);
  const numbers = columns.filter(({ values }) => !values).map(({ name }) => name);
  const ranges = columns.map((column): InputRange => {
    const held = fixed.find(({ name }) => name === column.name);
    const range = rangeOver(box, column);
    if (held) {
      const value = heldAt(held, column);
      if (surrogate.logarithmic.includes(held.name) && value <= 0) {
        throw new BenchError(`--fixed ${held.name}: ${value} has no logarithm, expected a positive number`);
      }
      if (value < range.low || value > range.high) {
        note(
          `suggest: ${held.name} is held at ${value}, but the model was trained from ${range.low} to ${range.high}`,
        );
      }
      return { ...range, low: value, high: value };
    }
    if (Number.isNaN(range.low)) {
      throw new BenchError(
        `${file}: does not say the range of '${column.name}', expected --fixed ${column.name}=value`,
      );
    }
    return range;
  });
  if (ranges.every(({ low, high }) => low === high)) {
    throw new BenchError("suggest: every input is held, expected one that may vary");
  }
  return { columns, ranges, constraints: constraint.map((text) => readConstraint(text, numbers)) };
}

function heldAt({ name, value }: NamedInput, { values }: TableColumn): number {
  const number = values ? values.indexOf(value) : Number(value);
  if (values ? number >= 0 : Number.isFinite(number)) return number;
  throw new BenchError(
    `--fixed ${name}: is '${value}', expected ${values ? `one of ${values.join(", ")}` : "a number"}`,
  );
}

/** The points of a table that lie in the region. Held inputs are held there too. */
async function pointsAround(
  surrogate: Surrogate,
  { columns, ranges, constraints }: Region,
  { around, ...options }: SuggestOptions & { around: string },
): Promise<Float64Array> {
  const rows = modelInputs(await readSource(sourceOf([around], options)), surrogate);
  const width = surrogate.inputNames.length;
  const inside: number[] = [];
  for (let at = 0; at < rows.length; at += width) {
    const row = rows.subarray(at, at + width);
    for (const [i, { first, values }] of columns.entries()) {
      const { low, high } = ranges[i]!;
      if (low < high) continue;
      for (let k = 0; k < (values?.length ?? 1); k++) row[first + k] = values ? Number(k === low) : low;
    }
    const within = columns.every(({ first, values }, i) => {
      const { low, high } = ranges[i]!;
      return values !== undefined || (row[first]! >= low && row[first]! <= high);
    });
    if (within && constraints.every((one) => meets(one, columns, row))) inside.push(...row);
  }
  if (inside.length > 0) return Float64Array.from(inside);
  if (constraints.length > 0) throw contradiction(constraints);
  throw new BenchError(
    `--around ${around}: no point lies within the ranges of the training data, expected at least one`,
  );
}

/** Rows of the given tables, or of the data that the model's own folder tells of. */
async function knownRows(
  surrogate: Surrogate,
  files: readonly string[],
  options: TableOptions,
): Promise<Float64Array> {
  if (files.length > 0) return modelInputs(await readSource(sourceOf(files, options)), surrogate);
  const folder = dirname(surrogate.file);
  if (!existsSync(join(folder, "config.json"))) {
    note(
      `suggest: ${folder} does not say which runs are known, so the suggestions only keep away from each other; name the table after the model`,
    );
    return new Float64Array(0);
  }
  const { data: spec, seed } = readConfig(folder);
  if (spec.kind === "table") {
    const { file, others = [], testFile } = spec;
    const lost = [file, ...others, ...(testFile === undefined ? [] : [testFile])].find(
      (one) => !existsSync(one),
    );
    if (lost !== undefined) {
      throw new BenchError(
        `${lost}: no such file; ${folder} was trained on it, so call suggest in the folder where train ran, or name the tables of the known runs after the model`,
      );
    }
  }
  const { train, validation, test } = await loadData(spec, seed);
  return Float64Array.from([train, validation, test].flatMap((set) => (set ? [...set.inputs] : [])));
}

/** The spread of each row: the root mean square over outputs, each in deviations of its own answers. */
function relativeSpreads(mean: Float64Array, std: Float64Array, outputs: number): Float64Array {
  const count = mean.length / outputs;
  const scales = Array.from({ length: outputs }, (_, c) => {
    let [sum, squares] = [0, 0];
    for (let i = c; i < mean.length; i += outputs) sum += mean[i]! / count;
    for (let i = c; i < mean.length; i += outputs) squares += (mean[i]! - sum) ** 2 / count;
    return Math.sqrt(squares) || 1;
  });
  return Float64Array.from({ length: count }, (_, row) =>
    Math.sqrt(scales.reduce((sum, scale, c) => sum + (std[row * outputs + c]! / scale) ** 2 / outputs, 0)),
  );
}

/** Rows in lengths of the box that the model was trained in; a side of no length counts as 1. */
function inUnitsOf({ columns }: Region, { box, inputNames }: Surrogate, rows: Float64Array): Float64Array {
  const sides = inputNames.map(() => ({ low: 0, length: 1 }));
  for (const { first, values } of columns) {
    const [low, high] = values ? [0, 1] : (box?.[first] ?? [0, 1]);
    if (!values) sides[first] = { low, length: high > low ? high - low : 1 };
  }
  return rows.map((x, i) => {
    const { low, length } = sides[i % sides.length]!;
    return (x - low) / length;
  });
}
