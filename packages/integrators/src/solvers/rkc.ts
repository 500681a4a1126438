import { StabilisedStepper } from "../steppers/stabilised.ts";
import type { StabilisedSolver } from "./solver.ts";

/** The Runge-Kutta-Chebyshev method of order 2. It is explicit. Its number of evaluations grows with the root
 *  of h times the spectral radius, which makes it stable on the negative real axis as far as a step needs.
 *  Use it for diffusion and similar systems (eigenvalues near the negative real axis) of any size at moderate
 *  tolerances. It needs neither Jacobian nor matrix. It is not for stiff reactions and strong transport.
 *  @see Sommeijer, Shampine and Verwer, RKC: an explicit solver for parabolic PDEs, 1998 */
export const rkc: StabilisedSolver = Object.freeze<StabilisedSolver>({
  kind: "stabilised",
  name: "rkc",
  order: 2,
  denseDegree: 3,
  trainable: false,
  createStepper: (system) => new StabilisedStepper("rkc", system),
});
