import { shortened } from "@stiffnet/base";
import { TableError } from "../errors.ts";
import type { CellRules } from "../table/cell.ts";
import { duplicateName } from "../table/columns.ts";
import type { Header } from "../table/view.ts";

/** The separator of a text table. */
export type Delimiter = "," | ";" | "\t" | "|" | " ";

const candidates: readonly Delimiter[] = ["\t", ",", ";", "|"];

/** The separator that stands most often in the first line, outside quotes; a space if there is none of them
 *  but spaces between words, else a comma (one column). Names may hold such signs, as in |v|: a separator
 *  stands in the next line too, if any stands there. */
export function guessDelimiter(line: string, next = ""): Delimiter {
  const [plain, below] = [plainText(line), plainText(next)];
  let best: Delimiter = ",";
  let most = 0;
  for (const delimiter of candidates) {
    if (next !== "" && !below.includes(delimiter)) continue;
    const count = plain.split(delimiter).length - 1;
    if (count > most) [best, most] = [delimiter, count];
  }
  if (most === 0 && next !== "") return guessDelimiter(line);
  return most === 0 && /\S +\S/.test(plain.trim()) ? " " : best;
}

/** Without quoted cells, and without decimal commas: beside semicolons or tabs, those between digits. */
function plainText(line: string): string {
  const bare = line.replace(/"([^"]|"")*("|$)/g, "quoted");
  return /[;\t]/.test(bare) ? bare.replace(/(?<=\d),(?=\d)/g, "") : bare;
}

/** The names of the columns, and whether the first record holds them. It does where no cell of it is a
 *  number; it does not where every cell is one (or is missing). A mixture is ambiguous and refused unless
 *  `header` says. */
export function namesOf<Cell>(
  first: readonly Cell[],
  setting: { readonly header: boolean | undefined; readonly file: string; readonly cells: CellRules<Cell> },
  line: number,
): { columns: string[]; header: Header } {
  const { header, file } = setting;
  const { parse, show, unit } = setting.cells;
  const place = unit === "line" ? { file, line } : { file };
  const numbered = first.map((_, i) => `c${i + 1}`);
  if (header === false) return { columns: numbered, header: "none" };
  const numeric = first.findIndex((cell) => parse(cell) !== "text" && show(cell) !== "");
  const text = first.findIndex((cell) => parse(cell) === "text");
  if (header === undefined && text < 0) return { columns: numbered, header: "none" };
  if (header === undefined && numeric >= 0) {
    throw new TableError(
      `${file}, ${unit} ${line}: '${shortened(show(first[text]!))}' looks like a column name and '${shortened(show(first[numeric]!))}' like data; ` +
        "expected the option header: true or false (--header yes or no)",
      { code: "ambiguous_header", place },
    );
  }
  const columns = first.map((cell, i) => show(cell) || numbered[i]!);
  const twice = duplicateName(columns);
  if (twice) {
    throw new TableError(
      `${file}, ${unit} ${line}: columns ${twice[0] + 1} and ${twice[1] + 1} are both called ` +
        `'${shortened(columns[twice[1]]!)}', expected different names`,
      { code: "duplicate_column", place: { ...place, column: twice[1] + 1 } },
    );
  }
  return { columns, header: header === undefined ? "guessed" : "read" };
}
