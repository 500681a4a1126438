import { diagonallyImplicitSolver } from "../families/diagonally-implicit.ts";
import { hermiteWeights } from "../tableau/butcher.ts";
import type { DiagonallyImplicitSolver } from "./solver.ts";

const gamma = 0.26;
const embedded = [
  0.13855640231268224,
  0,
  -0.04245337201752043,
  0.02446657898003141,
  0.6194303907248068,
  gamma,
  0,
];
const b = [
  0.13659751177640292,
  0,
  -0.05496908796538376,
  -0.04118626728321046,
  0.629933048990164,
  0.06962479448202728,
  gamma,
];
const a = [
  [],
  [gamma, gamma],
  [0.13, 0.8403332099679081, gamma],
  [0.22371961478320504, 0.476755323197997, -0.06470895363112615, gamma],
  [0.16648564323248322, 0.1045001884159172, 0.03631482272098715, -0.13090704451073998, gamma],
  embedded,
  b,
];

/** The 5(4) pair of Kvaerno has seven stages. The first one is explicit. Both solutions are
 *  stiffly accurate and L-stable. The interpolation is cubic (Hermite), far less exact than the steps.
 *  @see Kvaerno, Singly diagonally implicit Runge-Kutta methods with an explicit first stage, BIT 44, 2004 */
export const kvaerno54: DiagonallyImplicitSolver = diagonallyImplicitSolver("kvaerno54", "L", {
  a,
  b,
  c: a.map((row) => row.reduce((sum, x) => sum + x, 0)),
  order: 5,
  embedded: { b: embedded, order: 4 },
  dense: { weights: hermiteWeights(b), order: 3 },
});
