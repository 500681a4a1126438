import { ancestry, type InputName } from "./graph.ts";
import { type OperationName, operations } from "./operations.ts";
import { type Expression, Traced } from "./traced.ts";

/** An entry of one of the two arrays that a program writes. */
export interface Assignment {
  readonly to: "out" | "second";
  readonly at: number;
  readonly value: Expression;
}

type Numbers = Float64Array;

/** Straight-line code: from the time, the state, the parameters and a vector to one array or two. */
export type Program = (t: number, y: Numbers, p: Numbers, v: Numbers, out: Numbers, second: Numbers) => void;

interface ProgramOptions {
  readonly compile: boolean;
  /** To what the arrays hold. */
  readonly add: boolean;
}

const inputNames: Readonly<Record<string, true>> = { t: true, y: true, p: true, v: true };

const isInput = (node: Traced): boolean => node.operation in inputNames;

/** JavaScript where the page lets text become code; else the same operations, one by one, from a table. Both
 *  give the same bits. */
export function programOf(assignments: readonly Assignment[], { compile, add }: ProgramOptions): Program {
  return (compile ? compiled(assignments, add) : undefined) ?? interpreted(assignments, add);
}

/** Engines do not optimise functions of some thousand statements; shorter ones are ready sooner. */
const STATEMENTS = 300;
const ARGUMENTS = ["t", "y", "p", "v", "out", "second", "w"];

/** Undefined where a content security policy forbids it. */
function compiled(assignments: readonly Assignment[], add: boolean): Program | undefined {
  const { parts, kept } = statements(assignments, add);
  let functions: ((...args: unknown[]) => void)[];
  try {
    functions = parts.map((part) => new Function(...ARGUMENTS, `"use strict";\n${part}`) as () => void);
  } catch (cause) {
    if (cause instanceof EvalError) return undefined;
    throw cause;
  }
  if (functions.length === 1) return functions[0] as Program;
  const w = new Float64Array(kept);
  return (t, y, p, v, out, second) => {
    for (const each of functions) each(t, y, p, v, out, second, w);
  };
}

/** Functions' bodies, and how many values go from one to another. */
function statements(assignments: readonly Assignment[], add: boolean): { parts: string[]; kept: number } {
  const nodes = ancestry(assignments.map(({ value }) => value)).filter((node) => !isInput(node));
  const partOf = new Map<Expression, number>(nodes.map((node, i) => [node, Math.floor(i / STATEMENTS)]));
  const kept = new Map<Traced, number>();
  for (const node of nodes) {
    for (const each of node.args) {
      if (!(each instanceof Traced) || isInput(each) || kept.has(each)) continue;
      if (partOf.get(each) !== partOf.get(node)) kept.set(each, kept.size);
    }
  }
  const lines: string[][] = [];
  const write = (part: number, line: string): void => {
    lines[part] ??= [];
    lines[part].push(line);
  };
  const text = (value: Expression, part: number): string => {
    if (!(value instanceof Traced)) return value < 0 ? `(${value})` : `${value}`;
    if (isInput(value)) return value.operation === "t" ? "t" : `${value.operation}[${value.args[0]}]`;
    return partOf.get(value) === part ? `n${value.index}` : `w[${kept.get(value)}]`;
  };
  for (const node of nodes) {
    const part = partOf.get(node)!;
    const [a, b, c] = node.args.map((each) => text(each, part)) as [string, string, string];
    const { code } = operations[node.operation as OperationName];
    write(part, `const n${node.index} = ${code(a, b, c)};`);
    if (kept.has(node)) write(part, `w[${kept.get(node)}] = n${node.index};`);
  }
  const first = lines.length;
  assignments.forEach(({ to, at, value }, k) => {
    // Constants and arguments are written after all computed values.
    const part = partOf.get(value) ?? first + Math.floor(k / STATEMENTS);
    write(part, `${to}[${at}] ${add ? "+=" : "="} ${text(value, part)};`);
  });
  return { parts: Array.from(lines, (each) => (each ?? []).join("\n")), kept: kept.size };
}

/** Numbers for each operation: the places of its arguments, and its kind. */
const WIDTH = 4;
const names = Object.keys(operations) as OperationName[];
const values = names.map((name) => operations[name].value);
const [ADD, SUB, MUL, DIV] = ["add", "sub", "mul", "div"].map((name) => names.indexOf(name as OperationName));

function interpreted(assignments: readonly Assignment[], add: boolean): Program {
  const nodes = ancestry(assignments.map(({ value }) => value));
  const places = new Map<Expression, number>();
  const place = (value: Expression): number => {
    let at = places.get(value);
    if (at === undefined) {
      at = places.size;
      places.set(value, at);
    }
    return at;
  };
  const inputs = nodes.filter(isInput);
  for (const node of inputs) place(node);
  const computed = nodes.filter((node) => !isInput(node));
  // Numbers, whose places hold them from the start.
  const numbers = [...computed.flatMap(({ args }) => args), ...assignments.map(({ value }) => value)];
  for (const each of numbers) if (typeof each === "number") place(each);
  const first = places.size;
  for (const node of computed) place(node);
  const work = new Float64Array(places.size);
  for (const [value, at] of places) if (typeof value === "number") work[at] = value;
  const tape = Int32Array.from(
    computed.flatMap(({ operation, args }) => {
      const [a = 0, b = 0, c = 0] = args.map(place);
      return [names.indexOf(operation as OperationName), a, b, c];
    }),
  );
  const load = (name: InputName) =>
    Int32Array.from(
      inputs
        .filter(({ operation }) => operation === name)
        .flatMap((node) => [node.args[0] as number, place(node)]),
    );
  const store = (to: Assignment["to"]) =>
    Int32Array.from(
      assignments.filter((each) => each.to === to).flatMap(({ at, value }) => [at, place(value)]),
    );
  const [times, states, parameters, vectors] = [load("t"), load("y"), load("p"), load("v")];
  const [outs, seconds] = [store("out"), store("second")];
  const time = new Float64Array(1);
  return (t, y, p, v, out, second) => {
    time[0] = t;
    read(times, time, work);
    read(states, y, work);
    read(parameters, p, work);
    read(vectors, v, work);
    evaluate(tape, work, first);
    write(outs, work, out, add);
    write(seconds, work, second, add);
  };
}

/** Pairs of a place in the array and one in the work. */
function read(pairs: Int32Array, array: Numbers, work: Numbers): void {
  for (let e = 0; e < pairs.length; e += 2) work[pairs[e + 1]!] = array[pairs[e]!]!;
}

function write(pairs: Int32Array, work: Numbers, array: Numbers, add: boolean): void {
  for (let e = 0; e < pairs.length; e += 2) {
    const at = pairs[e]!;
    array[at] = add ? array[at]! + work[pairs[e + 1]!]! : work[pairs[e + 1]!]!;
  }
}

function evaluate(tape: Int32Array, work: Float64Array, first: number): void {
  for (let e = 0, at = first; e < tape.length; e += WIDTH, at++) {
    const operation = tape[e]!;
    const a = work[tape[e + 1]!]!;
    const b = work[tape[e + 2]!]!;
    if (operation === ADD) work[at] = a + b;
    else if (operation === SUB) work[at] = a - b;
    else if (operation === MUL) work[at] = a * b;
    else if (operation === DIV) work[at] = a / b;
    else work[at] = values[operation]!(a, b, work[tape[e + 3]!]!);
  }
}
