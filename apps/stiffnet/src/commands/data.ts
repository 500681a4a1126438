import { counted, StiffnetError } from "@stiffnet/base";
import { standardise } from "@stiffnet/preparation";
import {
  describeTable,
  renderDescription,
  type Selection,
  type Table,
  type TableDescription,
  TableError,
} from "@stiffnet/tables";
import { BenchError, type CommandDefinition, choice, whole } from "@stiffnet/terminal";
import {
  addTableOptions,
  type MissingRule,
  missingRules,
  readSource,
  requireUsualSize,
  sourceOf,
  type TableOptions,
  type TableSource,
} from "@stiffnet/trials";

interface DataCommandOptions extends TableOptions {
  readonly inputs?: string;
  readonly outputs?: string;
  readonly missing: MissingRule;
  readonly bins: number;
}

/** What `train` would take of the table. */
export interface TrainingRows {
  readonly missing: MissingRule;
  /** Rows that are kept and left out, and input cells that are filled, by column. */
  readonly rows: number;
  readonly dropped: number;
  readonly filled: Readonly<Record<string, number>>;
  /** Other changes to columns, such as texts that become several inputs. */
  readonly notes?: readonly string[];
  /** Why `train` would refuse the table; rows is 0 then. */
  readonly refused?: string;
}

/** The document of `stiffnet data --json`. */
export interface DataSummary {
  readonly command: "data";
  readonly config: TableSource & {
    readonly inputs?: string;
    readonly outputs?: string;
    readonly missing: MissingRule;
    readonly bins: number;
  };
  readonly digest: string;
  /** Figures that do not exist, such as the mean of a column of text, are null. */
  readonly table: TableDescription;
  readonly training?: TrainingRows;
}

export const dataCommand: CommandDefinition<DataCommandOptions> = {
  help: `Reads text (CSV, TSV, also .gz), JSON lines, NPY, NPZ, Parquet, HDF5, NetCDF-4 and Excel (.xlsx). It writes no file.

Examples:
  $ stiffnet data ensemble.csv
  $ stiffnet data ensemble.csv --inputs 1-15 --outputs 16-25
  $ stiffnet data parameters.npy fluxes.parquet --inputs 1-12 --outputs 13- --missing drop
  $ stiffnet data runs.nc --arrays rain,warmth,flux --json
  $ stiffnet data runs.xlsx --arrays Inputs,Outputs`,
  declare(command) {
    command
      .argument("<files...>", "tables; the columns of several files are joined side by side, row by row")
      .option(
        "--inputs <columns>",
        "input columns: numbers, names or ranges, as in 1-15 or lai,soil*; needs --outputs",
      )
      .option("--outputs <columns>", "output columns; shows how well a linear fit predicts them")
      .option(
        "--missing <rule>",
        "treatment of empty cells in training: stop with an error, drop the row, or fill inputs with the mean of their column",
        choice(missingRules),
        "error",
      )
      .option("--bins <n>", "number of bars in each histogram", whole(1, 1000), 10);
    addTableOptions(command);
  },
  async run(options, files) {
    const { inputs, outputs, missing, bins } = options;
    if ((inputs === undefined) !== (outputs === undefined)) {
      const [given, wanted] = inputs === undefined ? ["--outputs", "--inputs"] : ["--inputs", "--outputs"];
      throw new BenchError(`${given} is given without ${wanted}, expected both or neither`);
    }
    const source = sourceOf(files, options);
    const table = await readSource(source);
    const columns = inputs !== undefined && outputs !== undefined ? { inputs, outputs } : undefined;
    const training = columns && trainingRows(table, { ...columns, missing }, requireLearnable);
    // A fit needs numbers; gaps it leaves out by itself.
    const fits = columns && trainingRows(table, { ...columns, missing: "drop" }).refused === undefined;
    const description = describeTable(table, { ...(fits ? columns : {}), bins });
    const summary: DataSummary = {
      command: "data",
      config: { ...source, ...columns, missing, bins },
      digest: description.digest,
      table: description,
      ...(training && { training }),
    };
    const text = [renderDescription(description).trimEnd()];
    if (training) text.push(trainingSentence(training, table));
    return { document: summary, text: text.join("\n") };
  },
};

/** Reports the cells that `train` would refuse, and what `check` refuses of the other rows. Throws for
 *  a choice of columns that no table could meet. */
function trainingRows(
  table: Table,
  choice: { inputs: string; outputs: string; missing: MissingRule },
  check?: (name: string, selection: Selection) => void,
): TrainingRows {
  const { missing } = choice;
  try {
    const selection = table.select({ ...choice, text: "categories" });
    const { count, missing: report, notes } = selection;
    if (count > 0) check?.(table.name, selection);
    return { missing, rows: count, ...report, ...(notes.length > 0 && { notes }) };
  } catch (error) {
    if (
      !(error instanceof StiffnetError) ||
      (error instanceof TableError &&
        !/^(missing_value|not_a_number|not_finite|too_many_categories)$/.test(error.code))
    )
      throw error;
    return { missing, rows: 0, dropped: 0, filled: {}, refused: error.message };
  }
}

/** Outputs that never vary, and sizes that a training cannot use. Gaps in inputs are filled only later. */
function requireLearnable(name: string, selection: Selection): void {
  standardise(selection.outputs, selection.outputNames);
  const rows = { ...selection, inputs: selection.inputs.map((value) => value || 0) };
  requireUsualSize({ ...rows, name, train: rows, test: rows });
}

function trainingSentence(
  { missing, rows, dropped, filled, notes = [], refused }: TrainingRows,
  table: Table,
): string {
  if (refused !== undefined) return `train would refuse it: ${refused}`;
  const cells = Object.entries(filled).map(([name, count]) => `${count} in '${name}'`);
  const parts = [
    `train takes ${rows} of ${counted(table.count, "row")}`,
    ...(dropped > 0 ? [`${dropped} with empty cells ${dropped === 1 ? "is" : "are"} left out`] : []),
    ...(cells.length > 0
      ? [`empty cells are filled with the mean of the training rows: ${cells.join(", ")}`]
      : []),
    ...notes,
  ];
  return `${parts.join("; ")} (--missing ${missing})`;
}
