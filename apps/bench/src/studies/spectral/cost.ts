import { type Deciles, decilesOf, median } from "@stiffnet/report";
import type { Watch } from "@stiffnet/trials";
import type { EngineUnderTest } from "../../comparisons/step/engine-protocol.ts";
import { stiffnetEngine } from "../../comparisons/step/engine-stiffnet.ts";
import { type StepModel, type StepSizes, stepModels, stepProblem } from "../../comparisons/step/problem.ts";

export type CostAxis = "width" | "depth" | "batch";

export interface CostCase {
  readonly axis: CostAxis;
  readonly width: number;
  readonly depth: number;
  readonly batch: number;
  readonly models: readonly {
    readonly model: StepModel;
    /** Milliseconds over the timed steps. */
    readonly ms: Deciles;
    readonly steps: number;
    /** Over the median of the plain step. */
    readonly ratio: number;
  }[];
}

export interface CostSpec {
  readonly sizes: StepSizes;
  readonly values: Readonly<Record<CostAxis, readonly number[]>>;
  /** Training before anything is timed: the iterative method's start vectors and lengths settle. */
  readonly warmEpochs: number;
  readonly rounds: number;
  readonly secondsPerRound: number;
  readonly seed: number;
}

/** Batches of an epoch. */
const batches = 20;

/** A step that takes longer than this is not slower the first time to any degree that matters. */
const longStep = 1000;

/** Varies one size at a time and times the slides' models in turns, in one process and on one thread. The
 *  cases so far where it is interrupted. */
export async function measureCost(spec: CostSpec, watch: Watch): Promise<CostCase[]> {
  const cases: CostCase[] = [];
  for (const axis of ["width", "depth", "batch"] as const) {
    for (const value of spec.values[axis]) {
      const sizes = { ...spec.sizes, [axis]: value };
      const measured = await costCase(axis, sizes, spec, watch);
      if (measured === undefined) return cases;
      watch.note(
        `${axis} ${value}: ${measured.models.map(({ model, ms }) => `${model} ${ms.median.toPrecision(3)} ms`).join(", ")}`,
      );
      cases.push(measured);
    }
  }
  return cases;
}

async function costCase(
  axis: CostAxis,
  sizes: StepSizes,
  spec: CostSpec,
  watch: Watch,
): Promise<CostCase | undefined> {
  const problem = stepProblem(sizes, spec.seed, batches);
  const runners: { model: StepModel; engine: EngineUnderTest; times: number[] }[] = [];
  for (const model of stepModels) {
    const engine = stiffnetEngine(problem, { model, threads: 1 });
    const runner = { model, engine, times: [] as number[] };
    // Gelfand's formula keeps nothing from step to step: one is enough, and counts where it is long.
    if (model === "RES stiff (gelfand)") {
      const first = timed(() => engine.train(1));
      if (first > longStep) runner.times.push(first);
    } else engine.train(batches * spec.warmEpochs);
    runners.push(runner);
    if (await watch.interrupted()) return undefined;
  }
  for (let round = 0; round < spec.rounds; round++) {
    for (const { engine, times } of runners) {
      const spent = times.reduce((sum, ms) => sum + ms, 0);
      // What one step alone has used up is not asked again.
      if (spent > 1000 * spec.secondsPerRound * spec.rounds) continue;
      const until = performance.now() + 1000 * spec.secondsPerRound;
      do times.push(timed(() => engine.step()));
      while (performance.now() < until);
      if (await watch.interrupted()) return undefined;
    }
  }
  const plain = median(runners[0]!.times);
  return {
    axis,
    width: sizes.width,
    depth: sizes.depth,
    batch: sizes.batch,
    models: runners.map(({ model, times }) => ({
      model,
      ms: decilesOf(times),
      steps: times.length,
      ratio: median(times) / plain,
    })),
  };
}

function timed(run: () => void): number {
  const began = performance.now();
  run();
  return performance.now() - began;
}
