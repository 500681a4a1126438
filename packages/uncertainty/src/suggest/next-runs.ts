import { instanceOf, needed, whole } from "@stiffnet/base";
import { checkOptions, requireFinite, UncertaintyError } from "../errors.ts";

export interface NextRunsOptions {
  /** Points to choose from, row-major [count, columns]. The unit of each column is its side of the box. */
  readonly candidates: Float64Array;
  readonly columns: number;
  /** Uncertainty of the model at each candidate, at least 0. If all are 0, the runs only fill space. */
  readonly spreads: Float64Array;
  /** Rows that were simulated already, in the same units. Default none. */
  readonly known?: Float64Array;
  /** Number of runs to choose. */
  readonly runs: number;
}

export interface NextRun {
  /** Number of the candidate, from 0. */
  readonly candidate: number;
  readonly spread: number;
  /** To the nearest known row or run chosen before, in lengths of the box's sides. */
  readonly distance: number;
}

/** Chooses runs one after the other, each the candidate x with the largest
 *
 *      s(x) min_j |x - x_j|,
 *
 *  where s is the spread, and x_j are the known rows and the runs chosen before. With a constant s this is
 *  Gonzalez's greedy space-filling design. The spread acts like the charge in a minimum energy design: it
 *  draws runs to where the model is uncertain. The distance keeps the runs of a batch apart, although the
 *  model is not trained between them. The first of equal candidates wins. The function throws `few_points`
 *  if fewer candidates are new than runs are wanted.
 *  @see Gonzalez (1985), Theoretical Computer Science 38
 *  @see Joseph, Dasgupta, Tuo and Wu (2015), Technometrics 57 */
export function nextRuns(options: NextRunsOptions): NextRun[] {
  const array = instanceOf(Float64Array);
  checkOptions("nextRuns", options, {
    candidates: needed(array),
    columns: needed(whole(1)),
    spreads: needed(array),
    known: array,
    runs: needed(whole(1)),
  });
  const { candidates, columns, spreads, known = new Float64Array(0), runs } = options;
  const count = candidates.length / columns;
  if (!(count === spreads.length && Number.isInteger(known.length / columns))) {
    throw new UncertaintyError(
      `nextRuns: ${candidates.length} values of candidates, ${spreads.length} spreads and ${known.length} values of known rows, expected rows of ${columns} and a spread for each candidate`,
      { code: "shape_mismatch" },
    );
  }
  requireFinite("nextRuns: candidate", candidates, columns);
  requireFinite("nextRuns: known row", known, columns);
  requireFinite("nextRuns: spread", spreads, 1);
  const certain = spreads.every((spread) => spread === 0);
  // If no row is known, every candidate counts as one diagonal of the box away.
  const squares = new Float64Array(count).fill(columns);
  const near = (rows: Float64Array, at: number): void => {
    for (let i = 0; i < count; i++) {
      let square = 0;
      for (let c = 0; c < columns; c++) square += (candidates[i * columns + c]! - rows[at + c]!) ** 2;
      if (square < squares[i]!) squares[i] = square;
    }
  };
  for (let at = 0; at < known.length; at += columns) near(known, at);
  return Array.from({ length: runs }, (_, k) => {
    let [best, most] = [-1, 0];
    for (let i = 0; i < count; i++) {
      const score = (certain ? 1 : spreads[i]!) * Math.sqrt(squares[i]!);
      if (score > most) [best, most] = [i, score];
    }
    if (best < 0) {
      throw new UncertaintyError(
        `nextRuns: only ${k} of ${count} candidates are uncertain and differ from the known rows, expected ${runs}`,
        { code: "few_points" },
      );
    }
    const run = { candidate: best, spread: spreads[best]!, distance: Math.sqrt(squares[best]!) };
    near(candidates, best * columns);
    return run;
  });
}
