import { frontPlan } from "../linear/front-plan.ts";
import type { MassMatrix } from "../linear/mass-matrix.ts";
import { patternOf, patternOfEntries, type SparsePattern } from "../linear/sparse-pattern.ts";
import { sparsePays } from "../linear/sparse-table.ts";
import { memoised } from "../memoised.ts";
import type { Band, OdeProblem } from "../problem.ts";
import { bandOf, bandPattern, colourColumns } from "./colouring.ts";
import { requireBand, requireKrylov, requirePattern, requireSparseJacobian } from "./requirements.ts";

/** Column-major; the band's columns; compressed columns; or of J no more than where it is taken. */
export type Storage = "dense" | "banded" | "compressed" | "point";

/** How a Jacobian is stored and differenced: decided once for a problem. */
export interface JacobianLayout {
  readonly storage: Storage;
  readonly band: Band | undefined;
  /** Entries of the storage. */
  readonly size: number;
  /** Column groups for finite differences; undefined means one column at a time, all rows. */
  readonly groups: readonly (readonly number[])[] | undefined;
  /** Entries that the problem declares, and where each is stored (one after another if undefined). */
  readonly declared: SparsePattern | undefined;
  readonly places: Int32Array | undefined;
  /** Entries that are eliminated, with the diagonal and those of the mass matrix; undefined: all, or those of
   *  the band. Where they are stored (one after another if undefined). */
  readonly eliminated: SparsePattern | undefined;
  readonly sources: Int32Array | undefined;
  /** Where the entries are stored that a `sparseJacobian` writes, in its order. */
  readonly listed?: Int32Array;
  /** Where entry (i, j) of the Jacobian is stored; -1 where it is not. */
  index(i: number, j: number): number;
}

/** Refuses what says nothing, or two things, of where the Jacobian is zero. */
export function requireLayout(problem: OdeProblem, n: number): void {
  if (problem.band !== undefined) requireBand(problem.band, n);
  if (problem.sparsity !== undefined) requirePattern(problem, problem.sparsity, n);
  requireSparseJacobian(problem);
  requireKrylov(problem);
}

export function jacobianLayout(problem: OdeProblem, n: number, mass: MassMatrix | undefined): JacobianLayout {
  const { band, sparsity, jacobian } = problem;
  if (problem.krylov !== undefined) return pointLayout(n);
  if (band !== undefined) {
    return bandedLayout(n, band, jacobian === undefined ? bandPattern(n, band.lower, band.upper) : undefined);
  }
  if (sparsity === undefined) return denseLayout(n);
  const declared = patternOf(sparsity);
  const narrow = bandOf(declared);
  const eliminated = withDiagonal(declared, mass);
  // An analytic Jacobian writes what it was told to.
  const free = jacobian === undefined && problem.sparseJacobian === undefined;
  if (free && bandPays(eliminated, narrow)) return bandedLayout(n, narrow, declared);
  const pays = sparsePays(eliminated);
  if (jacobian !== undefined || (free && !pays))
    return denseLayout(n, declared, pays ? eliminated : undefined, free);
  const layout = compressedLayout(declared, eliminated, free);
  return free ? layout : { ...layout, listed: listedPlaces(sparsity, eliminated) };
}

/** Where the entries of the lists are stored, in their order. */
function listedPlaces(lists: readonly (readonly number[])[], eliminated: SparsePattern): Int32Array {
  const places: number[] = [];
  lists.forEach((rows, j) => {
    for (const i of rows) places.push(eliminated.find(i, j));
  });
  return Int32Array.from(places);
}

const bandIndex = ({ lower, upper }: Band): ((i: number, j: number) => number) => {
  const width = lower + upper + 1;
  return (i, j) => (i - j > lower || j - i > upper ? -1 : upper + i - j + width * j);
};

function bandedLayout(n: number, band: Band, declared: SparsePattern | undefined): JacobianLayout {
  const at = bandIndex(band);
  return {
    storage: "banded",
    band,
    size: (band.lower + band.upper + 1) * n,
    groups: declared && colourColumns(declared),
    declared,
    places: declared && placesOf(declared, at),
    eliminated: undefined,
    sources: undefined,
    index: at,
  };
}

export function denseLayout(
  n: number,
  declared?: SparsePattern,
  eliminated?: SparsePattern,
  grouped = false,
): JacobianLayout {
  const at = (i: number, j: number): number => i + n * j;
  return {
    storage: "dense",
    band: undefined,
    size: n * n,
    groups: grouped ? colourColumns(declared!) : undefined,
    declared,
    places: declared && placesOf(declared, at),
    eliminated,
    sources: eliminated && placesOf(eliminated, at),
    index: at,
  };
}

export function compressedLayout(
  declared: SparsePattern,
  eliminated: SparsePattern,
  grouped: boolean,
): JacobianLayout {
  const at = (i: number, j: number): number => eliminated.find(i, j);
  return {
    storage: "compressed",
    band: undefined,
    size: eliminated.size,
    groups: grouped ? colourColumns(declared) : undefined,
    declared,
    places: declared.size === eliminated.size ? undefined : placesOf(declared, at),
    eliminated,
    sources: undefined,
    index: at,
  };
}

/** The state, the slope, the error weights and the time. */
function pointLayout(n: number): JacobianLayout {
  return {
    storage: "point",
    band: undefined,
    size: 3 * n + 1,
    groups: undefined,
    declared: undefined,
    places: undefined,
    eliminated: undefined,
    sources: undefined,
    index: () => -1,
  };
}

function placesOf({ n, starts, rows }: SparsePattern, at: (i: number, j: number) => number): Int32Array {
  const places = new Int32Array(rows.length);
  for (let j = 0; j < n; j++) for (let e = starts[j]!; e < starts[j + 1]!; e++) places[e] = at(rows[e]!, j);
  return places;
}

const completed = /* @__PURE__ */ memoised((declared: SparsePattern) => declared.union(declared, true));

function withDiagonal(declared: SparsePattern, mass: MassMatrix | undefined): SparsePattern {
  if (mass === undefined) return completed(declared);
  return declared.union(patternOfEntries(mass.n, mass.rows, mass.columns), true);
}

/** Up to so many diagonals on a side a band is eliminated at once; beyond, products are counted: those of a
 *  sparse elimination come at about twice the price. */
const NARROW = 8;
const PRICE = 2;

export function bandPays(eliminated: SparsePattern, { lower, upper }: Band): boolean {
  const { n } = eliminated;
  // A factor is lower + upper wide above the diagonal: it has to be well below half of the matrix.
  if (3 * (2 * lower + upper + 1) >= n) return false;
  if (Math.max(lower, upper) <= NARROW) return true;
  return n * (lower + 1) * (lower + upper + 1) < PRICE * frontPlan(eliminated).products;
}

/** Calls `visit` for each entry that is stored. */
export function forEachEntry(
  { storage, band, eliminated }: JacobianLayout,
  n: number,
  visit: (i: number, j: number, at: number) => void,
): void {
  if (storage === "compressed") {
    const { starts, rows } = eliminated!;
    for (let j = 0; j < n; j++) for (let e = starts[j]!; e < starts[j + 1]!; e++) visit(rows[e]!, j, e);
    return;
  }
  const lower = band?.lower ?? n - 1;
  const upper = band?.upper ?? n - 1;
  const width = band === undefined ? n : lower + upper + 1;
  for (let j = 0; j < n; j++) {
    const offset = band === undefined ? 0 : upper - j;
    const last = Math.min(n - 1, j + lower);
    for (let i = Math.max(0, j - upper); i <= last; i++) visit(i, j, offset + i + width * j);
  }
}
