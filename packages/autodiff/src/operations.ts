import { type Expression, Traced } from "./traced.ts";

type Unary =
  | "neg"
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "sqrt"
  | "cbrt"
  | "sin"
  | "cos"
  | "tan"
  | "asin"
  | "acos"
  | "atan"
  | "sinh"
  | "cosh"
  | "tanh"
  | "abs"
  | "sign";
type Binary = "sub" | "div" | "pow" | "atan2";
type Many = "add" | "mul" | "min" | "max";

export type OperationName = Unary | Binary | Many | "select";

/** The operations of traced values; of numbers alone they give numbers. Those without a word here are
 *  JavaScript's of the same name. */
export type TracedMath = Readonly<Record<Unary, (x: Expression) => Expression>> &
  Readonly<Record<Binary, (a: Expression, b: Expression) => Expression>> &
  Readonly<Record<Many, (...all: Expression[]) => Expression>> & {
    /** x > 0 ? a : b, with the derivative of the chosen branch. */
    readonly select: (x: Expression, a: Expression, b: Expression) => Expression;
  };

/** d value / d argument as an expression of the first two arguments and the value. */
type Partial = (m: TracedMath, a: Expression, b: Expression, value: Expression) => Expression;

/** All there is to know of an operation. */
interface Operation {
  readonly arity: number;
  /** It may be given more arguments, or one: a op b op c, from the left. */
  readonly many?: true;
  readonly value: (a: number, b: number, c: number) => number;
  /** The same in JavaScript. */
  readonly code: (a: string, b: string, c: string) => string;
  readonly partials: readonly Partial[];
  /** The same value more simply, where there is a way: exact for finite numbers, but for the sign of 0. */
  readonly simplify?: (m: TracedMath, a: Expression, b: Expression, c: Expression) => Expression | undefined;
}

type MathName = { [K in keyof Math]: Math[K] extends (...x: number[]) => number ? K : never }[keyof Math];

const ofMath = (name: MathName, ...partials: Partial[]): Operation => {
  const call = Math[name] as (...args: number[]) => number;
  return partials.length === 1
    ? { arity: 1, value: (a) => call(a), code: (a) => `Math.${name}(${a})`, partials }
    : { arity: 2, value: (a, b) => call(a, b), code: (a, b) => `Math.${name}(${a}, ${b})`, partials };
};

/** x where it is 1 or 0 times b by a condition: b or 0, even if b is not finite. */
function chosen(m: TracedMath, x: Expression, b: Expression): Expression | undefined {
  if (!(x instanceof Traced) || x.operation !== "select") return undefined;
  const [condition, yes, no] = x.args as [Expression, Expression, Expression];
  if (yes === 1 && no === 0) return m.select(condition, b, 0);
  return yes === 0 && no === 1 ? m.select(condition, 0, b) : undefined;
}

function product(m: TracedMath, a: Expression, b: Expression): Expression | undefined {
  if (a === 0 || b === 0) return 0;
  if (a === 1) return b;
  if (b === 1) return a;
  if (a === -1) return m.neg(b);
  if (b === -1) return m.neg(a);
  return chosen(m, a, b) ?? chosen(m, b, a);
}

/** Small whole powers are products, the same in every engine. */
function power(m: TracedMath, a: Expression, b: Expression): Expression | undefined {
  if (b === 0) return 1;
  if (b === 1) return a;
  if (b === 2) return m.mul(a, a);
  if (b === 3) return m.mul(a, a, a);
  if (b === 4) return m.mul(m.mul(a, a), m.mul(a, a));
  return b === -1 ? m.div(1, a) : undefined;
}

