import { readFileSync } from "node:fs";
import {
  brusselator,
  e5,
  hires,
  type OdeProblem,
  orego,
  pollu,
  rober,
  type TestProblem,
  vdpol,
} from "@stiffnet/integrators";

/** A problem with its end state, as all contestants solve it. */
export interface OdeCase {
  readonly name: string;
  readonly problem: OdeProblem;
  readonly unknowns: number;
  readonly stiff: boolean;
  readonly reference: readonly number[];
  atolFor(rtol: number): number[];
}

/** Recorded end states, with their origin. */
const recorded: Readonly<Record<"BRUSS" | "LORENZ", { readonly source: string; readonly y: number[] }>> =
  JSON.parse(readFileSync(new URL("../../../peers/ode_references.json", import.meta.url), "utf8"));

/** The Lorenz equations, to a time before chaos takes over: not stiff, for explicit methods. */
const lorenz: OdeProblem = {
  f: (_t, y, dy) => {
    dy[0] = 10 * (y[1]! - y[0]!);
    dy[1] = y[0]! * (28 - y[2]!) - y[1]!;
    dy[2] = y[0]! * y[1]! - (8 / 3) * y[2]!;
  },
  autonomous: true,
  y0: [1, 2, 3],
  tSpan: [0, 2],
};

const tests: readonly TestProblem[] = [rober, orego, hires, vdpol, e5, pollu];

export const odeCases: readonly OdeCase[] = [
  ...tests.map((problem) => ({
    name: problem.name,
    problem,
    unknowns: problem.y0.length,
    stiff: true,
    reference: problem.reference,
    atolFor: (rtol: number) => problem.atolFor(rtol),
  })),
  {
    name: "BRUSS",
    problem: brusselator(100),
    unknowns: 200,
    stiff: true,
    reference: recorded.BRUSS.y,
    atolFor: (rtol) => new Array<number>(200).fill(rtol),
  },
  {
    name: "LORENZ",
    problem: lorenz,
    unknowns: 3,
    stiff: false,
    reference: recorded.LORENZ.y,
    atolFor: (rtol) => new Array<number>(3).fill(rtol / 10),
  },
];

/** Largest relative error of a component at the end; E5 is judged by the two species that are left. */
export function errorAtEnd({ name, reference }: OdeCase, y: ArrayLike<number>): number {
  const judged = name === "E5" ? [1, 2] : reference.map((_, i) => i);
  // Not Math.max of all: NaN must not be lost on the way.
  return judged.reduce((worst, i) => {
    const error = Math.abs(y[i]! / reference[i]! - 1);
    return error > worst || Number.isNaN(error) ? error : worst;
  }, 0);
}
