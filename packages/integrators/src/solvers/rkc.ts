import { stabilisedSolver } from "../families/stabilised.ts";
import type { StabilisedSolver } from "./solver.ts";

/** The Runge-Kutta-Chebyshev method of order 2: explicit, and stable along the negative real axis as far as a
 *  step needs, with a number of evaluations that grows with the root of h times the spectral radius. For
 *  diffusion and what is like it (eigenvalues near the negative real axis, no Jacobian wanted): systems of
 *  any size without a matrix, to moderate tolerances. Stiff reactions and strong transport are for others.
 *  @see Sommeijer, Shampine and Verwer, RKC: an explicit solver for parabolic PDEs, 1998 */
export const rkc: StabilisedSolver = stabilisedSolver("rkc");
