/** A table of the report; cells are text, the first column is a heading. */
export interface ReportTable {
  readonly caption: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A table that is written to files, too. */
export interface NamedTable extends ReportTable {
  /** File name without its ending. */
  readonly name: string;
}

/** A table with a row for each item: a column is its heading and what stands under it. */
export function tableOf<T>(
  { name, caption }: Pick<NamedTable, "name" | "caption">,
  items: readonly T[],
  columns: readonly (readonly [heading: string, cell: (item: T) => string])[],
): NamedTable {
  const rows = items.map((item) => columns.map(([, cell]) => cell(item)));
  return { name, caption, header: columns.map(([heading]) => heading), rows };
}

/** Rows that quote the original study are marked by their name. */
export const quoted = "original: ";

/** RFC 4180; cells as they are shown. */
export function csvOf({ header, rows }: ReportTable): string {
  return [header, ...rows].map(csvLine).join("");
}

/** One line of it, with its end. */
export function csvLine(cells: readonly string[]): string {
  const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `${cells.map(cell).join(",")}\r\n`;
}

/** A pipe table, its caption above. */
export function markdownOf(table: ReportTable): string {
  return `${markdownText(table.caption)}\n\n${pipeTable(table)}\n`;
}

/** The table alone, numbers to the right. */
export function pipeTable({ header, rows }: Pick<ReportTable, "header" | "rows">): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(" | ")} |`;
  const rule = `| ${header.map((_, c) => (c === 0 ? "---" : "--:")).join(" | ")} |`;
  return [line(header), rule, ...rows.map(line)].join("\n");
}

function markdownText(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|~]/g, "\\$&").replaceAll(/\r?\n/g, " ");
}

/** A table environment that needs no package. */
export function latexOf({ caption, header, rows }: ReportTable): string {
  const line = (cells: readonly string[]): string => `${cells.map(latexText).join(" & ")} \\\\`;
  return `${[
    "\\begin{table}",
    `\\caption{${latexText(caption)}}`,
    `\\begin{tabular}{l${"r".repeat(header.length - 1)}}`,
    "\\hline",
    line(header),
    "\\hline",
    ...rows.map(line),
    "\\hline",
    "\\end{tabular}",
    "\\end{table}",
  ].join("\n")}\n`;
}

const latexSigns: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  "&": "\\&",
  "%": "\\%",
  $: "\\$",
  "#": "\\#",
  _: "\\_",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "|": "\\textbar{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  '"': "''",
  "–": "--",
  "²": "\\textsuperscript{2}",
  "×": "$\\times$",
  "≤": "$\\le$",
  "≥": "$\\ge$",
  "±": "$\\pm$",
  λ: "$\\lambda$",
};

function latexText(text: string): string {
  return text.replaceAll(/[\\{}&%$#_~^|<>"–²×≤≥±λ]/g, (sign) => latexSigns[sign]!).replaceAll(/\r?\n/g, " ");
}
