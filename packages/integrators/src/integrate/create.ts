import { createStepper, type ExplicitSolver, type Solver } from "../solvers/solver.ts";
import type { Stepper, StepperSettings } from "../steppers/stepper.ts";
import { SwitchingStepper } from "../steppers/switching.ts";
import type { System } from "../system.ts";
import { stabilityFunction } from "../tableau/stability.ts";

/** The moving part of any solver. */
export function stepperFor(solver: Solver, system: System, settings: StepperSettings): Stepper {
  if (solver.kind !== "switching") return createStepper(solver, system, settings);
  return new SwitchingStepper(
    createStepper(solver.nonStiff, system, settings),
    createStepper(solver.stiff, system, settings),
    realStabilityLimit(solver.nonStiff),
  );
}

const limits = new WeakMap<ExplicitSolver, number>();

/** The largest x with |R(-z)| <= 1 for 0 <= z <= x. */
export function realStabilityLimit(solver: ExplicitSolver): number {
  const known = limits.get(solver);
  if (known !== undefined) return known;
  const { a, b } = solver.matrices;
  const stable = (x: number) => Math.abs(stabilityFunction(a, b, -x, 0).re) <= 1 + 1e-12;
  let x = 0;
  while (x < 100 && stable(x + 0.05)) x += 0.05;
  let outside = x + 0.05;
  for (let k = 0; k < 30; k++) {
    const middle = (x + outside) / 2;
    if (stable(middle)) x = middle;
    else outside = middle;
  }
  limits.set(solver, x);
  return x;
}
