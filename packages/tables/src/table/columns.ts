import { counted, nearest } from "@stiffnet/base";
import { fileError } from "../errors.ts";

/** One column by number (from 1), name, or pattern; or several: `"1-15"`, `"16-"`, `"lai,soil*"`,
 *  `"first:last"` (a range of names), a regular expression, or a list of any of these. Commas separate; an
 *  exact name wins over any other reading, so a column called `1-15` or `a,b` can be had by its name. */
export type ColumnChoice = string | number | RegExp | readonly (string | number | RegExp)[];

/** Zero-based indices of the chosen columns, in the order of the choice. `what` names the choice in
 *  errors. */
export function chooseColumns(
  columns: readonly string[],
  choice: ColumnChoice,
  what: string,
  file: string,
): number[] {
  const parts = Array.isArray(choice) ? choice : [choice as string | number | RegExp];
  const chosen = new Set<number>();
  for (const part of parts) {
    for (const index of indicesOf(columns, part, what, file)) {
      if (chosen.has(index)) {
        const twice = `${what} choose column ${label(columns, index)} twice`;
        throw fileError(file, twice, "duplicate_column", { column: index + 1 });
      }
      chosen.add(index);
    }
  }
  if (chosen.size === 0) {
    throw fileError(
      file,
      `${what} choose no column, expected at least one of ${columns.length}`,
      "no_columns",
    );
  }
  return [...chosen];
}

/** `3 'lai'`: the number and the name. */
export function label(columns: readonly string[], index: number): string {
  return `${index + 1} '${columns[index]}'`;
}

function indicesOf(
  columns: readonly string[],
  choice: string | number | RegExp,
  what: string,
  file: string,
): number[] {
  const part = typeof choice === "string" ? choice.normalize() : choice;
  if (typeof part === "number") return [numbered(columns, part, `${part}`, what, file)];
  if (part instanceof RegExp) {
    const matching = matches(columns, (name) => name.search(part) >= 0);
    return matching.length > 0 ? matching : unknown(columns, `${part}`, what, file);
  }
  const exact = columns.indexOf(part);
  if (exact >= 0) return [exact];
  if (part.includes(",")) {
    const pieces = part.split(",").map((piece) => piece.trim());
    return pieces.filter((piece) => piece !== "").flatMap((piece) => indicesOf(columns, piece, what, file));
  }
  if (/^\d+$/.test(part)) return [numbered(columns, Number(part), part, what, file)];
  const range = /^(\d+)\s*-\s*(\d*)$/.exec(part);
  if (range) {
    const from = numbered(columns, Number(range[1]), part, what, file);
    const to = range[2] ? numbered(columns, Number(range[2]), part, what, file) : columns.length - 1;
    return between(from, to, part, what, file);
  }
  const [first, last, ...rest] = part.split(":");
  if (last !== undefined && rest.length === 0 && columns.includes(first!) && columns.includes(last)) {
    return between(columns.indexOf(first!), columns.indexOf(last), part, what, file);
  }
  if (/[*?]/.test(part)) {
    const pattern = part
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*/g, ".*")
      .replace(/\?/g, ".");
    const matching = matches(columns, (name) => new RegExp(`^${pattern}$`, "u").test(name));
    if (matching.length > 0) return matching;
  }
  return unknown(columns, `'${part}'`, what, file);
}

function matches(columns: readonly string[], test: (name: string) => boolean): number[] {
  return columns.flatMap((name, index) => (test(name) ? [index] : []));
}

function numbered(
  columns: readonly string[],
  number: number,
  part: string,
  what: string,
  file: string,
): number {
  if (!Number.isInteger(number) || number < 1 || number > columns.length) {
    const asked = `${what} ask for column ${number}${part === `${number}` ? "" : ` (in '${part}')`}`;
    const expected = `expected 1 to ${columns.length}: the file has ${counted(columns.length, "column")}`;
    throw fileError(file, `${asked}, ${expected}`, "no_such_column");
  }
  return number - 1;
}

function between(from: number, to: number, part: string, what: string, file: string): number[] {
  if (to < from) {
    throw fileError(file, `${what} '${part}' run backwards, expected the smaller number first`, "bad_range");
  }
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function unknown(columns: readonly string[], asked: string, what: string, file: string): never {
  const near = nearest(asked.replaceAll("'", ""), columns);
  const some = columns.slice(0, 6).map((name) => `'${name}'`);
  const expected = `expected one of ${some.join(", ")}${columns.length > 6 ? ", ..." : ""}`;
  const hint = near === undefined ? expected : `did you mean '${near}'?`;
  throw fileError(file, `${what} ask for ${asked}, but no column has this name; ${hint}`, "no_such_column");
}

/** The first name that stands twice, as the indices of both, or undefined. */
export function duplicateName(columns: readonly string[]): [first: number, second: number] | undefined {
  const seen = new Map<string, number>();
  for (const [index, given] of columns.entries()) {
    const name = given.normalize();
    const first = seen.get(name);
    if (first !== undefined) return [first, index];
    seen.set(name, index);
  }
  return undefined;
}
