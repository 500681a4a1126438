import { counted, shortened } from "@stiffnet/base";
import type { ColumnDescription, TableDescription } from "./describe.ts";

const bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** A description as lines of text for a terminal: a row for each column, then what stands out. */
export function renderDescription(description: TableDescription): string {
  const { name, rows, columns, header, linear, notes } = description;
  const named = {
    read: "names from the header",
    guessed: "names from the first line",
    none: "no header",
    stored: "",
  };
  const head = [
    `${name}: ${counted(rows, "row")}, ${counted(columns.length, "column")}`,
    named[header],
  ].filter((part) => part !== "");
  const gaps = columns.some(({ missing }) => missing > 0);
  const lines = [
    head.join("; "),
    "",
    ...aligned([
      [
        ...["", "column", ...(gaps ? ["missing"] : [])],
        ...["minimum", "median", "maximum", "mean", "deviation", "histogram"],
      ],
      ...columns.map((column) => cellsOf(column, gaps)),
    ]),
    "",
    ...findings(description),
  ];
  if (linear) {
    lines.push(
      `a linear fit of ${counted(linear.inputs.length, "input")} on ${counted(linear.rows, "row")}:`,
    );
    lines.push(
      ...aligned([
        ["", "output", "explained", "predicted"],
        ...linear.outputs.map((o) => ["", shortened(o.name), percent(o.explained), percent(o.predicted)]),
      ]),
    );
  }
  lines.push(...notes.map((note) => `note: ${note}`), `checksum ${description.digest}`);
  return `${lines.join("\n")}\n`;
}

function cellsOf(column: ColumnDescription, gaps: boolean): string[] {
  const { number, name, missing, minimum, maximum, mean, deviation, quantiles } = column;
  const figures = [minimum, quantiles[2]!, maximum, mean, deviation].map(short);
  const empty = gaps ? [missing === 0 ? "" : `${missing}`] : [];
  return [`${number}`, shortened(name), ...empty, ...figures, sparkline(column.histogram)];
}

function findings({ columns, duplicateColumns, duplicateRows, correlations }: TableDescription): string[] {
  const named = (what: string, test: (column: ColumnDescription) => boolean): string[] => {
    const names = columns.filter(test).map((column) => shortened(column.name));
    return names.length > 0 ? [`${what}: ${list(names)}`] : [];
  };
  const strong = correlations.filter(({ value }) => Math.abs(value) >= 0.5).slice(0, 8);
  return [
    ...named("hold text", (column) => column.text > 0),
    ...named("hold infinities", (column) => column.infinite > 0),
    ...columns.flatMap(({ name, placeholder }) =>
      placeholder
        ? [
            `'${shortened(name)}' has ${placeholder.value} in ${counted(placeholder.cells, "cell")}, far from all other values; if it means a missing value, leave ${placeholder.cells === 1 ? "that cell" : "those cells"} empty`,
          ]
        : [],
    ),
    ...named("constant", (column) => column.constant),
    ...named("positive and spread over decades (consider --prepare log)", (column) => column.spansDecades),
    ...duplicateColumns.map(([a, b]) => `'${shortened(b)}' repeats '${shortened(a)}'`),
    ...(duplicateRows > 0
      ? [`${duplicateRows} ${duplicateRows === 1 ? "row repeats" : "rows repeat"} an earlier one`]
      : []),
    ...strong.map(
      ({ columns, value }) =>
        `correlation ${value.toFixed(2)}: ${list(columns.map((name) => shortened(name)))}`,
    ),
  ];
}

function sparkline(counts: readonly number[]): string {
  const most = Math.max(...counts, 1);
  return counts
    .map((count) => (count === 0 ? " " : bars[Math.ceil((count / most) * bars.length) - 1]))
    .join("");
}

function short(x: number): string {
  if (Number.isNaN(x)) return "";
  const size = Math.abs(x);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? x.toExponential(2) : `${Number(x.toPrecision(4))}`;
}

function percent(share: number): string {
  return Number.isNaN(share) ? "" : `${(100 * share).toFixed(1)} %`;
}

function list(names: readonly string[]): string {
  return names.length > 8 ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more` : names.join(", ");
}

/** Columns of text, numbers to the right; the first two and the last to the left. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  const last = widths.length - 1;
  return rows.map((row) =>
    row
      .map((cell, c) =>
        c === 1 || (c === last && c > 4) ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!),
      )
      .join("  ")
      .trimEnd(),
  );
}
