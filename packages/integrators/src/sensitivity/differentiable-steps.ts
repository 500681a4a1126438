import { type Plan, stepperSettings } from "../integrate/plan.ts";
import { explicitSide } from "../solvers/auto.ts";
import type { OneStepSolver, Solver } from "../solvers/solver.ts";
import type { RosenbrockStepper } from "../steppers/rosenbrock.ts";
import type { Stepper } from "../steppers/stepper.ts";
import type { System } from "../system.ts";
import { CollocationStep, type CollocationStepper } from "./collocation-step.ts";
import type { DifferentiableStep } from "./differentiable-step.ts";
import { weightsFor } from "./prepared-run.ts";
import { RosenbrockStep } from "./rosenbrock-step.ts";
import { RungeKuttaStep, type StageStepper } from "./runge-kutta-step.ts";

type Weights = (y: Float64Array) => Float64Array;

/** The differentiable step of each trainable family. Solvers do not import these steps, so that a program
 *  without gradients does not load them. */
function differentiableStep(solver: OneStepSolver, stepper: Stepper, weights: Weights): DifferentiableStep {
  if (solver.kind === "rosenbrock") {
    return new RosenbrockStep(stepper as RosenbrockStepper, solver.tableau, weights);
  }
  return solver.kind === "fullyImplicit"
    ? new CollocationStep(stepper as CollocationStepper, solver.tableau, weights)
    : new RungeKuttaStep(stepper as StageStepper, solver.tableau, weights);
}

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
    solvers.map((each) => [
      each.name,
      differentiableStep(each, each.createStepper(system, settings), weights),
    ]),
  );
}
