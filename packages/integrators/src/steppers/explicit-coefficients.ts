import { memoised } from "../memoised.ts";
import {
  type ButcherTableau,
  companionDifference,
  embeddedDifference,
  estimateOrder,
  isStifflyAccurate,
} from "../tableau/butcher.ts";
import { denseColumns } from "./dense-polynomial.ts";
import { type StageTerms, stageTerms } from "./stage-sums.ts";

/** An explicit tableau as the stepper wants it. */
export interface ExplicitCoefficients {
  readonly errorOrder: number;
  readonly a: readonly StageTerms[];
  readonly b: StageTerms;
  readonly c: Float64Array;
  /** Terms of the error estimate and of its companion. */
  readonly error: StageTerms | undefined;
  readonly companion: StageTerms | undefined;
  readonly dense: readonly Float64Array[];
  /** Terms of further stages for dense output. */
  readonly extra: readonly StageTerms[];
  readonly extraC: readonly number[];
  /** The last stage is the slope at the end. */
  readonly reusesLast: boolean;
}

/** Once for each tableau: a short run on a small system must not spend its time on this. */
export const explicitCoefficients: (tableau: ButcherTableau) => ExplicitCoefficients =
  /* @__PURE__ */ memoised(derive);

function derive(tableau: ButcherTableau): ExplicitCoefficients {
  const { a, b, c, order, embedded, dense } = tableau;
  const companion = embedded && companionDifference(b, embedded);
  return {
    errorOrder: Math.min(order, embedded ? estimateOrder(embedded) : order),
    a: a.map((row) => stageTerms(row)),
    b: stageTerms(b),
    c: Float64Array.from(c),
    error: embedded && stageTerms(embeddedDifference(b, embedded)),
    companion: companion && stageTerms(companion),
    dense: denseColumns(dense.weights),
    extra: (dense.extra?.a ?? []).map((row) => stageTerms(row)),
    extraC: dense.extra?.c ?? [],
    reusesLast: b.length > 1 && isStifflyAccurate(tableau),
  };
}
