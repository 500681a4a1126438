import type { NamedTable } from "@stiffnet/report";
import { textTable } from "@stiffnet/terminal";
import type { Summary } from "./summary.ts";

/** A study in a terminal: what came out, its tables, and where the rest lies. */
export function printed(
  { digest, files }: Summary,
  tables: readonly NamedTable[],
  sentences: readonly string[],
): string {
  return [
    ...sentences,
    "",
    ...tables.flatMap(({ header, rows }) => (rows.length > 0 ? [textTable(header, rows), ""] : [])),
    `digest ${digest}`,
    `report ${files.report}`,
    `tables ${files.tables}`,
    ...(files.model ? [`model  ${files.model}`] : []),
  ].join("\n");
}
