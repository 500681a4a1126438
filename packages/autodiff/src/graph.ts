import { misuse } from "./errors.ts";
import { type OperationName, operations, type TracedMath } from "./operations.ts";
import { type Expression, Traced } from "./traced.ts";

/** The source of an input: the time, or an entry of the state, of the parameters or of a vector that
 *  derivatives are multiplied by. */
export type InputName = "t" | "y" | "p" | "v";

/** Values that are written down, each only once. */
export class Graph {
  readonly math: TracedMath;
  readonly #known = new Map<string, Traced>();

  constructor() {
    const names = Object.keys(operations) as OperationName[];
    const math = names.map((name) => [name, (...args: Expression[]) => this.#apply(name, args)]);
    this.math = Object.freeze(Object.fromEntries(math)) as TracedMath;
  }

  input(name: InputName, index: number): Traced {
    return this.#node(name, [index]);
  }

  inputs(name: InputName, count: number): Traced[] {
    return Array.from({ length: count }, (_, i) => this.input(name, i));
  }

  /** Refuses what is no number and no value of this graph. */
  require(value: unknown, who: string): asserts value is Expression {
    if (typeof value === "number" || (value instanceof Traced && value.owner === this)) return;
    const what = value instanceof Traced ? "a value of another right-hand side" : String(value);
    throw misuse(`${who} is ${what}, expected a number or a traced value`);
  }

  #apply(name: OperationName, args: Expression[]): Expression {
    const { arity, many } = operations[name];
    args.forEach((each, k) => {
      this.require(each, `argument ${k} of math.${name}`);
    });
    if (many ? args.length === 0 : args.length !== arity) {
      throw misuse(
        `math.${name} was given ${args.length} arguments, expected ${many ? "one or more" : arity}`,
      );
    }
    return many ? args.reduce((a, b) => this.#combine(name, [a, b])) : this.#combine(name, args);
  }

  #combine(name: OperationName, args: Expression[]): Expression {
    const { value, simplify } = operations[name];
    const [a, b, c] = args as [Expression, Expression, Expression];
    if (args.every((each) => typeof each === "number")) return value(a as number, b as number, c as number);
    return simplify?.(this.math, a, b, c) ?? this.#node(name, args);
  }

  #node(operation: string, args: Expression[]): Traced {
    const keys = args.map((each) => (typeof each === "number" ? `#${each}` : `${each.index}`));
    // Sums and products are the same from either side.
    const swap = (operation === "add" || operation === "mul") && keys[0]! > keys[1]!;
    const key = `${operation} ${(swap ? keys.reverse() : keys).join(" ")}`;
    let node = this.#known.get(key);
    if (node === undefined) {
      node = new Traced(operation, args, this.#known.size, this);
      this.#known.set(key, node);
    }
    return node;
  }
}

/** All that values are computed from, themselves included, arguments first. */
export function ancestry(values: readonly Expression[]): Traced[] {
  const seen = new Set<Traced>();
  const open = values.filter((each) => each instanceof Traced);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const each of node.args) if (each instanceof Traced) open.push(each);
  }
  return [...seen].sort((a, b) => a.index - b.index);
}
