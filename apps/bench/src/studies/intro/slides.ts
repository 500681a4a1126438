import { oneStepSolvers } from "@stiffnet/integrators";
import { type IntroRun, integrate, type Tolerances } from "./two-rates.ts";

/** The slides' figures for rates 1 and 100: the first step, and the step once the fast component is
 *  exhausted. */
export const slides = { rate: 100, firstStep: 1e-4, laterStep: 0.03 } as const;

export interface SlidesRow {
  readonly method: string;
  /** The relative tolerance with which step control chooses the slides' first step. Null if no tolerance from
   *  1e-12 to 0.1 does. */
  readonly rtol: number | null;
  /** The run at that tolerance. If there is none, at the given tolerance with the slides' first step. */
  readonly run: IntroRun;
  /** Both figures agree to the one digit that the slides give. */
  readonly agrees: boolean;
}

/** For every explicit method, the tolerance that gives the slides' first step, and the later step. The
 *  absolute tolerance keeps its ratio to the relative one. */
export function reproduceSlides(horizon: number, { rtol, atol }: Tolerances): SlidesRow[] {
  const scaled = (r: number): Tolerances => ({ rtol: r, atol: (atol / rtol) * r });
  return oneStepSolvers
    .filter(({ kind }) => kind === "explicit")
    .map(({ name }) => {
      const first = (exponent: number): number =>
        // A shorter horizon would cut the first step; one of a few steps is enough to see it.
        integrate(name, slides.rate, 10 * slides.firstStep, scaled(10 ** exponent)).run.firstStep;
      let [low, high] = [-12, -1];
      const found = first(low) <= slides.firstStep && first(high) >= slides.firstStep;
      for (let k = 0; found && k < 40; k++) {
        const middle = (low + high) / 2;
        if (first(middle) < slides.firstStep) low = middle;
        else high = middle;
      }
      const chosen = found ? 10 ** high : null;
      const { run } = integrate(
        name,
        slides.rate,
        horizon,
        chosen === null ? { rtol, atol } : scaled(chosen),
        chosen === null ? slides.firstStep : undefined,
      );
      return {
        method: name,
        rtol: chosen,
        run,
        agrees: chosen !== null && Number(run.laterStep.toPrecision(1)) === slides.laterStep,
      };
    });
}
