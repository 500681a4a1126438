import { shortened } from "@stiffnet/base";
import { width } from "./width.ts";

/** "1 h 02 min", "3 min 20 s", "12 s"; a question mark for what is not known. */
export function formatDuration(seconds: number | null): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.max(0, Math.round(seconds!));
  const two = (n: number): string => String(n).padStart(2, "0");
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
  if (whole >= 60) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${whole} s`;
}

/** Three significant digits, in plain or exponential notation; a dash for what is not a number or not
 *  known. */
export function formatNumber(value: number | null | undefined, digits = 3): string {
  if (!Number.isFinite(value)) return "–";
  if (!value) return "0";
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e5
    ? Number(value.toPrecision(digits)).toString()
    : value.toExponential(digits - 1);
}

/** "1.2e-5", or a dash. */
export function formatScientific(value: number | null | undefined): string {
  return Number.isFinite(value) ? value!.toExponential(1) : "–";
}

/** A share as "12 %". */
export function formatPercent(share: number | undefined, digits = 2): string {
  return Number.isFinite(share) ? `${formatNumber(100 * share!, digits)} %` : "–";
}

/** A step that nothing bounds is "any". */
export function formatStep(step: number): string {
  return step === Number.POSITIVE_INFINITY ? "any" : formatNumber(step);
}

/** Characters of a cell: some rows have a sentence for their name. */
const longest = 60;

/** Columns padded to their widest cell; the first is text, the others are numbers. Columns that the terminal
 *  has no room for follow in a table below, beside the first column again. */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  room: number = width(),
): string {
  const [names = [], ...body] = [header, ...rows].map((row) => row.map((cell) => shortened(cell, longest)));
  const widths = names.map((name, c) => Math.max(name.length, ...body.map((row) => row[c]!.length)));
  const line = (cells: readonly string[], columns: readonly number[]): string =>
    columns
      .map((c) => (c === 0 ? cells[c]!.padEnd(widths[c]!) : cells[c]!.padStart(widths[c]!)))
      .join("  ")
      .trimEnd();
  const parts: number[][] = [[0]];
  let used = widths[0]!;
  for (let c = 1; c < widths.length; c++) {
    if (used + 2 + widths[c]! > room && parts.at(-1)!.length > 1) {
      parts.push([0]);
      used = widths[0]!;
    }
    parts.at(-1)!.push(c);
    used += 2 + widths[c]!;
  }
  const rule = widths.map((w) => "-".repeat(w));
  return parts
    .map((columns) => [names, rule, ...body].map((cells) => line(cells, columns)).join("\n"))
    .join("\n\n");
}
