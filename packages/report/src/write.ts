import { rmSync } from "node:fs";
import { writeWhole } from "@stiffnet/base/files";
import { variable } from "@stiffnet/terminal";
import { type Report, reportPage } from "./page.ts";
import { csvOf, latexOf, markdownOf, type NamedTable } from "./table.ts";

/** A report whose tables become files, too. */
export interface ReportWithFiles extends Report {
  readonly tables: readonly NamedTable[];
}

/** Writes report.html, every panel as a file of its own in figures/ (SVG and PNG), every table in tables/
 *  (CSV, Markdown, LaTeX). With STIFFNET_NO_PNG in the environment no PNG: they take a second. */
export async function writeReport(
  folder: { file(...names: string[]): string },
  report: ReportWithFiles,
): Promise<void> {
  for (const part of ["figures", "tables"]) rmSync(folder.file(part), { recursive: true, force: true });
  // The renderer loads slowly, so a wrong option is refused first.
  const png = variable("STIFFNET_NO_PNG") ? undefined : await (await import("./png.ts")).pngRenderer();
  for (const { name, svg } of report.figures.flatMap(({ panels }) => panels)) {
    writeWhole(folder.file("figures", `${name}.svg`), svg);
    if (png) writeWhole(folder.file("figures", `${name}.png`), png(svg));
  }
  for (const table of report.tables) {
    for (const [ending, text] of [
      ["csv", csvOf(table)],
      ["md", markdownOf(table)],
      ["tex", latexOf(table)],
    ] as const) {
      writeWhole(folder.file("tables", `${table.name}.${ending}`), text);
    }
  }
  writeWhole(folder.file("report.html"), reportPage(report));
}
