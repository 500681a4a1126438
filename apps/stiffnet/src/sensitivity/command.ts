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
import { readSurrogate, type Surrogate } from "@stiffnet/trials/results";
import { extrapolations, type InputRange, type SensitivityConfig } from "./words.ts";

interface SensitivityOptions extends ExperimentOptions {
  readonly range: readonly { readonly name: string; readonly low: number; readonly high: number }[];
  readonly log: readonly string[];
  readonly samples: number;
  readonly seed: number;
}

const rangeOfInput = parser(
  "an input and its ends, as in k=0.1:10, or one value to hold it",
  "k=0.1:10",
  (given) => {
    const at = given.lastIndexOf("=");
    const [low = "", high = low, ...more] = given.slice(at + 1).split(":");
    const ends = [low, high].map((end) => (end.trim() === "" ? Number.NaN : Number(end)));
    if (at < 1 || more.length > 0 || !ends.every(Number.isFinite) || ends[0]! > ends[1]!) return undefined;
    return { name: given.slice(0, at), low: ends[0]!, high: ends[1]! };
  },
);

export const sensitivityCommand: CommandDefinition<SensitivityOptions> = {
  help: `Inputs are drawn independently of each other, uniformly from their ranges. The first-order index of an input is the share of the
variance that goes where it is known, its total index the share that is left where all others are: an input of a small total
index can be fixed.

Examples:
  $ stiffnet sensitivity results/train
  $ stiffnet sensitivity model.onnx --range k=1e-3:10 --log k --range pressure=1
  $ stiffnet sensitivity results/train --samples 65536 --json`,
  declare(command) {
    command
      .argument("<model>", "ONNX file that stiffnet exported, or a results folder with one")
      .option(
        "--range <name=low:high>",
        "draw an input from this range (default: that of the training rows); name=value holds it; may be repeated",
        collect(rangeOfInput),
        [],
      )
      .option("--log <names>", "inputs to draw by their logarithm, separated by commas", list(text), [])
      .option(
        "--samples <n>",
        "a power of two; the model is evaluated so often for every input and twice more",
        whole(2, 2 ** 22),
        8192,
      );
    addOut(addSeed(command), "results/sensitivity");
  },
  async run(options, [source]) {
    const surrogate = await readSurrogate(source!);
    const config: SensitivityConfig = {
      ...{ format: 1, command: "sensitivity", model: surrogate.sha256 },
      ...{ samples: powerOfTwo(options.samples), seed: options.seed, ranges: rangesFor(surrogate, options) },
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
  { inputNames, box, file }: Surrogate,
  { range, log }: Pick<SensitivityOptions, "range" | "log">,
): InputRange[] {
  for (const [option, names] of [
    ["--range", range.map(({ name }) => name)],
    ["--log", log],
  ] as const) {
    const twice = names.find((name, k) => names.indexOf(name) < k);
    if (twice !== undefined) throw new BenchError(`${option}: '${twice}' is given twice, expected once`);
    const unknown = names.find((name) => !inputNames.includes(name));
    if (unknown !== undefined) {
      throw new BenchError(
        `${option}: '${unknown}' is no input of ${file}, expected one of ${inputNames.join(", ")}`,
      );
    }
  }
  return inputNames.map((name, i) => {
    const given = range.find((one) => one.name === name);
    const [low, high] = given ? [given.low, given.high] : (box?.[i] ?? [Number.NaN, Number.NaN]);
    if (Number.isNaN(low)) {
      throw new BenchError(`${file}: does not say the range of '${name}', expected --range ${name}=low:high`);
    }
    const logarithmic = log.includes(name);
    if (logarithmic && low === high) {
      throw new BenchError(`--log: '${name}' is held at ${low}, expected an input that is drawn`);
    }
    if (logarithmic && low <= 0) {
      throw new BenchError(
        `--log: '${name}' begins at ${low}, expected a range above 0 (--range ${name}=low:high)`,
      );
    }
    return { name, low, high, logarithmic };
  });
}
