import { variable } from "./environment.ts";

/** Columns of the terminal, 80 where nothing is known of it. */
export function width(): number {
  return process.stdout.columns || Number(variable("COLUMNS")) || 80;
}

/** The text without control characters, and with its lines broken between words, so that they fit the
 *  terminal. A broken line goes on with its own indentation, a line that begins with a label below what
 *  follows the label, and a command line as a shell reads it. A word that is too long stays whole. */
export function wrapped(text: string, columns: number = width()): string {
  return text
    .replace(/[^\P{Cc}\n]/gu, " ")
    .split("\n")
    .flatMap((line) => (line.length <= columns ? [line] : brokenLine(line, columns)))
    .join("\n");
}

function brokenLine(line: string, columns: number): string[] {
  const indent = /^\s*/.exec(line)![0];
  const rest = line.slice(indent.length);
  if (rest.startsWith("$ ")) {
    const [code = "", ...comments] = rest.split(/\s{2,}/);
    const words = code.split(/ (?=--|$)|(?<=^\$) /);
    const parts = filled(words, columns - " \\".length, indent, `${indent}      `);
    return [...comments.map((comment) => `${indent}# ${comment}`), ...parts.join(" \\\n").split("\n")];
  }
  const label = /^\S.*?\s{2,}(?=\S)(?!.*\s{2})/.exec(rest)?.[0] ?? "";
  const begin = label.length <= columns / 2 ? indent + label : indent;
  return filled(line.slice(begin.length).split(" "), columns, begin, " ".repeat(begin.length));
}

/** Fills lines with words. The first line begins with `begin`, each other line with `further`. */
function filled([first, ...words]: readonly string[], columns: number, begin: string, further: string) {
  const lines = [`${begin}${first}`];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(further + word);
  }
  return lines.map((line) => line.trimEnd());
}

/** Whether the terminal has colours, and NO_COLOR is not set. */
function hasColours(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && stream.hasColors?.() === true;
}

const bold = (text: string): string => `\x1b[1m${text}\x1b[22m`;
const red = (text: string): string => `\x1b[31m${text}\x1b[39m`;

/** Headers of tables stand out, where the terminal can show it. */
export function withColours(text: string, stream: NodeJS.WriteStream = process.stdout): string {
  if (!hasColours(stream)) return text;
  return text.replace(/^(.+)\n(?=-+(?: +-+)*(?:\n|$))/gm, (_, header: string) => `${bold(header)}\n`);
}

export function asComplaint(name: string, stream: NodeJS.WriteStream = process.stderr): string {
  return hasColours(stream) ? red(name) : name;
}

export const heading: (text: string) => string = bold;
