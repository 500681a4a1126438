import { misuse } from "../errors.ts";
import type { OdeProblem } from "../problem.ts";
import type { Solver } from "../solvers/solver.ts";
import { isStifflyAccurate } from "../tableau/butcher.ts";
import type { SolveOptions } from "./solve-options.ts";

/** A function of the package that runs solvers. */
export interface Caller {
  readonly name: string;
  readonly options: Readonly<Record<string, true>>;
  /** How it differentiates, if it does: tangents along steps, steps in reverse, or the adjoint equation. */
  readonly gradients?: "tangents" | "steps" | "adjoint";
}

/** The request: a problem, options and a solver. */
export interface Combination {
  readonly problem: OdeProblem;
  readonly options: SolveOptions;
  readonly solver: Solver;
  readonly fixedSteps: boolean;
  readonly caller: Caller;
}

/** A code, and the complaint, which names both; undefined where all is well. */
type Refusal = readonly [code: string, words: (asked: Combination) => string | false | undefined];

/** Whether the last stage is the end of a step, so that algebraic equations hold there. */
function takesMass(solver: Solver): boolean {
  if (solver.kind === "fullyImplicit") return isStifflyAccurate(solver.tableau);
  if (solver.kind !== "rosenbrock") return solver.kind === "multistep";
  const { a, m } = solver.tableau;
  const last = [...a[m.length - 1]!, 1];
  return m.every((x, i) => x === (last[i] ?? 0));
}

const stiffSide = (solver: Solver): Solver => (solver.kind === "switching" ? solver.stiff : solver);

/** Whether something in a step stops at a part of the tolerance: Newton's iteration or GMRES. */
function iterates({ kind }: Solver, { krylov }: OdeProblem): boolean {
  const newton = ["diagonallyImplicit", "fullyImplicit", "multistep"];
  return newton.includes(kind) || (kind === "rosenbrock" && krylov !== undefined);
}

/** Options that only the choice of step sizes uses. */
const ofErrorControl = ["firstStep", "maxStep", "minStep"] as const;

/** The combinations that are refused. No other place refuses two things that are each allowed by
 *  themselves. */
const refusals: readonly Refusal[] = [
  [
    "bad_solver",
    ({ problem, solver }) =>
      problem.mass !== undefined &&
      !takesMass(solver) &&
      `${solver.name} takes no mass matrix, expected rodas5P, radau or bdf`,
  ],
  [
    "bad_option",
    ({ problem }) =>
      problem.index !== undefined &&
      problem.mass === undefined &&
      "index is given without a mass matrix, expected both: without the matrix all unknowns have index 1",
  ],
  [
    "bad_solver",
    ({ problem, solver: { kind, name } }) =>
      problem.index !== undefined &&
      kind !== "fullyImplicit" &&
      `${name} cannot solve equations of an index above 1, expected radau`,
  ],
  [
    "bad_krylov",
    ({ problem, solver }) =>
      problem.krylov !== undefined &&
      stiffSide(solver).kind === "fullyImplicit" &&
      `${solver.name} factorises complex matrices, which krylov cannot do, expected bdf, a Rosenbrock ` +
        "or a diagonally implicit method",
  ],
  [
    "bad_bounds",
    ({ options, fixedSteps }) =>
      options.bounds !== undefined &&
      fixedSteps &&
      "bounds is given, expected none with fixed steps, which cannot be made smaller",
  ],
  [
    "bad_option",
    ({ options, fixedSteps }) => {
      const given = fixedSteps && ofErrorControl.find((name) => options[name] !== undefined);
      return given && `${given} is given, expected none with fixed steps, whose sizes are given`;
    },
  ],
  [
    "bad_option",
    ({ problem, options, solver }) =>
      options.newtonTolerance !== undefined &&
      !iterates(stiffSide(solver), problem) &&
      `newtonTolerance is given, expected none with ${solver.name}, which has no Newton iteration`,
  ],
  [
    "bad_event",
    ({ options, fixedSteps }) =>
      fixedSteps &&
      options.events?.some((event) => typeof event === "object" && event?.action !== undefined) &&
      "an action of events is given, expected none with fixed steps, which end at their own times",
  ],
  [
    "bad_problem",
    ({ problem, caller }) =>
      caller.gradients &&
      problem.mass !== undefined &&
      `${caller.name}: the problem has a mass matrix, expected none: gradients cannot be computed through it`,
  ],
  [
    "bad_solver",
    ({ solver, caller }) =>
      caller.gradients &&
      !solver.trainable &&
      `${caller.name}: ${solver.name} has no gradients of its steps, expected a method such as tsit5, ` +
        "radau or rodas5P",
  ],
  [
    "bad_krylov",
    ({ problem, caller }) =>
      problem.krylov !== undefined &&
      caller.gradients === "tangents" &&
      `${caller.name} cannot use krylov: tangents need the Jacobian, expected band, sparsity or neither`,
  ],
  [
    "bad_krylov",
    ({ problem, solver, caller }) =>
      problem.krylov !== undefined &&
      caller.gradients === "steps" &&
      solver.kind !== "explicit" &&
      `${caller.name} cannot use krylov with ${solver.name}: GMRES solves no transposed systems, expected an explicit ` +
        "solver, or interpolated() with a pullback",
  ],
  [
    "bad_krylov",
    ({ problem, caller }) =>
      problem.krylov !== undefined &&
      caller.gradients &&
      problem.pullback === undefined &&
      `${caller.name} needs a pullback of the problem to use krylov: without one it needs the Jacobian`,
  ],
];

export function requireCombination(asked: Combination): void {
  for (const [code, words] of refusals) {
    const complaint = words(asked);
    if (complaint) throw misuse(code, complaint);
  }
}
