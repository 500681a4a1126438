import { counted } from "@stiffnet/base";
import { refuseToReplace, writeWhole } from "@stiffnet/base/files";
import { csvLine } from "@stiffnet/report";
import type { Table } from "@stiffnet/tables";
import {
  BenchError,
  type CommandDefinition,
  choice,
  formatPercent,
  given,
  mapped,
  note,
  unset,
} from "@stiffnet/terminal";
import { addTableOptions, readSource, sourceOf, type TableOptions } from "@stiffnet/trials";
import { modelInputs, readSurrogate, type Surrogate } from "@stiffnet/trials/surrogate";
import { intervalLevels, intervalsOf, levelsOf, outsideBox, usualLevel } from "@stiffnet/uncertainty";

interface PredictOptions extends TableOptions {
  readonly level: number;
  readonly id?: string;
  readonly out?: string;
}

export interface Prediction {
  /** Row of the table, counted from 1. */
  readonly row: number;
  /** Values of the columns in --id. */
  readonly id: readonly (number | string)[];
  /** Largest excess over the training box, in lengths of its side; 0 inside. */
  readonly outside: number;
  /** A single network has std 0. A file without intervals has null for low and high. */
  readonly outputs: readonly {
    readonly value: number;
    readonly std: number;
    readonly low: number | null;
    readonly high: number | null;
  }[];
}

export const predictCommand: CommandDefinition<PredictOptions> = {
  help: `Columns are matched by name. A table without names must hold only the inputs, in the order of the model. An input that was
text in training is text here. Rows outside the ranges of the training data get wider intervals, and the command prints
how many there are.

The answer has one line for each row. For each output it has the prediction, the spread of the networks (std) and the ends
of the interval (low, high). Column 'outside' is 0 within the ranges of the training data.

Examples:
  $ stiffnet predict results/train new-runs.csv > answers.csv
  $ stiffnet predict results/train/model.onnx new-runs.csv --id run --level 0.95 --out answers.csv
  $ stiffnet predict model.onnx inputs.npy --json`,
  declare(command) {
    command
      .argument("<model>", "ONNX file, or a results folder with one")
      .argument("<files...>", "tables with the inputs; the columns of several files are joined side by side")
      .option(
        "--level <share>",
        "coverage of the intervals: the share of true values that they hold",
        mapped(choice(intervalLevels.map(String)), Number),
        usualLevel,
      )
      .option("--id <columns>", "columns to copy to the answers, such as a run number")
      .addOption(unset("--out <file>", "CSV file to write; replaces an existing file", "standard output"));
    addTableOptions(command);
  },
  async run(options, [source, ...files]) {
    const { id, out, level } = options;
    const surrogate = await readSurrogate(source!);
    const table = await readSource(sourceOf(files, options));
    if (out !== undefined) refuseToReplace(out);
    const idColumns = id === undefined ? [] : table.indices(id, "--id");
    const predictions = predictTable(surrogate, table, { level, idColumns });
    const { inputNames, outputNames, file, sha256 } = surrogate;
    const beyond = predictions.filter(({ outside }) => outside > 0).length;
    if (beyond > 0) {
      note(
        `predict: ${beyond} of ${counted(predictions.length, "row")} ${beyond === 1 ? "lies" : "lie"} outside the ranges of the training rows, so the model extrapolates there`,
      );
    }
    const { intervals } = surrogate;
    if (intervals === undefined) {
      note(`predict: ${file} has no calibrated intervals; a training with validation rows makes them`);
    } else if (!levelsOf(intervals).includes(level)) {
      note(
        `predict: ${file} has no ${formatPercent(level)} intervals, because only ${counted(intervals.rows, "validation row")} calibrated it; possible levels: ${
          levelsOf(intervals)
            .map((one) => formatPercent(one))
            .join(", ") || "none"
        }`,
      );
    }
    const ids = idColumns.map((i) => table.columns[i]!);
    const lines = predictionLines(predictions, ids, outputNames);
    if (out !== undefined) writeWhole(out, lines);
    const document = {
      command: "predict",
      level,
      inputs: inputNames,
      outputs: outputNames,
      ids,
      sha256,
      files: { model: file, ...given({ predictions: out }) },
      outside: beyond,
      predictions,
    };
    return { document, ...(out === undefined ? { data: lines.trimEnd() } : { text: `predictions ${out}` }) };
  },
};

export function predictTable(
  surrogate: Surrogate,
  table: Table,
  { level, idColumns }: { readonly level: number; readonly idColumns: readonly number[] },
): Prediction[] {
  const { inputNames, outputNames, box, intervals } = surrogate;
  const rows = modelInputs(table, surrogate);
  const { mean, std } = surrogate.answer(rows);
  const wrong = mean.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const row = Math.floor(wrong / outputNames.length);
    const at = inputNames.map((name, k) => `${name} = ${rows[row * inputNames.length + k]}`).join(", ");
    throw new BenchError(
      `${table.name}, row ${row + 1}: the model has no finite ${outputNames[wrong % outputNames.length]} at ${at}, expected inputs nearer to the training rows`,
    );
  }
  const outside = box ? outsideBox(rows, box) : new Float64Array(table.count);
  const ends =
    intervals && levelsOf(intervals).includes(level)
      ? intervalsOf(intervals, { means: mean, spreads: std, level, outside })
      : undefined;
  return Array.from({ length: table.count }, (_, row) => ({
    row: row + 1,
    id: idColumns.map((column) => idOf(table, row, column)),
    outside: outside[row]!,
    outputs: outputNames.map((_, c) => {
      const i = row * outputNames.length + c;
      return { value: mean[i]!, std: std[i]!, low: ends?.low[i] ?? null, high: ends?.high[i] ?? null };
    }),
  }));
}

/** A number, or the text of a cell that holds another; whole numbers beyond 2^53 with all their digits. */
function idOf(table: Table, row: number, column: number): number | string {
  const value = table.at(row, column);
  return Math.abs(value) < 2 ** 53 ? value : table.label(row, column);
}

function predictionLines(
  predictions: readonly Prediction[],
  ids: readonly string[],
  outputNames: readonly string[],
): string {
  const header = [
    "row",
    ...ids,
    ...outputNames.flatMap((name) => [name, `${name} std`, `${name} low`, `${name} high`]),
    "outside",
  ];
  const lines = predictions.map(({ row, id, outputs, outside }) =>
    csvLine(
      [
        row,
        ...id,
        ...outputs.flatMap(({ value, std, low, high }) => [value, std, low ?? "", high ?? ""]),
        outside,
      ].map(String),
    ),
  );
  return [csvLine(header), ...lines].join("");
}
