import { type TableColumn, tableColumns } from "@stiffnet/preparation";
import {
  addOut,
  addSeed,
  BenchError,
  type CommandDefinition,
  collect,
  list,
  note,
  parser,
  text,
  whole,
} from "@stiffnet/terminal";
import { type ExperimentOptions, runExperiment } from "@stiffnet/trials";
import { readSurrogate, type Surrogate } from "@stiffnet/trials/surrogate";
import { type NamedInput, namedInput, requireInputs, withKnownNames } from "../named-inputs.ts";
import { type InputRange, rangeOver } from "./ranges.ts";
import { extrapolations, type SensitivityConfig } from "./words.ts";

/** Its value has the ends, or the text to hold. */
interface GivenRange extends NamedInput {
  readonly low: number;
  readonly high: number;
}

interface SensitivityOptions extends ExperimentOptions {
  readonly range: readonly GivenRange[];
  readonly log: readonly string[];
  readonly samples: number;
  readonly seed: number;
}

const rangeOfInput = parser<GivenRange>(
  "an input and its ends, as in k=0.1:10, or one value to hold it",
  "k=0.1:10",
  (given) => {
    const named = namedInput(given);
    if (named === undefined) return undefined;
    const [low, high = low, ...more] = named.value
      .split(":")
      .map((end) => (end.trim() === "" ? Infinity : Number(end)));
    const wrong = more.length > 0 || low === Infinity || high === Infinity || low! > high!;
    return wrong ? undefined : { ...named, low: low!, high: high! };
  },
);

export const sensitivityCommand: CommandDefinition<SensitivityOptions> = {
  help: `Each input is drawn uniformly from its range, independently of the other inputs. The first-order index of an input is the share
of the output's variance that this input explains by itself. The total index adds its interactions with other inputs. An
input with a small total index can be held fixed. A text column counts as one input with equally likely values.

Examples:
  $ stiffnet sensitivity results/train
  $ stiffnet sensitivity model.onnx --range k=1e-3:10 --log k --range pressure=1
  $ stiffnet sensitivity results/train --samples 65536 --json`,
  declare(command) {
    command
      .argument("<model>", "ONNX file that stiffnet exported, or a results folder with one")
      .option(
        "--range <name=low:high>",
        "range of an input (default: its range in the training data), or name=value to hold it fixed; may be repeated",
        collect(rangeOfInput),
        [],
      )
      .option(
        "--log <names>",
        "inputs to draw uniformly on a logarithmic scale, separated by commas",
        list(text),
        [],
      )
      .option(
        "--samples <n>",
        "base samples, a power of two; with k inputs, the model is evaluated k + 2 times for each",
        whole(2, 2 ** 22),
        8192,
      );
    addOut(addSeed(command), "results/sensitivity");
  },
  async run(options, [source]) {
    const surrogate = await readSurrogate(source!);
    const config: SensitivityConfig = {
      format: 1,
      command: "sensitivity",
      model: surrogate.sha256,
      samples: powerOfTwo(options.samples),
      seed: options.seed,
      ranges: rangesFor(surrogate, options),
    };
    const { sensitivityExperiment } = await import("./experiment.ts");
    const outcome = await runExperiment(options, config, sensitivityExperiment(surrogate));
    for (const sentence of extrapolations(config, surrogate)) note(`sensitivity: ${sentence}`);
    return outcome;
  },
};

function powerOfTwo(samples: number): number {
  if (Math.log2(samples) % 1 === 0) return samples;
  throw new BenchError(`--samples: is ${samples}, expected a power of two`);
}

function rangesFor(
  surrogate: Surrogate,
  { range: asked, log }: Pick<SensitivityOptions, "range" | "log">,
): InputRange[] {
  const { file, inputNames, box } = surrogate;
  const columns = tableColumns(inputNames, surrogate);
  const known = columns.map(({ name }) => name);
  const range = withKnownNames(asked, known);
  const ranged = range.map(({ name }) => name);
  requireInputs("--range", ranged, known, file);
  requireInputs("--log", log, known, file);
  return columns.map((column) => {
    const { name } = column;
    const given = range.find((one) => one.name === name);
    const usual = rangeOver(box, column);
    const { low, high } = given ? endsOf(given, column) : usual;
    if (Number.isNaN(low)) {
      throw new BenchError(`${file}: does not say the range of '${name}', expected --range ${name}=low:high`);
    }
    if (surrogate.logarithmic.includes(name) && (low < 0 || high <= 0)) {
      throw new BenchError(
        `--range ${name}: ${low} has no logarithm, which the model takes of this input; expected positive numbers`,
      );
    }
    const logarithmic = log.includes(name);
    if (logarithmic && column.values) {
      throw new BenchError(`--log: '${name}' holds text, expected an input of numbers`);
    }
    if (logarithmic && low === high) {
      throw new BenchError(`--log: '${name}' is held at ${low}, expected an input that is drawn`);
    }
    if (logarithmic && low <= 0) {
      throw new BenchError(
        `--log: '${name}' begins at ${low}, expected a range above 0 (--range ${name}=low:high)`,
      );
    }
    return { ...usual, low, high, logarithmic };
  });
}

function endsOf(
  { name, low, high, value }: GivenRange,
  { values }: TableColumn,
): { low: number; high: number } {
  const at = values?.indexOf(value);
  if (at === undefined && !Number.isNaN(low) && !Number.isNaN(high)) return { low, high };
  if (at !== undefined && at >= 0) return { low: at, high: at };
  const expected = values ? `one of ${values.join(", ")}` : "numbers";
  throw new BenchError(`--range ${name}: is '${value}', expected ${expected}`);
}
