import { InvalidArgumentError } from "commander";

/** Reads what is given for an option. Every option of every command is read by one of these, so that all have
 *  one habit. */
export interface OptionParser<T> {
  (given: string, before?: unknown): T;
  /** The value, or undefined where the text is not what is expected. */
  readonly read: (text: string) => T | undefined;
  /** The expected value, in the words of a complaint. */
  readonly expected: string;
  /** A text that is right; tests walk over them. */
  readonly example: string;
  /** The possible values, as help lists them. */
  readonly members?: readonly string[];
  /** The option may be given several times: the values are collected. */
  readonly repeatable?: boolean;
}

export function parser<T>(
  expected: string,
  example: string,
  read: (text: string) => T | undefined,
  shown: (given: string) => string = (given) => given,
): OptionParser<T> {
  const parse = (given: string): T => read(given.trim()) ?? refuse(`'${shown(given)}'`, expected);
  return Object.assign(parse, { read, expected, example });
}

function refuse(given: string, expected: string): never {
  throw new InvalidArgumentError(`is ${given}, expected ${expected}`);
}

/** A whole number within bounds, 1e3 too. */
export function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): OptionParser<number> {
  const expected =
    most === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${least}`
      : `a whole number from ${least} to ${most}`;
  return parser(expected, String(least), (text) => {
    const value = Number(text);
    return /^[+-]?\d+(e\+?\d+)?$/i.test(text) && value >= least && value <= most ? value : undefined;
  });
}

function decimal(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text))
    ? Number(text)
    : Number.NaN;
}

function number(expected: string, example: string, good: (value: number) => boolean): OptionParser<number> {
  return parser(expected, example, (text) => {
    const value = decimal(text);
    return good(value) ? value : undefined;
  });
}

/** A number above `bound` (or at least `bound`, with `orEqual`). */
export function above(bound: number, orEqual = false): OptionParser<number> {
  const expected = orEqual ? `a number of at least ${bound}` : `a number above ${bound}`;
  return number(expected, `${bound + 0.5}`, (value) => (orEqual ? value >= bound : value > bound));
}

export const finite: OptionParser<number> = number("a number", "-1.5", Number.isFinite);

/** A number between two others, both left out. */
export function between(low: number, high: number): OptionParser<number> {
  const expected = `a number above ${low} and below ${high}`;
  return number(expected, `${(low + high) / 2}`, (value) => value > low && value < high);
}

/** A fraction from 0 to `most`. */
export function fraction(most: number): OptionParser<number> {
  return number(`a fraction from 0 to ${most}`, `${most / 2}`, (value) => value >= 0 && value <= most);
}

/** A part of the rows: a fraction, which is written with a point and is below 1, or a count. */
export const share: OptionParser<number> = parser(
  "a fraction below 1 or a whole number of rows",
  "0.2",
  (text) => {
    const count = whole(0).read(text);
    const value = count ?? decimal(text);
    return count !== undefined || (value >= 0 && value < 1) ? value : undefined;
  },
);

export function choice<T extends string>(members: readonly T[]): OptionParser<T> {
  const one = parser(`one of ${members.join(", ")}`, members[0]!, (text) =>
    members.find((known) => known === text),
  );
  return Object.assign(one, { members });
}

/** Different values separated by commas, each read by `one`. */
export function list<T>(one: OptionParser<T>): OptionParser<T[]> {
  const expected = `${one.expected}; several are separated by commas`;
  const read = (text: string): T[] | undefined => {
    const values = text.split(",").map((member) => one.read(member.trim()));
    return values.every((value) => value !== undefined) ? (values as T[]) : undefined;
  };
  const parse = (given: string): T[] => {
    const values = new Set<T>();
    for (const member of given.split(",")) {
      const within = member === given ? "" : ` in '${given}'`;
      const value = one.read(member.trim()) ?? refuse(`'${member}'${within}`, expected);
      if (values.has(value)) refuse(`'${given}'`, `'${member.trim()}' once`);
      values.add(value);
    }
    return [...values];
  };
  return Object.assign(parse, { read, expected, example: one.example });
}

export function listOf<T extends string>(members: readonly T[]): OptionParser<T[]> {
  return Object.assign(list(choice(members)), { members });
}

/** Converts the value that `one` reads. */
export function mapped<A, B>(one: OptionParser<A>, of: (value: A) => B): OptionParser<B> {
  const read = (given: string): B | undefined => {
    const value = one.read(given);
    return value === undefined ? undefined : of(value);
  };
  return Object.assign((given: string) => of(one(given)), { ...one, read });
}

export const text: OptionParser<string> = parser(
  "a text that is not empty",
  "text",
  (given) => given || undefined,
);

/** An option that may be given several times. */
export function collect<T>(one: OptionParser<T>): OptionParser<T[]> {
  const parse = (given: string, before: unknown): T[] => [...((before ?? []) as T[]), one(given)];
  const read = (given: string): T[] | undefined => {
    const value = one.read(given);
    return value === undefined ? undefined : [value];
  };
  return Object.assign(parse, { read, expected: one.expected, example: one.example, repeatable: true });
}
