import { randomStream, resumeStream } from "@stiffnet/base";
import {
  type Adaptation,
  adaptStep,
  copyOf,
  endWindow,
  restartStep,
  seePosition,
  settleStep,
  startAdaptation,
  wantedAcceptance,
  windowsOf,
} from "./adaptation.ts";
import { startOf } from "./start.ts";
import { drawFrom, findStep, type LogDensity, largestDepth } from "./trajectory.ts";

/** Everything that a chain is, as plain JSON: it goes on from here to the same bits. */
export interface ChainState {
  readonly random: readonly number[];
  readonly position: readonly number[];
  /** Done, warm-up included. */
  readonly iteration: number;
  readonly adaptation: Adaptation;
  /** Positions after the warm-up, one after the other. */
  readonly draws: readonly number[];
  /** Of the draws: where the energy ran away, and where the tree was cut at its largest depth. */
  readonly divergences: number;
  readonly deepest: number;
  /** Steps of all trajectories, warm-up included: evaluations of the density. */
  readonly evaluations: number;
}

export interface Chain {
  /** One iteration. */
  advance(): void;
  state(): ChainState;
}

/** A no-U-turn sampler. While it warms up, its step and its metric are adapted.
 *  @see Hoffman and Gelman (2014), JMLR 15; Betancourt (2017), arXiv:1701.02434, appendix A */
export function createChain(
  density: LogDensity,
  dimension: number,
  { warmup, seed, chain }: { readonly warmup: number; readonly seed: number; readonly chain: number },
  saved?: ChainState,
): Chain {
  const random = saved ? resumeStream(saved.random) : randomStream(seed, chain);
  const start = saved ? undefined : startOf(density, dimension, random);
  const adaptation = saved ? copyOf(saved.adaptation) : startAdaptation(start!.root);
  const draws = [...(saved?.draws ?? [])];
  let { iteration, divergences, deepest, evaluations } = saved ?? {
    iteration: 0,
    divergences: 0,
    deepest: 0,
    evaluations: start!.evaluations,
  };
  let position: Float64Array = Float64Array.from(saved?.position ?? start!.position);
  const windows = windowsOf(warmup);
  const motion = () => ({ density, random, root: adaptation.root });
  const newStep = (): void => {
    const { step, steps } = findStep(motion(), position, adaptation.step, wantedAcceptance);
    restartStep(adaptation, step);
    evaluations += steps;
  };
  return {
    advance() {
      if (iteration === 0) newStep();
      const drawn = drawFrom(motion(), position, adaptation.step);
      position = drawn.position;
      evaluations += drawn.steps;
      iteration++;
      if (iteration > warmup) {
        draws.push(...position);
        if (drawn.diverged) divergences++;
        if (drawn.depth === largestDepth) deepest++;
        return;
      }
      adaptStep(adaptation, drawn.acceptance);
      const { from, ends } = windows;
      if (iteration > from && iteration <= (ends.at(-1) ?? 0)) seePosition(adaptation, position);
      if (ends.includes(iteration)) {
        endWindow(adaptation);
        newStep();
      }
      if (iteration === warmup) settleStep(adaptation);
    },
    state: () => ({
      random: [...random.state()],
      position: [...position],
      iteration,
      draws: [...draws],
      adaptation: copyOf(adaptation),
      divergences,
      deepest,
      evaluations,
    }),
  };
}
