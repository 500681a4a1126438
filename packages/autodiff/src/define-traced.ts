import type { OdeProblem } from "@stiffnet/integrators";
import { backwards, type Directions, forwards } from "./differentiate.ts";
import { misuse } from "./errors.ts";
import { Graph } from "./graph.ts";
import type { TracedMath } from "./operations.ts";
import { type Assignment, type Program, programOf } from "./program.ts";
import type { Expression, Traced } from "./traced.ts";

type Parameters = Readonly<Record<string, number>> | readonly number[];

/** Arguments of a traced right-hand side. */
export interface TracedArguments<P extends Parameters> {
  readonly t: Traced;
  readonly y: readonly Traced[];
  /** Parameters by name or by number, as in `parameters`. */
  readonly p: { readonly [K in keyof P]: Traced };
  readonly math: TracedMath;
}

/** A problem whose right-hand side is written with the operations of `math`. */
export interface TracedProblem<P extends Parameters>
  extends Pick<OdeProblem, "y0" | "tSpan" | "mass" | "index" | "krylov"> {
  /** dy/dt, one entry for each unknown. It is called once. */
  readonly f: (given: TracedArguments<P>) => readonly Expression[];
  readonly parameters?: P;
  /** `false`: never `new Function`, whose attempt a content security policy would report. Default: where it
   *  is allowed. */
  readonly compile?: boolean;
}

const NOTHING = new Float64Array(0);

/** A problem with exact derivatives. f is called once, with values that record all operations. The record is
 *  differentiated and becomes straight-line code: forward mode gives df/dy, df/dp, df/dt and df/dy v, reverse
 *  mode gives `pullback`. df/dy has only the entries that may be non-zero. Loops run while f is called, so
 *  the code contains all their turns. A branch on a traced value throws, except `if (y[0])` and `===`, which
 *  JavaScript does not let us see. Use `math.select` instead. In reverse mode the branch that a select does
 *  not take gives NaN if its derivative is infinite.
 *  @throws IntegratorError (`bad_field`) if f uses a value otherwise, or returns another number of entries
 *  @see Griewank and Walther, Evaluating Derivatives, 2008 */
export function defineTraced<const P extends Parameters = readonly []>(
  problem: TracedProblem<P>,
): OdeProblem {
  const { f, parameters, compile = true, krylov, ...rest } = problem;
  const given: Parameters = parameters ?? [];
  const names = Object.keys(given);
  const values = names.map((name) => (given as Readonly<Record<string, number>>)[name]!);
  const n = problem.y0?.length ?? 0;
  if (n === 0) throw misuse(`y0 is ${problem.y0 ? "empty" : "missing"}, expected a number for each unknown`);
  const graph = new Graph();
  const [y, p, v] = [graph.inputs("y", n), graph.inputs("p", names.length), graph.inputs("v", n)];
  const t = graph.input("t", 0);
  const byName = Array.isArray(given) ? p : Object.fromEntries(names.map((name, k) => [name, p[k]!]));
  const outputs = written(
    f,
    { t, y, p: byName as unknown as TracedArguments<P>["p"], math: graph.math },
    graph,
    n,
  );

  const program = (make: () => Assignment[], add = false): Program => {
    let made: Program | undefined;
    return (at, state, q, u, out, second) => {
      made ??= programOf(make(), { compile, add });
      made(at, state, q, u, out, second);
    };
  };
  const along = (seeds: readonly Traced[], slopes: (k: number) => Directions) =>
    forwards(graph, outputs, new Map(seeds.map((seed, k) => [seed, slopes(k)])));
  const unit = (k: number): Directions => new Map([[k, 1]]);
  const first = (slopes: readonly Directions[]): Assignment[] =>
    slopes.map((each, at) => ({ to: "out", at, value: each.get(0) ?? 0 }));

  const field = program(() => outputs.map((value, at) => ({ to: "out", at, value })));
  const bySpan = along([t], unit);
  const inTime = program(() => first(bySpan));
  const product = program(() => first(along(y, (j) => new Map([[0, v[j]!]]))));
  const byParameter = program(() =>
    along(p, unit).flatMap((row, i) =>
      [...row].map(([k, value]) => ({ to: "out", at: i + n * k, value }) as const),
    ),
  );
  const reverse = program(() => {
    const slopes = backwards(graph, outputs, v);
    const into = (to: "out" | "second", inputs: readonly Traced[]) =>
      inputs.flatMap((each, at) => ({ to, at, value: slopes.get(each) ?? 0 }) as const);
    return [...into("out", y), ...into("second", p)].filter(({ value }) => value !== 0);
  }, true);
  const autonomous = bySpan.every((each) => each.size === 0);
  return {
    ...rest,
    ...(!Array.isArray(given) && { parameterNames: names }),
    f: (at, state, dy, q) => field(at, state, q, NOTHING, dy, NOTHING),
    ...(krylov === undefined
      ? jacobianOf(along(y, unit), program)
      : {
          krylov: {
            jacobianVector: (at, state, u, out, q) => product(at, state, q, u, out, NOTHING),
            ...krylov,
          },
        }),
    ...(autonomous
      ? { autonomous }
      : { timeDerivative: (at, state, dy, q) => inTime(at, state, q, NOTHING, dy, NOTHING) }),
    pullback: (at, state, u, gradY, gradP, q) => reverse(at, state, q, u, gradY, gradP),
    ...(values.length > 0 && {
      parameters: values,
      parameterJacobian: (at, state, matrix, q) => byParameter(at, state, q, NOTHING, matrix, NOTHING),
    }),
  };
}

function written<P extends Parameters>(
  f: TracedProblem<P>["f"],
  given: TracedArguments<P>,
  graph: Graph,
  n: number,
): Expression[] {
  if (typeof f !== "function" || f.length > 1) {
    throw misuse(
      `problem.f is ${typeof f === "function" ? `a function of ${f.length} arguments` : typeof f}, ` +
        "expected a function of one, ({ t, y, p, math }) => [...]",
    );
  }
  const returned: unknown = f(given);
  if (!Array.isArray(returned) || returned.length !== n) {
    const what = Array.isArray(returned) ? `an array of ${returned.length}` : String(returned);
    throw misuse(`f returned ${what}, expected an array of ${n} (the derivative of each unknown)`);
  }
  return Array.from(returned, (each: unknown, i) => {
    graph.require(each, `entry ${i} of what f returned`);
    return each;
  });
}

/** df/dy and where it may be non-zero. The solver chooses the storage. */
function jacobianOf(
  slopes: readonly Directions[],
  program: (make: () => Assignment[]) => Program,
): Pick<OdeProblem, "sparsity" | "sparseJacobian"> {
  const columns = slopes.map((): [number, Expression][] => []);
  slopes.forEach((row, i) => {
    for (const [j, value] of row) if (value !== 0) columns[j]!.push([i, value]);
  });
  const jacobian = program(() => columns.flat().map(([, value], at) => ({ to: "out", at, value })));
  return {
    sparsity: columns.map((column) => column.map(([i]) => i)),
    sparseJacobian: (t, y, entries, p) => jacobian(t, y, p, NOTHING, entries, NOTHING),
  };
}
