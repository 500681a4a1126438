import { auto, discrete, interpolated, rodas5P, solveBatch } from "../src/index.ts";
import { decay } from "./simple-problems.ts";
import { wild, withOptions, withProblem } from "./wrong-uses.ts";

/** Fields and options that there are not, and what the answer says. */
export const wrongNames: readonly (readonly [string, () => unknown, RegExp])[] = [
  [
    "a mass matrix by another name",
    withProblem({ massMatrix: [1] }),
    /no field massMatrix: it is called mass/,
  ],
  ["SciPy's mass matrix", withProblem({ mass_matrix: [1] }), /no field mass_matrix: it is called mass/],
  ["a Jacobian by another name", withProblem({ jac: () => {} }), /no field jac: it is called jacobian/],
  ["SciPy's pattern", withProblem({ jac_sparsity: [[0]] }), /no field jac_sparsity: it is called sparsity/],
  ["Julia's state", withProblem({ u0: [1] }), /no field u0: it is called y0/],
  ["options in the problem", withProblem({ rtol: 1e-3 }), /no field rtol: it is an option/],
  ["events in the problem", withProblem({ events: [] }), /no field events: it is an option/],
  ["args in the problem", withProblem({ args: [1] }), /no field args: it is called parameters/],
  ["a slip in a field", withProblem({ autonomus: true }), /no field autonomus: did you mean autonomous/],
  ["a field of no meaning", withProblem({ colour: 1 }), /no field colour, expected one of f, y0/],
  ["the problem's field as an option", withOptions({ mass: [1] }), /no option mass: it is a field of the/],
  ["critical times", withOptions({ tcrit: [1] }), /no option tcrit: it is called/],
  [
    "an option of discrete",
    () => discrete(wild({ checkpoints: 3 })),
    /discrete: there is no option checkpoints/,
  ],
  [
    "an option of interpolated",
    () => interpolated(wild({ quad: 3 })),
    /interpolated: there is no option quad/,
  ],
  ["a named solver back", () => interpolated(wild({ solver: "RK45" })), /solver is "RK45"/],
  [
    "an option of auto",
    () => auto(wild({ stif: rodas5P })),
    /auto: there is no option stif: did you mean stiff/,
  ],
  ["a batch with params", () => solveBatch(decay, wild({ y0: [1], params: [1] })), /params: it is a field/],
];
