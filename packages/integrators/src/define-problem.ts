import { misuse } from "./errors.ts";
import type { OdeProblem, VectorField } from "./problem.ts";

type Named = Readonly<Record<string, number>>;

type NamedCallback<P> = (t: number, y: Float64Array, out: Float64Array, p: P) => void;
type Derivative = "jacobian" | "sparseJacobian" | "parameterJacobian" | "timeDerivative";

/** A problem whose callbacks get their parameters by name. */
export type NamedProblem<P extends Named> = Omit<
  OdeProblem,
  "f" | "parameters" | "parameterNames" | "scales" | "krylov" | "pullback" | Derivative
> & {
  readonly f: NamedCallback<P>;
  readonly parameters: P;
  readonly scales?: Pick<NonNullable<OdeProblem["scales"]>, "y"> & { readonly parameters?: P | number };
} & {
  readonly [Name in Derivative]?: NamedCallback<P>;
};

/** Types a problem for `solve`, so that `tSpan: [0, 1]` needs no `as const`. Parameters may be an object of
 *  numbers. Then all callbacks, events and gradients get them by name, in the order of the keys. */
export function defineProblem<P extends Named>(problem: NamedProblem<P>): OdeProblem;
export function defineProblem(problem: OdeProblem): OdeProblem;
export function defineProblem(problem: OdeProblem | NamedProblem<Named>): OdeProblem {
  const { parameters } = problem;
  if (parameters === undefined || "length" in parameters) return problem as OdeProblem;
  const given = problem as NamedProblem<Named>;
  const names = Object.keys(given.parameters);
  for (const name of names) {
    if (!Number.isFinite(given.parameters[name])) {
      throw misuse("not_finite", `parameters.${name} is ${given.parameters[name]}, expected a finite number`);
    }
  }
  const byName = (callback: NamedCallback<Named>): VectorField => {
    const named = { ...given.parameters } as Record<string, number>;
    return (t, y, out, p) => {
      for (let i = 0; i < names.length; i++) named[names[i]!] = p[i]!;
      return callback.call(problem, t, y, out, named);
    };
  };
  const inOrder = (values: Named): number[] => names.map((name) => values[name]!);
  const { y, parameters: sizes } = given.scales ?? {};
  const scales = {
    ...(y && { y }),
    ...(sizes && { parameters: typeof sizes === "number" ? sizes : inOrder(sizes) }),
  };
  return {
    ...given,
    f: byName(given.f),
    parameters: inOrder(given.parameters),
    parameterNames: names,
    ...(given.scales && { scales }),
    ...(given.jacobian && { jacobian: byName(given.jacobian) }),
    ...(given.sparseJacobian && { sparseJacobian: byName(given.sparseJacobian) }),
    ...(given.parameterJacobian && { parameterJacobian: byName(given.parameterJacobian) }),
    ...(given.timeDerivative && { timeDerivative: byName(given.timeDerivative) }),
  } as OdeProblem;
}