export const operations: Readonly<Record<OperationName, Operation>> = {
  add: {
    arity: 2,
    many: true,
    value: (a, b) => a + b,
    code: (a, b) => `${a} + ${b}`,
    partials: [() => 1, () => 1],
    simplify: (_m, a, b) => {
      if (a === 0) return b;
      return b === 0 ? a : undefined;
    },
  },
  sub: {
    arity: 2,
    value: (a, b) => a - b,
    code: (a, b) => `${a} - ${b}`,
    partials: [() => 1, () => -1],
    simplify: (m, a, b) => {
      if (b === 0) return a;
      return a === 0 ? m.neg(b) : undefined;
    },
  },
  mul: {
    arity: 2,
    many: true,
    value: (a, b) => a * b,
    code: (a, b) => `${a} * ${b}`,
    partials: [(_m, _a, b) => b, (_m, a) => a],
    simplify: product,
  },
  div: {
    arity: 2,
    value: (a, b) => a / b,
    code: (a, b) => `${a} / ${b}`,
    partials: [(m, _a, b) => m.div(1, b), (m, _a, b, value) => m.neg(m.div(value, b))],
    simplify: (_m, a, b) => (a === 0 || b === 1 ? a : undefined),
  },
  neg: {
    arity: 1,
    value: (a) => -a,
    code: (a) => `-${a}`,
    partials: [() => -1],
  },
  pow: {
    ...ofMath(
      "pow",
      (m, a, b) => m.mul(b, m.pow(a, m.sub(b, 1))),
      // 0^b stays 0 when b > 0 changes; of a negative base it is NaN.
      (m, a, _b, value) => m.select(m.abs(a), m.mul(value, m.log(a)), 0),
    ),
    simplify: power,
  },
  exp: ofMath("exp", (_m, _a, _b, value) => value),
  expm1: ofMath("expm1", (m, a) => m.exp(a)),
  log: ofMath("log", (m, a) => m.div(1, a)),
  log1p: ofMath("log1p", (m, a) => m.div(1, m.add(1, a))),
  sqrt: ofMath("sqrt", (m, _a, _b, value) => m.div(0.5, value)),
  cbrt: ofMath("cbrt", (m, _a, _b, value) => m.div(1, m.mul(3, m.mul(value, value)))),
  sin: ofMath("sin", (m, a) => m.cos(a)),
  cos: ofMath("cos", (m, a) => m.neg(m.sin(a))),
  tan: ofMath("tan", (m, _a, _b, value) => m.add(1, m.mul(value, value))),
  asin: ofMath("asin", (m, a) => m.div(1, m.sqrt(m.mul(m.sub(1, a), m.add(1, a))))),
  acos: ofMath("acos", (m, a) => m.div(-1, m.sqrt(m.mul(m.sub(1, a), m.add(1, a))))),
  atan: ofMath("atan", (m, a) => m.div(1, m.add(1, m.mul(a, a)))),
  atan2: ofMath(
    "atan2",
    (m, a, b) => m.div(b, m.add(m.mul(a, a), m.mul(b, b))),
    (m, a, b) => m.neg(m.div(a, m.add(m.mul(a, a), m.mul(b, b)))),
  ),
  sinh: ofMath("sinh", (m, a) => m.cosh(a)),
  cosh: ofMath("cosh", (m, a) => m.sinh(a)),
  tanh: ofMath("tanh", (m, _a, _b, value) => m.mul(m.sub(1, value), m.add(1, value))),
  abs: ofMath("abs", (m, a) => m.sign(a)),
  sign: ofMath("sign", () => 0),
  min: {
    ...ofMath(
      "min",
      (m, a, b) => m.select(m.sub(b, a), 1, 0),
      (m, a, b) => m.select(m.sub(b, a), 0, 1),
    ),
    many: true,
  },
  max: {
    ...ofMath(
      "max",
      (m, a, b) => m.select(m.sub(a, b), 1, 0),
      (m, a, b) => m.select(m.sub(a, b), 0, 1),
    ),
    many: true,
  },
  select: {
    arity: 3,
    value: (a, b, c) => (a > 0 ? b : c),
    code: (a, b, c) => `${a} > 0 ? ${b} : ${c}`,
    partials: [() => 0, (m, a) => m.select(a, 1, 0), (m, a) => m.select(a, 0, 1)],
    simplify: (_m, a, b, c) => {
      if (typeof a === "number") return a > 0 ? b : c;
      return b === c ? b : undefined;
    },
  },
};
