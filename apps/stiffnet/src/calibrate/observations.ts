import type { Table } from "@stiffnet/tables";
import { BenchError } from "@stiffnet/terminal";
import type { Surrogate } from "@stiffnet/trials/surrogate";

/** A measured value of one output, with its standard deviation. */
export interface ObservedOutput {
  readonly name: string;
  readonly value: number;
  readonly error: number;
}

const long = ["output", "value", "error"] as const;

/** Observations as rows of `output,value,error`, or as one row with columns NAME and `NAME error`. */
export function observationsIn(
  table: Table,
  { outputNames, file }: Pick<Surrogate, "outputNames" | "file">,
): ObservedOutput[] {
  const [output, value, error] = long.map((name) => table.columns.indexOf(name)) as [number, number, number];
  const cells =
    output >= 0 && value >= 0 && error >= 0
      ? Array.from({ length: table.count }, (_, row) => ({
          name: table.label(row, output),
          value: table.at(row, value),
          error: table.at(row, error),
          place: `${table.name}, row ${row + 1}`,
        }))
      : wideRow(table, outputNames);
  const unknown = cells.find(({ name }) => !outputNames.includes(name));
  if (unknown) {
    throw new BenchError(
      `${unknown.place}: '${unknown.name}' is not an output of ${file}, expected one of ${outputNames.join(", ")}`,
    );
  }
  cells.forEach(({ name, value, error, place }, k) => {
    const wrong = (what: string): never => {
      throw new BenchError(`${place}: ${what}`);
    };
    if (cells.findIndex((other) => other.name === name) < k)
      wrong(`'${name}' is observed twice, expected once`);
    if (Number.isNaN(value)) wrong(`the value of '${name}' is missing, expected a number`);
    if (Number.isNaN(error)) wrong(`the error of '${name}' is missing, expected its standard deviation`);
    if (!(error > 0)) wrong(`the error of '${name}' is ${error}, expected a standard deviation above 0`);
  });
  if (cells.length === 0) throw new BenchError(`${table.name}: holds no observation, expected at least one`);
  return cells.map(({ place: _, ...observed }) => observed);
}

function wideRow(table: Table, outputNames: readonly string[]) {
  const names = table.columns.filter((name) => !name.endsWith(" error"));
  if (table.count !== 1 || !names.some((name) => outputNames.includes(name))) {
    throw new BenchError(
      `${table.name}: has columns ${table.columns.join(", ")}, expected ${long.join(", ")}; or one row with columns NAME and 'NAME error'`,
    );
  }
  return names.map((name) => {
    const at = table.columns.indexOf(`${name} error`);
    const error = at < 0 ? Number.NaN : table.at(0, at);
    return { name, value: table.at(0, table.columns.indexOf(name)), error, place: table.name };
  });
}
