import type { AnyStepper, Stepper, StepperSettings } from "../steppers/stepper.ts";
import type { System } from "../system.ts";
import type { ButcherTableau } from "../tableau/butcher.ts";
import type { RosenbrockTableau } from "../tableau/rosenbrock.ts";

/** Where |R(z)| <= 1: "conditional" in a bounded region only, "A" in the whole left half-plane, "L" that and
 *  R(-inf) = 0. */
export type Stability = "conditional" | "A" | "L";

/** Every solver is stateless data and one function, which makes its stepper. */
interface AnySolver<Kind extends string, Moving extends AnyStepper = Stepper> {
  readonly kind: Kind;
  readonly name: string;
  readonly order: number;
  /** Makes the moving part of one integration; `solve` calls it. */
  createStepper(system: System, settings: StepperSettings): Moving;
}

interface OneStepTraits<Kind extends string, Tableau> extends AnySolver<Kind> {
  /** The coefficients, checked when the module loads. */
  readonly tableau: Tableau;
  /** Order of the embedded solution behind the error estimate; undefined where steps are doubled instead. */
  readonly embeddedOrder: number | undefined;
  readonly stability: Stability;
  /** Degree of the polynomials of its dense output. */
  readonly denseDegree: number;
  /** A and b of the stability function R(z) = 1 + z b^T (I - z A)^-1 1. */
  readonly matrices: { readonly a: readonly (readonly number[])[]; readonly b: readonly number[] };
  /** A step is a differentiable map of (y, p): `discrete` and `forwardSensitivities` take the solver. */
  readonly trainable: true;
}

/** k_i = f(t + c_i h, y + h sum_{j < i} a_ij k_j). */
export type ExplicitSolver = OneStepTraits<"explicit", ButcherTableau>;
/** A is lower triangular with one value on its diagonal, where the first stage may have 0. */
export type DiagonallyImplicitSolver = OneStepTraits<"diagonallyImplicit", ButcherTableau>;
/** Collocation with two or three stages. */
export type FullyImplicitSolver = OneStepTraits<"fullyImplicit", ButcherTableau>;
export type RosenbrockSolver = OneStepTraits<"rosenbrock", RosenbrockTableau>;

/** A one-step method. */
export type OneStepSolver =
  | ExplicitSolver
  | DiagonallyImplicitSolver
  | FullyImplicitSolver
  | RosenbrockSolver;

/** A step is not a differentiable map of the state. */
interface OtherTraits<Kind extends string> extends AnySolver<Kind> {
  readonly denseDegree: number;
  readonly trainable: false;
}

/** Remembers earlier steps, and chooses its order with its step. */
export type MultistepSolver = OtherTraits<"multistep">;
/** For y = (q, v), where dq/dt depends on v only and dv/dt on q and t only. Steps are fixed. */
export type PartitionedSolver = OtherTraits<"partitioned"> & { readonly parts: readonly number[] };
/** Explicit, with as many stages as keep a step stable. */
export type StabilisedSolver = OtherTraits<"stabilised">;

/** Solvers for the stiff side of a switching solver. */
export type StiffSolver = Exclude<OneStepSolver, ExplicitSolver> | MultistepSolver | StabilisedSolver;

/** Begins with `nonStiff` or `accurate`, changes to `stiff` when stability holds the step down, and back. */
export interface SwitchingSolver extends AnySolver<"switching", AnyStepper> {
  readonly nonStiff: ExplicitSolver;
  /** In the place of `nonStiff` at tight tolerances. */
  readonly accurate: ExplicitSolver;
  readonly stiff: StiffSolver;
  /** Whether both sides are. */
  readonly trainable: boolean;
}

/** Anything `solve` takes. */
export type Solver = OneStepSolver | MultistepSolver | PartitionedSolver | StabilisedSolver | SwitchingSolver;
