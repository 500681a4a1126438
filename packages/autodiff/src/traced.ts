import { misuse } from "./errors.ts";

/** Operands of a right-hand side: numbers, and values that are known only during evaluation. */
export type Expression = number | Traced;

/** The conversions that JavaScript asks a value for, and the mistakes in a right-hand side that lead to
 *  them. */
const slips: Readonly<Record<string, string>> = {
  number: "by -, *, /, a comparison or a function of Math",
  default: "by + or ==",
  string: "in a string or as a key",
};

/** A value of a right-hand side that is written down, to be evaluated and differentiated later: an operation
 *  and its arguments. JavaScript cannot overload operators, so it refuses to be taken for a number. */
export class Traced {
  readonly operation: string;
  readonly args: readonly Expression[];
  /** Larger than those of its arguments. */
  readonly index: number;
  /** Which graph it belongs to. */
  readonly owner: object;

  constructor(operation: string, args: readonly Expression[], index: number, owner: object) {
    this.operation = operation;
    this.args = args;
    this.index = index;
    this.owner = owner;
  }

  [Symbol.toPrimitive](hint: string): never {
    throw misuse(
      `a traced value was used as a number ${slips[hint]}, expected an operation of math: math.add(a, b), ` +
        "math.mul(a, b), math.exp(a), and math.select(math.sub(a, b), x, y) for a > b ? x : y",
    );
  }
}
