import type { StabilisedSolver } from "../solvers/solver.ts";
import { StabilisedStepper } from "../steppers/stabilised.ts";

/** Chebyshev's stages, as many as a step needs. */
export function stabilisedSolver(name: string): StabilisedSolver {
  return Object.freeze<StabilisedSolver>({
    kind: "stabilised",
    name,
    order: 2,
    denseDegree: 3,
    trainable: false,
    createStepper: (system) => new StabilisedStepper(name, system),
  });
}
