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

const names = Object.keys(operations) as OperationName[];
const functions = names.map((name) => operations[name].value);
const [ADD, SUB, MUL, DIV] = ["add", "sub", "mul", "div"].map((name) => names.indexOf(name as OperationName));

/** Five numbers for each operation: its kind, the place of its value and those of its arguments. The call of
 *  a function takes longer than a sum. */
function evaluateAll(tape: Int32Array, work: Float64Array): void {
  for (let e = 0; e < tape.length; e += 5) {
    const operation = tape[e]!;
    const to = tape[e + 1]!;
    const a = work[tape[e + 2]!]!;
    const b = work[tape[e + 3]!]!;
    if (operation === ADD) work[to] = a + b;
    else if (operation === SUB) work[to] = a - b;
    else if (operation === MUL) work[to] = a * b;
    else if (operation === DIV) work[to] = a / b;
    else work[to] = functions[operation]!(a, b, work[tape[e + 4]!]!);
  }
}

function interpreted(assignments: readonly Assignment[], add: boolean): Program {
  const values = assignments.map(({ value }) => value);
  const nodes = ancestry(values);
  const computed = nodes.filter((node) => !isInput(node));
  const all = [...new Set<Expression>([...nodes, ...computed.flatMap(({ args }) => args), ...values])];
  const places = new Map(all.map((value, at) => [value, at]));
  const place = (value: Expression) => places.get(value)!;
  // Numbers have their places from the start.
  const work = Float64Array.from(all, (value) => (typeof value === "number" ? value : 0));
  const inputs: readonly InputName[] = ["t", "y", "p", "v"];
  const loads = nodes.filter(isInput).map((node) => {
    return {
      from: inputs.indexOf(node.operation as InputName),
      index: node.args[0] as number,
      to: place(node),
    };
  });
  const tape = Int32Array.from(
    computed.flatMap((node) => {
      const [a = 0, b = 0, c = 0] = node.args.map(place);
      return [names.indexOf(node.operation as OperationName), place(node), a, b, c];
    }),
  );
  const stores = assignments.map(({ to, at, value }) => ({ to, at, from: place(value) }));
  const time = new Float64Array(1);
  return (t, y, p, v, out, second) => {
    time[0] = t;
    const given = [time, y, p, v];
    for (const { from, index, to } of loads) work[to] = given[from]![index]!;
    evaluateAll(tape, work);
    for (const { to, at, from } of stores) {
      const array = to === "out" ? out : second;
      array[at] = add ? array[at]! + work[from]! : work[from]!;
    }
  };
}
