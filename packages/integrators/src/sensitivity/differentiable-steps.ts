import { explicitSide } from "../families/switching.ts";
import { type Plan, stepperSettings } from "../integrate/plan.ts";
import type { OneStepSolver, Solver } from "../solvers/solver.ts";
import { CollocationStepper } from "../steppers/collocation.ts";
import { DirkStepper } from "../steppers/dirk.ts";
import { ExplicitStepper } from "../steppers/explicit.ts";
import { RosenbrockStepper } from "../steppers/rosenbrock.ts";
import type { StepperSettings } from "../steppers/stepper.ts";
import type { System } from "../system.ts";
import { CollocationStep } from "./collocation-step.ts";
import type { DifferentiableStep } from "./differentiable-step.ts";
import { weightsFor } from "./prepared-run.ts";
import { RosenbrockStep } from "./rosenbrock-step.ts";
import { RungeKuttaStep } from "./runge-kutta-step.ts";

type Kind = OneStepSolver["kind"];

type MakeStep<K extends Kind> = (
  solver: Extract<OneStepSolver, { kind: K }>,
  system: System,
  settings: StepperSettings,
  weights: (y: Float64Array) => Float64Array,
) => DifferentiableStep;

/** The differentiable step of each trainable family. Solvers do not import these steps, so that a program
 *  without gradients does not load them. */
const families: { readonly [K in Kind]: MakeStep<K> } = {
  explicit: ({ name, tableau }, system, settings, weights) =>
    new RungeKuttaStep(new ExplicitStepper(name, tableau, system, settings), tableau, weights),
  diagonallyImplicit: ({ name, tableau }, system, settings, weights) =>
    new RungeKuttaStep(new DirkStepper(name, tableau, system, settings), tableau, weights),
  rosenbrock: ({ name, tableau }, system, settings, weights) =>
    new RosenbrockStep(new RosenbrockStepper(name, tableau, system, settings), tableau, weights),
  fullyImplicit: ({ name, tableau }, system, settings, weights) =>
    new CollocationStep(new CollocationStepper(name, tableau, system, settings), tableau, weights),
};

/** The differentiable steps of a solver, by the name under which the tape has them. */
export function differentiableSteps(
  solver: Solver,
  system: System,
  plan: Plan,
): ReadonlyMap<string, DifferentiableStep> {
  const settings = { newtonTolerance: plan.newtonTolerance, adaptive: false };
  const weights = weightsFor(plan);
  const { rtol } = stepperSettings(plan);
  const sides = solver.kind === "switching" ? [explicitSide(solver, rtol), solver.stiff] : [solver];
  const solvers = sides.filter((side): side is OneStepSolver => side.trainable);
  return new Map(
    solvers.map((each) => {
      const make = families[each.kind] as MakeStep<Kind>;
      return [each.name, make(each, system, settings, weights)];
    }),
  );
}
