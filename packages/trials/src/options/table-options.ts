import { choice, given, list, text } from "@stiffnet/terminal";
import type { Command } from "commander";
import type { TableSource } from "../data/table-source.ts";

/** Options of every command that reads tables. */
export interface TableOptions {
  readonly header?: "yes" | "no";
  readonly decimal?: "." | ",";
  readonly arrays?: readonly string[];
  readonly names?: readonly string[];
}

export function addTableOptions(command: Command): Command {
  return command
    .option(
      "--header <rule>",
      "whether text files and sheets begin with a line of names (default: guessed)",
      choice(["yes", "no"]),
    )
    .option(
      "--decimal <sign>",
      "sign before a number's fraction in text files (default: a comma only beside ; or tab)",
      choice([".", ","]),
    )
    .option(
      "--arrays <names>",
      "arrays of an NPZ, HDF5 or NetCDF file (default: all), sheets of an Excel workbook (default: the first)",
      list(text),
    )
    .option(
      "--names <list>",
      "names of all columns, separated by commas, for files that have none",
      list(text),
    );
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
