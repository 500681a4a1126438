import { DirkStepper } from "../steppers/dirk.ts";
import { DoublingStepper } from "../steppers/doubling.ts";
import { ExplicitStepper } from "../steppers/explicit.ts";
import { RadauStepper } from "../steppers/radau.ts";
import { RosenbrockStepper } from "../steppers/rosenbrock.ts";
import type { Stepper, StepperSettings } from "../steppers/stepper.ts";
import type { System } from "../system.ts";
import { type ButcherTableau, butcherTableau } from "../tableau/butcher.ts";
import { collocationTableau } from "../tableau/collocation.ts";
import { type RosenbrockTableau, rosenbrockMatrices, rosenbrockTableau } from "../tableau/rosenbrock.ts";

/** Where |R(z)| <= 1: "conditional" in a bounded region only, "A" in the whole left half-plane, "L" that and R(-inf) = 0. */
export type Stability = "conditional" | "A" | "L";

interface SolverTraits {
  readonly name: string;
  readonly order: number;
  /** Order of the embedded solution behind the error estimate; undefined where steps are doubled instead. */
  readonly embeddedOrder: number | undefined;
  readonly stability: Stability;
  /** A and b of the stability function R(z) = 1 + z b^T (I - z A)^-1 1. */
  readonly matrices: { readonly a: readonly (readonly number[])[]; readonly b: readonly number[] };
}

export interface ExplicitSolver extends SolverTraits {
  readonly kind: "explicit";
  readonly tableau: ButcherTableau;
}

export interface DiagonallyImplicitSolver extends SolverTraits {
  readonly kind: "diagonallyImplicit";
  readonly tableau: ButcherTableau;
}

export interface FullyImplicitSolver extends SolverTraits {
  readonly kind: "fullyImplicit";
  readonly tableau: ButcherTableau;
}

export interface RosenbrockSolver extends SolverTraits {
  readonly kind: "rosenbrock";
  readonly tableau: RosenbrockTableau;
}

/** A one-step method: stateless data. What moves is made by `createStepper`. */
export type OneStepSolver =
  | ExplicitSolver
  | DiagonallyImplicitSolver
  | FullyImplicitSolver
  | RosenbrockSolver;

/** Begins with `nonStiff`, changes to `stiff` when the step is held down by stability, and back. */
export interface SwitchingSolver {
  readonly kind: "switching";
  readonly name: string;
  readonly order: number;
  readonly nonStiff: ExplicitSolver;
  readonly stiff: Exclude<OneStepSolver, ExplicitSolver>;
}

/** Anything `solve` takes. */
export type Solver = OneStepSolver | SwitchingSolver;

export function explicitSolver(name: string, tableau: ButcherTableau): ExplicitSolver {
  return rungeKutta("explicit", name, "conditional", tableau);
}

export function diagonallyImplicitSolver(
  name: string,
  stability: Stability,
  tableau: ButcherTableau,
): DiagonallyImplicitSolver {
  return rungeKutta("diagonallyImplicit", name, stability, tableau);
}

export function fullyImplicitSolver(
  name: string,
  stability: Stability,
  tableau: ButcherTableau,
): FullyImplicitSolver {
  return Object.freeze({ ...rungeKutta("fullyImplicit", name, stability, tableau), embeddedOrder: 3 });
}

function rungeKutta<Kind extends "explicit" | "diagonallyImplicit" | "fullyImplicit">(
  kind: Kind,
  name: string,
  stability: Stability,
  given: ButcherTableau,
): SolverTraits & { readonly kind: Kind; readonly tableau: ButcherTableau } {
  const tableau = butcherTableau(name, given);
  return Object.freeze({
    kind,
    name,
    order: tableau.order,
    embeddedOrder: tableau.embedded?.order,
    stability,
    matrices: { a: tableau.a, b: tableau.b },
    tableau,
  });
}

export function rosenbrockSolver(
  name: string,
  stability: Stability,
  given: RosenbrockTableau,
): RosenbrockSolver {
  const tableau = rosenbrockTableau(name, given);
  const { beta, b } = rosenbrockMatrices(tableau);
  return Object.freeze({
    kind: "rosenbrock",
    name,
    order: tableau.order,
    embeddedOrder: tableau.embeddedOrder,
    stability,
    matrices: { a: beta, b },
    tableau,
  });
}

/** The moving part for a one-step solver: its own error estimate where it has one, doubled steps where it has not. */
export function createStepper(solver: OneStepSolver, system: System, settings: StepperSettings): Stepper {
  const plain = () => plainStepper(solver, system, settings);
  if (!settings.adaptive || solver.embeddedOrder !== undefined) return plain();
  return new DoublingStepper(plain, solver.order);
}

function plainStepper(solver: OneStepSolver, system: System, settings: StepperSettings): Stepper {
  switch (solver.kind) {
    case "explicit":
      return new ExplicitStepper(solver.name, solver.tableau, system, settings);
    case "diagonallyImplicit":
      return new DirkStepper(solver.name, solver.tableau, system, settings);
    case "rosenbrock":
      return new RosenbrockStepper(solver.name, solver.tableau, system, settings);
    case "fullyImplicit":
      return new RadauStepper(solver.name, collocationTableau(solver.name, solver.tableau), system, settings);
  }
}
