import type { Plan } from "../integrate/options.ts";
import type { OneStepSolver, Solver } from "../solvers/solver.ts";
import { DirkStepper } from "../steppers/dirk.ts";
import { ExplicitStepper } from "../steppers/explicit.ts";
import { RadauStepper } from "../steppers/radau.ts";
import { RosenbrockStepper } from "../steppers/rosenbrock.ts";
import type { System } from "../system.ts";
import { collocationTableau } from "../tableau/collocation.ts";
import { CollocationStep } from "./collocation-step.ts";
import type { LinearStep } from "./linear-step.ts";
import { weightsFor } from "./prepare.ts";
import { RosenbrockStep } from "./rosenbrock-step.ts";
import { RungeKuttaStep } from "./runge-kutta-step.ts";

/** The differentiable steps of a solver, by the name under which the tape has them. */
export function stepsFor(solver: Solver, system: System, plan: Plan): ReadonlyMap<string, LinearStep> {
  const solvers = solver.kind === "switching" ? [solver.nonStiff, solver.stiff] : [solver];
  return new Map(solvers.map((s) => [s.name, stepFor(s, system, plan)]));
}

function stepFor(solver: OneStepSolver, system: System, plan: Plan): LinearStep {
  const settings = { newtonTolerance: plan.newtonTolerance, adaptive: false };
  const weights = weightsFor(plan);
  const { name } = solver;
  switch (solver.kind) {
    case "explicit":
      return new RungeKuttaStep(
        new ExplicitStepper(name, solver.tableau, system, settings),
        solver.tableau,
        weights,
      );
    case "diagonallyImplicit":
      return new RungeKuttaStep(
        new DirkStepper(name, solver.tableau, system, settings),
        solver.tableau,
        weights,
      );
    case "rosenbrock":
      return new RosenbrockStep(
        new RosenbrockStepper(name, solver.tableau, system, settings),
        solver.tableau,
        weights,
      );
    case "fullyImplicit":
      return new CollocationStep(
        new RadauStepper(name, collocationTableau(name, solver.tableau), system, settings),
        solver.tableau,
        weights,
      );
  }
}
