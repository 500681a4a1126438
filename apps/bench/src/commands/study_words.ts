import { textTable } from "../format.ts";
import type { Summary } from "../summary.ts";
import { modelTable } from "./train_words.ts";

export function printStudy(summary: Summary): string {
  const table = modelTable(summary);
  return [
    textTable(table.header, table.rows),
    "",
    `digest ${summary.digest}`,
    `report ${summary.files.report}`,
  ].join("\n");
}
