import { BenchError } from "@stiffnet/terminal";

/** sum_i weights[name] x_name <= bound, and how it was written. */
export interface NamedConstraint {
  readonly text: string;
  readonly weights: ReadonlyMap<string, number>;
  readonly bound: number;
}

/** Reads `2*x1 + x2 <= 1`: sums of inputs and numbers on both sides of <= or >=. */
export function readConstraint(text: string, names: readonly string[]): NamedConstraint {
  const refuse = (what: string): never => {
    throw new BenchError(
      `--constraint '${text}': ${what}, expected sums of inputs with <= or >= between them, as in 2*${names[0]} + ${names[1] ?? names[0]} <= 1`,
    );
  };
  const [left = "", right, ...more] = text.split(/<=|>=/);
  if (right === undefined || more.length > 0)
    return refuse(`has ${right === undefined ? "no" : "more than one"} <= or >=`);
  const sign = text.includes(">=") ? -1 : 1;
  const weights = new Map<string, number>();
  let bound = 0;
  const longestFirst = [...names].sort((a, b) => b.length - a.length);
  for (const [side, factor] of [
    [left, sign],
    [right, -sign],
  ] as const) {
    let rest = side.trim();
    if (rest === "") refuse("has an empty side");
    for (let first = true; rest !== ""; first = false) {
      const plus = /^[+-]/.exec(rest)?.[0];
      if (!first && plus === undefined) refuse(`has '${rest}' after a term`);
      if (plus !== undefined) rest = rest.slice(1).trimStart();
      const direction = factor * (plus === "-" ? -1 : 1);
      // An input may be called like a number.
      const bare = longestFirst.find((name) => startsWithName(rest, name));
      const number = bare === undefined ? /^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?/.exec(rest)?.[0] : undefined;
      if (number !== undefined) rest = rest.slice(number.length).trimStart();
      const times = number !== undefined && rest.startsWith("*");
      if (times) rest = rest.slice(1).trimStart();
      const name = bare ?? longestFirst.find((one) => startsWithName(rest, one));
      if (name === undefined && (number === undefined || times))
        refuse(`'${rest}' does not begin with an input of the model`);
      const weight = direction * Number(number ?? 1);
      if (name === undefined) bound -= weight;
      else {
        weights.set(name, (weights.get(name) ?? 0) + weight);
        rest = rest.slice(name.length).trimStart();
      }
    }
  }
  return { text, weights, bound };
}

/** Not x1 where x10 stands. */
function startsWithName(text: string, name: string): boolean {
  return text.startsWith(name) && !/^\w/.test(/\w$/.test(name) ? text.slice(name.length) : "");
}
