/** What a NumPy header is written in: Python's literals of dictionaries, tuples, lists, strings, whole
 *  numbers and booleans. */
export type PythonLiteral =
  | string
  | number
  | boolean
  | null
  | PythonLiteral[]
  | { [key: string]: PythonLiteral };

/** Parses one literal. Throws SyntaxError where it is none. */
export function parsePythonLiteral(text: string): PythonLiteral {
  const tokens = [
    ...text.matchAll(/\s+|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d+)L?|(True|False|None)|[()[\]{}:,]/gy),
  ];
  const read = tokens.reduce((length, token) => length + token[0].length, 0);
  if (read !== text.length) throw new SyntaxError(`cannot read '${text.slice(read, read + 20)}'`);
  const left = tokens.filter((token) => token[0].trim() !== "");
  const value = parseValue(left);
  if (left.length > 0) throw new SyntaxError(`unexpected '${left[0]![0]}'`);
  return value;
}

function parseValue(left: RegExpMatchArray[]): PythonLiteral {
  const token = left.shift();
  if (!token) throw new SyntaxError("ends early");
  const [text, single, double, whole, word] = token;
  const quoted = single ?? double;
  if (quoted !== undefined) return quoted.replace(/\\(.)/g, "$1");
  if (whole !== undefined) return Number(whole);
  if (word !== undefined) return word === "None" ? null : word === "True";
  if (text === "(") return parseItems(left, ")");
  if (text === "[") return parseItems(left, "]");
  if (text === "{") return parseEntries(left);
  throw new SyntaxError(`unexpected '${text}'`);
}

function parseItems(left: RegExpMatchArray[], close: string): PythonLiteral[] {
  const items: PythonLiteral[] = [];
  while (left[0]?.[0] !== close) {
    items.push(parseValue(left));
    separator(left, close);
  }
  left.shift();
  return items;
}

function parseEntries(left: RegExpMatchArray[]): { [key: string]: PythonLiteral } {
  const entries: { [key: string]: PythonLiteral } = {};
  while (left[0]?.[0] !== "}") {
    const key = parseValue(left);
    if (typeof key !== "string" || left.shift()?.[0] !== ":") throw new SyntaxError("expected 'key': value");
    Object.defineProperty(entries, key, { value: parseValue(left), enumerable: true, configurable: true });
    separator(left, "}");
  }
  left.shift();
  return entries;
}

function separator(left: RegExpMatchArray[], close: string): void {
  if (left[0]?.[0] === ",") left.shift();
  else if (left[0]?.[0] !== close) throw new SyntaxError(`expected ',' or '${close}'`);
}
