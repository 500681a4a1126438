import { memoised } from "../memoised.ts";
import type { RosenbrockTableau } from "../tableau/rosenbrock.ts";
import { type StageTerms, stageTerms } from "./stage-sums.ts";

/** A tableau as the stepper wants it: rows of equal length, and what about them saves work. */
export interface RosenbrockCoefficients {
  readonly a: readonly Float64Array[];
  readonly c: readonly Float64Array[];
  readonly m: Float64Array;
  /** With the scale of the error estimate. */
  readonly e: Float64Array;
  /** The same, for sums over stages. */
  readonly sums: {
    readonly a: readonly StageTerms[];
    readonly c: readonly StageTerms[];
    readonly m: StageTerms;
    readonly e: StageTerms;
  };
  readonly dense: readonly Float64Array[];
  /** Row i of A is row i - 1 and one term more: the argument of that stage, still there, needs only the last
   *  increment added. Entry s says so of the row of the m_i. */
  readonly extends: readonly boolean[];
  /** The stage's argument and time are those of the stage before it: they share a slope. */
  readonly repeats: readonly boolean[];
  /** The error estimate is a multiple of the last increment. */
  readonly lastIsError: boolean;
}

export const rosenbrockCoefficients: (tableau: RosenbrockTableau) => RosenbrockCoefficients =
  /* @__PURE__ */ memoised(derive);

function derive(tableau: RosenbrockTableau): RosenbrockCoefficients {
  const s = tableau.m.length;
  const square = (rows: readonly (readonly number[])[]) =>
    rows.map((row) => Float64Array.from({ length: s }, (_, j) => row[j] ?? 0));
  const a = square(tableau.a);
  const c = square(tableau.c);
  const m = Float64Array.from(tableau.m);
  const e = Float64Array.from(tableau.e, (x) => x * (tableau.errorScale ?? 1));
  const rows = [...a, m];
  const continues = (i: number) =>
    i > 0 && rows[i]!.subarray(0, i - 1).every((x, j) => x === rows[i - 1]![j]);
  const repeats = a.map(
    (row, i) => continues(i) && row[i - 1] === 0 && tableau.alpha[i] === tableau.alpha[i - 1],
  );
  // Before the first stage that does not repeat y, no argument is there to be extended.
  const first = repeats.indexOf(false, 1);
  return {
    a,
    c,
    m,
    e,
    sums: {
      a: a.map((row, i) => stageTerms(row, i)),
      c: c.map((row, i) => stageTerms(row, i)),
      m: stageTerms(m),
      e: stageTerms(e),
    },
    dense: square(tableau.dense),
    extends: rows.map((_, i) => first > 0 && i > first && continues(i)),
    repeats,
    lastIsError: e.every((x, i) => i === s - 1 || x === 0),
  };
}
