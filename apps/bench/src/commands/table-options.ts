import { type Command, Option } from "commander";
import type { TableSource } from "../runner/tables.ts";

/** Options of every command that reads tables. */
export interface TableOptions {
  readonly header?: "yes" | "no";
  readonly arrays?: readonly string[];
}

export function addTableOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--header <rule>",
        "whether text files begin with a line of names (default: guessed)",
      ).choices(["yes", "no"]),
    )
    .option(
      "--arrays <names>",
      "arrays of an NPZ, HDF5 or NetCDF file, separated by commas (default: all)",
      names,
    );
}

export function sourceOf(
  [file, ...others]: readonly string[],
  { header, arrays }: TableOptions,
): TableSource {
  return {
    file: file!,
    ...(others.length > 0 && { others }),
    ...(header !== undefined && { header: header === "yes" }),
    ...(arrays !== undefined && { arrays }),
  };
}

function names(text: string): string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
