export { defineProblem, type NamedProblem } from "./define-problem.ts";
export { checkDerivatives, type DerivativeFinding } from "./derivatives/check-derivatives.ts";
export { detectSparsity } from "./derivatives/detect-sparsity.ts";
export { FieldError, IntegratorError } from "./errors.ts";
export type { EventRecord } from "./integrate/events.ts";
export { type Integrator, integrator } from "./integrate/integrator.ts";
export type { Solution } from "./integrate/solution.ts";
export { solve, solveAsync } from "./integrate/solve.ts";
export { type Batch, type BatchOptions, type BatchSolution, solveBatch } from "./integrate/solve-batch.ts";
export type { Bounds, EventFunction, EventSpec, Progress, SolveOptions } from "./integrate/solve-options.ts";
export type { Status } from "./integrate/status.ts";
export type { NamedParameters } from "./named-parameters.ts";
export type {
  Band,
  FieldPullback,
  JacobianFunction,
  Krylov,
  OdeProblem,
  Preconditioner,
  SparseJacobianFunction,
  Stats,
  VectorField,
} from "./problem.ts";
export { type AdjointOptions, backsolve, interpolated } from "./sensitivity/adjoint.ts";
export { discrete } from "./sensitivity/discrete.ts";
export type { EventGradient } from "./sensitivity/event-gradients.ts";
export {
  type ForwardOptions,
  type ForwardSensitivities,
  forwardSensitivities,
} from "./sensitivity/forward.ts";
export type {
  DifferentiableOptions,
  DifferentiableSolution,
  Gradients,
  Sensitivity,
} from "./sensitivity/sensitivity.ts";
export { auto } from "./solvers/auto.ts";
export { backwardEuler } from "./solvers/backward-euler.ts";
export { bdf, bdfUpTo } from "./solvers/bdf.ts";
export { bogackiShampine32 } from "./solvers/bogacki-shampine32.ts";
export { dop853 } from "./solvers/dop853.ts";
export { dopri5 } from "./solvers/dopri5.ts";
export { esdirk43 } from "./solvers/esdirk43.ts";
export { euler } from "./solvers/euler.ts";
export { gauss4 } from "./solvers/gauss4.ts";
export { heun } from "./solvers/heun.ts";
export { implicitMidpoint } from "./solvers/implicit-midpoint.ts";
export { kvaerno54 } from "./solvers/kvaerno54.ts";
export { midpoint } from "./solvers/midpoint.ts";
export { radau } from "./solvers/radau.ts";
export { oneStepSolvers } from "./solvers/registry.ts";
export { rk4 } from "./solvers/rk4.ts";
export { rkc } from "./solvers/rkc.ts";
export { rodas3 } from "./solvers/rodas3.ts";
export { rodas5P } from "./solvers/rodas5p.ts";
export { ros4 } from "./solvers/ros4.ts";
export type {
  DiagonallyImplicitSolver,
  ExplicitSolver,
  FullyImplicitSolver,
  MultistepSolver,
  OneStepSolver,
  PartitionedSolver,
  RosenbrockSolver,
  Solver,
  StabilisedSolver,
  Stability,
  StiffSolver,
  SwitchingSolver,
} from "./solvers/solver.ts";
export { symplecticSolvers, velocityVerlet, yoshida4, yoshida6 } from "./solvers/symplectic.ts";
export { trapezoidal } from "./solvers/trapezoidal.ts";
export { tsit5 } from "./solvers/tsit5.ts";
export type { AnyStepper, Stepper, StepperSettings, Switch } from "./steppers/stepper.ts";
export type { System } from "./system.ts";
