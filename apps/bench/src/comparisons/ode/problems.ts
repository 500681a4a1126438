import { readFileSync } from "node:fs";
import type { OdeProblem } from "@stiffnet/integrators";
import {
  brusselator,
  brusselator2d,
  e5,
  hires,
  orego,
  pendulum,
  pollu,
  rober,
  type TestProblem,
  vdpol,
} from "@stiffnet/integrators/problems";
import { akzo, ring, robertsonDae, transistor } from "./circuits.ts";
import { emep, emepJumps } from "./emep.ts";
import { allenCahn, heat, medicalAkzo } from "./lines.ts";
import { arenstorf, beam, pleiades } from "./mechanics.ts";

/** The end state of a problem, which the answers of contestants are compared with. */
export interface EndState {
  readonly name: string;
  readonly reference: readonly number[];
  /** Components below this part of the largest are judged by it. */
  readonly floor?: number;
  /** The components that are judged; all if not given. */
  readonly judged?: readonly number[];
}

/** A problem with its end state, as all contestants solve it. */
export interface OdeCase extends EndState {
  readonly problem: OdeProblem;
  readonly unknowns: number;
  readonly stiff: boolean;
  /** Stiff by diffusion: eigenvalues near the negative real axis. */
  readonly diffusive?: boolean;
  /** Where f jumps. */
  readonly tStops?: readonly number[];
  /** Relative tolerances where none are asked for. */
  readonly rtols: readonly number[];
  atolFor(rtol: number): number[];
}

/** Recorded end states, with their origin. */
const recorded: Readonly<Record<string, { readonly source: string; readonly y: number[] }>> = JSON.parse(
  readFileSync(new URL("../../../peers/ode_references.json", import.meta.url), "utf8"),
);

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

/** The disc of `brusselator2d` is switched on at 1.1; its Jacobian is differenced, as for the others. */
const { sparseJacobian: _, ...plane } = brusselator2d(64);

/** Problems that are not in the package. The tolerance is `scale` times rtol. */
const others: readonly (Pick<OdeCase, "name" | "problem" | "stiff" | "diffusive" | "tStops" | "floor"> & {
  readonly scale: number;
})[] = [
  { name: "ARENSTORF", problem: arenstorf, stiff: false, scale: 1 },
  { name: "PLEIADES", problem: pleiades, stiff: false, scale: 1 },
  { name: "BEAM", problem: beam, stiff: true, tStops: [Math.PI], scale: 1 },
  { name: "RING", problem: ring, stiff: true, scale: 1e-2 },
  { name: "MEDAKZO", problem: medicalAkzo, stiff: true, diffusive: true, tStops: [5], scale: 1e-2 },
  { name: "HEAT", problem: heat, stiff: true, diffusive: true, scale: 1 },
  { name: "ALLEN", problem: allenCahn, stiff: true, diffusive: true, scale: 1 },
  { name: "BRUSS2D", problem: plane, stiff: true, diffusive: true, tStops: [1.1], scale: 1 },
  { name: "EMEP", problem: emep, stiff: true, tStops: emepJumps, scale: 1e4, floor: 1e-8 },
  { name: "ROBDAE", problem: robertsonDae, stiff: true, scale: 1e-6 },
  { name: "AKZO", problem: akzo, stiff: true, scale: 1e-3 },
  { name: "TRANSISTOR", problem: transistor, stiff: true, scale: 1 },
];

const tests: readonly TestProblem[] = [
  rober,
  orego,
  hires,
  vdpol,
  e5,
  pollu,
  pendulum(1),
  pendulum(2),
  pendulum(3),
];

/** 10^-from to 10^-to. */
const decades = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, k) => Number(`1e-${from + k}`));

const usualRtols = decades(2, 9);

/** The usual tolerances do not reach the errors that are compared. The orbit multiplies errors by 1e7, the
 *  stars by 1e3. On the other problems multistep methods and index 3 lose a digit. The beam would take
 *  minutes to 1e-7, and E5's absolute tolerance is given. */
const otherRtols: Readonly<Record<string, readonly number[]>> = {
  OREGO: decades(2, 10),
  PENDULUM3: decades(2, 10),
  ARENSTORF: decades(6, 13),
  PLEIADES: decades(3, 12),
  MEDAKZO: decades(2, 10),
};

const cases: readonly Omit<OdeCase, "rtols">[] = [
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
    diffusive: true,
    reference: recorded.BRUSS!.y,
    atolFor: (rtol) => new Array<number>(200).fill(rtol),
  },
  {
    name: "LORENZ",
    problem: lorenz,
    unknowns: 3,
    stiff: false,
    reference: recorded.LORENZ!.y,
    atolFor: (rtol) => new Array<number>(3).fill(rtol / 10),
  },
  ...others.map(({ scale, ...each }) => ({
    floor: 1e-3,
    ...each,
    unknowns: each.problem.y0.length,
    reference: recorded[each.name]!.y,
    atolFor: (rtol: number) => new Array<number>(each.problem.y0.length).fill(scale * rtol),
  })),
];

/** E5 is judged by the two species that are left. Components of an index above 1 are not judged, because
 *  their errors are controlled only up to h^(index - 1). */
function judgedOf({ name, problem: { index }, reference }: Omit<OdeCase, "rtols">): number[] {
  if (name === "E5") return [1, 2];
  return reference.map((_, i) => i).filter((i) => (index?.[i] ?? 1) === 1);
}

export const odeCases: readonly OdeCase[] = cases.map((each) => ({
  ...each,
  judged: judgedOf(each),
  rtols: otherRtols[each.name] ?? usualRtols,
}));

/** Whether no equation needs to be differentiated more than once. */
export function ofIndexOne({ index }: OdeProblem): boolean {
  return index === undefined || Array.from(index).every((each) => each === 1);
}

/** Largest relative error of a component at the end. */
export function errorAtEnd({ reference, floor = 0, judged }: EndState, y: ArrayLike<number>): number {
  const least = floor * reference.reduce((size, x) => Math.max(size, Math.abs(x)), 0);
  // Not Math.max of all: NaN must not be lost on the way.
  return (judged ?? reference.map((_, i) => i)).reduce((worst, i) => {
    const error = Math.abs(y[i]! - reference[i]!) / Math.max(Math.abs(reference[i]!), least);
    return error > worst || Number.isNaN(error) ? error : worst;
  }, 0);
}
