import { choice, given, list, text, unset } from "@stiffnet/terminal";
import type { Command } from "commander";
import type { TableSource } from "../data/table-source.ts";

/** Options of every command that reads tables. */
export interface TableOptions extends Pick<TableSource, "decimal" | "arrays" | "names"> {
  readonly header?: "yes" | "no";
}

export function addTableOptions(command: Command): Command {
  return command
    .addOption(
      unset(
        "--header <rule>",
        "whether the first line of a text file or sheet holds the column names",
        "guessed",
        choice(["yes", "no"]),
      ),
    )
    .addOption(unset("--decimal <sign>", "decimal sign in text files", "guessed", choice([".", ","])))
    .addOption(
      unset(
        "--arrays <names>",
        "arrays to read from an NPZ, HDF5 or NetCDF file (default: all), or sheets of an Excel workbook",
        "the first",
        list(text),
      ),
    )
    .option("--names <list>", "column names, separated by commas, for a file without names", list(text));
}

export function sourceOf(
  [file, ...others]: readonly string[],
  { header, decimal, arrays, names }: TableOptions,
): TableSource {
  return {
    file: file!,
    ...(others.length > 0 && { others }),
    ...given({ header: header && header === "yes", decimal, arrays, names }),
  };
}
