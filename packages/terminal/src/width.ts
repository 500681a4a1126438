import { variable } from "./environment.ts";

/** Columns of the terminal, 80 where nothing is known of it. */
export function width(): number {
  return process.stdout.columns || Number(variable("COLUMNS")) || 80;
}

/** The text with its lines broken between words, so that they fit the terminal. A broken line goes on with
 *  its own indentation, and a command line as a shell reads it. A word that is too long stays whole. */
export function wrapped(text: string, columns: number = width()): string {
  return text
    .split("\n")
    .flatMap((line) => (line.length <= columns ? [line] : brokenLine(line, columns)))
    .join("\n");
}

function brokenLine(line: string, columns: number): string[] {
  const [, indent = "", rest = ""] = /^(\s*)([\s\S]*)$/.exec(line)!;
  const isCommand = rest.startsWith("$ ");
  const [code = "", ...comments] = isCommand ? rest.split(/\s{2,}/) : [rest];
  const end = isCommand ? " \\" : "";
  const further = isCommand ? `${indent}      ` : indent;
  const lines = comments.map((comment) => `${indent}# ${comment}`);
  let current = indent;
  for (const word of code.split(isCommand ? / (?=--|$)|(?<=^\$) / : " ")) {
    const begun = current.trim() !== "";
    if (begun && current.length + 1 + word.length > columns - end.length) {
      lines.push(current + end);
      current = further + word;
    } else current += begun ? ` ${word}` : word;
  }
  return [...lines, current];
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
