import { rmSync } from "node:fs";
import { writeWhole } from "../runner/files.ts";
import type { ResultsFolder } from "../runner/folder.ts";
import { type Report, reportPage } from "./page.ts";

/** Writes report.html and every panel as a file of its own in figures/. */
export function writeReport(folder: ResultsFolder, report: Report): void {
  rmSync(folder.file("figures"), { recursive: true, force: true });
  for (const { panels } of report.figures) {
    for (const { name, svg } of panels) writeWhole(folder.file("figures", `${name}.svg`), svg);
  }
  writeWhole(folder.file("report.html"), reportPage(report));
}
