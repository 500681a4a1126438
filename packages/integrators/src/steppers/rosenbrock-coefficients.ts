import { memoised } from "../memoised.ts";
import type { RosenbrockTableau } from "../tableau/rosenbrock.ts";
import { type StageTerms, stageTerms } from "./stage-sums.ts";

/** A tableau as sums over stages. */
export interface RosenbrockCoefficients {
  readonly a: readonly StageTerms[];
  readonly c: readonly StageTerms[];
  readonly m: StageTerms;
  /** With the scale of the error estimate. */
  readonly e: StageTerms;
  readonly dense: readonly Float64Array[];
  /** The stage's argument and time are those of the stage before it: they share a slope. */
  readonly repeats: readonly boolean[];
}

export const rosenbrockCoefficients: (tableau: RosenbrockTableau) => RosenbrockCoefficients =
  /* @__PURE__ */ memoised(derive);

function derive({ a, c, m, e, errorScale = 1, alpha, dense }: RosenbrockTableau): RosenbrockCoefficients {
  const entry = (i: number, j: number) => a[i]![j] ?? 0;
  return {
    a: a.map((row, i) => stageTerms(row, i)),
    c: c.map((row, i) => stageTerms(row, i)),
    m: stageTerms(m),
    e: stageTerms(e.map((x) => x * errorScale)),
    dense: dense.map((row) => Float64Array.from(m, (_, j) => row[j] ?? 0)),
    repeats: a.map(
      (row, i) =>
        i > 0 && alpha[i] === alpha[i - 1] && row.every((_, j) => j >= i || entry(i, j) === entry(i - 1, j)),
    ),
  };
}
