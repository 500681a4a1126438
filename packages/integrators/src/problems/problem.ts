import type { OdeProblem } from "../problem.ts";

/** A standard problem with the state at its end as published or computed to more digits than any test asks
 *  for. */
export interface TestProblem extends OdeProblem {
  readonly name: string;
  readonly reference: readonly number[];
  /** Source of the reference. */
  readonly source: string;
  /** Absolute tolerances that go with rtol: components that matter while tiny get small ones. */
  atolFor(rtol: number): number[];
}
