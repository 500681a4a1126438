import {
  callback,
  digestOf,
  fields,
  listOf,
  needed,
  number,
  object,
  positive,
  quantileOf,
  type SamplingStream,
  samplingStream,
  seed as seedCheck,
  whole,
} from "@stiffnet/base";
import { checkOptions, UncertaintyError } from "../errors.ts";
import type { Calibration } from "../intervals.ts";
import { type ChainState, createChain } from "./chain.ts";
import { type Observation, type OwnError, ownError, type Prior, posteriorOf } from "./density.ts";
import { type Diagnostics, diagnose } from "./diagnostics.ts";
import { normalQuantile } from "./normal.ts";
import type { SpreadSurrogate } from "./surrogate.ts";
import type { LogDensity } from "./trajectory.ts";

export interface SampleOptions {
  /** Default 4. */
  readonly chains?: number;
  /** Iterations of each chain that adapt it and are thrown away. Default 1000. */
  readonly warmup?: number;
  /** Iterations of each chain that are kept. Default 1000. */
  readonly draws?: number;
  /** Of everything random. Default 1. */
  readonly seed?: number;
  /** Chains to go on with, of an earlier call with the same arguments. */
  readonly resume?: readonly ChainState[];
  /** Called every few iterations; false ends the sampling. `states` is what `resume` takes. */
  readonly watch?: (progress: {
    readonly done: number;
    readonly total: number;
    readonly states: () => ChainState[];
  }) => boolean | Promise<boolean>;
}

const sampleChecks = {
  chains: whole(1, 64),
  warmup: whole(20),
  draws: whole(16),
  seed: seedCheck,
  resume: listOf(object),
  watch: callback,
};

/** Iterations between two calls of `watch`. */
const slice = 10;

/** Draws from a density in R^dimension by no-U-turn samplers, one chain after the other: their states, whose
 *  `draws` are the positions. Fewer draws where `watch` ended it. A function of the arguments alone, the same
 *  bits on every machine if the density is. */
export async function sampleDensity(
  density: LogDensity,
  dimension: number,
  options: SampleOptions = {},
): Promise<ChainState[]> {
  checkOptions<SampleOptions>("sampleDensity", options, sampleChecks);
  const { chains = 4, warmup = 1000, draws = 1000, seed = 1, resume = [], watch } = options;
  const iterations = warmup + draws;
  const done: ChainState[] = [];
  for (let k = 0; k < chains; k++) {
    const saved = resume[k];
    const chain = createChain(density, dimension, { warmup, seed, chain: k }, saved);
    for (let i = saved?.iteration ?? 0; i < iterations; i++) {
      if (watch && i % slice === 0) {
        const states = () => [...done, chain.state(), ...resume.slice(k + 1)];
        const goesOn = await watch({ done: k * iterations + i, total: chains * iterations, states });
        if (!goesOn) return states();
      }
      chain.advance();
    }
    done.push(chain.state());
  }
  return done;
}

/** What is known before inputs are calibrated. */
export interface CalibrationProblem {
  readonly surrogate: SpreadSurrogate;
  /** One for each input. */
  readonly priors: readonly Prior[];
  readonly observations: readonly Observation[];
  /** Of the surrogate's own error. */
  readonly calibration: Calibration;
}

/** One observation beside what the posterior says of it: the model, its own error and the observation's. */
export interface Predicted {
  /** Ends of the 90 % interval of another such observation, and its middle. */
  readonly low: number;
  readonly median: number;
  readonly high: number;
  /** Share of such observations that are below this one. */
  readonly below: number;
  /** Deviation of the surrogate's own error, in root mean square over the draws. */
  readonly own: number;
}

export interface CalibratedInputs {
  /** Draws of all chains one after the other, row-major [chains x draws, inputs], in physical units. */
  readonly draws: Float64Array;
  /** One for each input; nothing of one that is held. */
  readonly diagnostics: readonly (Diagnostics | undefined)[];
  /** One for each observation. */
  readonly predicted: readonly Predicted[];
  /** Draws where the sampler's energy ran away: a part of the posterior may be missed. */
  readonly divergences: number;
  /** Draws whose trajectory was cut at its largest length. */
  readonly deepest: number;
  /** Of the surrogate and its derivatives. */
  readonly evaluations: number;
  /** SHA-256 of `draws`. */
  readonly digest: string;
}

/** The posterior of a surrogate's inputs, given observations of its outputs: with F and s what the surrogate
 *  answers and how far off it may be,
 *
 *      p(x | y) ~ prior(x) prod_o N(y_o; F_o(x), error_o^2 + s_o(x)^2),
 *
 *  errors independent of each other. Priors are cut to their bounds. Nothing is returned where `watch` ended
 *  it. Misuse throws: `no_observations`, `no_inputs`, `no_intervals`, `bad_option`. */
export async function calibrateInputs(
  problem: CalibrationProblem,
  options: SampleOptions = {},
): Promise<CalibratedInputs | undefined> {
  checkOptions<SampleOptions>("calibrateInputs", options, sampleChecks);
  const own = requireProblem(problem);
  const { surrogate, priors, observations } = problem;
  const { chains = 4, draws = 1000 } = options;
  const { density, dimension, inputsAt } = posteriorOf(surrogate, priors, observations, own);
  const states = await sampleDensity(density, dimension, options);
  if (states.length < chains || states.some((state) => state.draws.length < draws * dimension))
    return undefined;
  const inputs = priors.length;
  const all = new Float64Array(chains * draws * inputs);
  states.forEach((state, k) => {
    for (let i = 0; i < draws; i++) {
      all.set(inputsAt(state.draws.slice(i * dimension, (i + 1) * dimension)), (k * draws + i) * inputs);
    }
  });
  const of = (input: number) =>
    states.map((_, k) =>
      Float64Array.from({ length: draws }, (_, i) => all[(k * draws + i) * inputs + input]!),
    );
  const total = (field: "divergences" | "deepest" | "evaluations") =>
    states.reduce((sum, state) => sum + state[field], 0);
  return {
    draws: all,
    diagnostics: priors.map((prior, i) => (typeof prior === "number" ? undefined : diagnose(of(i)))),
    predicted: predictedAt(problem, own, all, samplingStream(options.seed ?? 1, "noise")),
    divergences: total("divergences"),
    deepest: total("deepest"),
    evaluations: total("evaluations"),
    digest: digestOf(all),
  };
}

function predictedAt(
  { surrogate, priors, observations }: CalibrationProblem,
  own: OwnError,
  draws: Float64Array,
  random: SamplingStream,
): Predicted[] {
  const count = draws.length / priors.length;
  const replicates = observations.map(() => new Float64Array(count));
  const squares = observations.map(() => 0);
  for (let i = 0; i < count; i++) {
    const { mean, std } = surrogate.at(draws.slice(i * priors.length, (i + 1) * priors.length));
    observations.forEach(({ output, error }, k) => {
      const size = own.of(output, mean[output]!, std[output]!);
      squares[k]! += (size * size) / count;
      const deviation = Math.sqrt(error * error + size * size);
      replicates[k]![i] = mean[output]! + deviation * normalQuantile(random.uniform());
    });
  }
  return observations.map(({ value }, k) => {
    const sorted = replicates[k]!.sort();
    return {
      low: quantileOf(sorted, 0.05),
      median: quantileOf(sorted, 0.5),
      high: quantileOf(sorted, 0.95),
      below: sorted.filter((one) => one < value).length / count,
      own: Math.sqrt(squares[k]!),
    };
  });
}

function requireProblem({ priors, observations, calibration, surrogate }: CalibrationProblem) {
  const refuse = (code: string, what: string): never => {
    throw new UncertaintyError(`calibrateInputs: ${what}`, { code });
  };
  checkOptions<CalibrationProblem>(
    "calibrateInputs",
    { priors, observations, calibration, surrogate },
    {
      surrogate: needed(object),
      priors: needed(listOf({ expected: "an axis or a number", fault: () => undefined }, 1)),
      observations: needed(
        listOf(
          fields<Observation>({ output: needed(whole(0)), value: needed(number()), error: needed(positive) }),
        ),
      ),
      calibration: needed(object),
    },
  );
  if (observations.length === 0) refuse("no_observations", "no output is observed, expected at least one");
  if (priors.every((prior) => typeof prior === "number")) {
    refuse("no_inputs", "every input has a fixed value, expected at least one that varies");
  }
  observations.forEach(({ output }, k) => {
    if (output >= calibration.outputs.length) {
      refuse("bad_option", `output ${output} is observed, expected one below ${calibration.outputs.length}`);
    }
    if (observations.findIndex((other) => other.output === output) < k) {
      refuse("bad_option", `output ${output} is observed twice, expected once`);
    }
  });
  return (
    ownError(calibration) ??
    refuse(
      "no_intervals",
      `the intervals were made from ${calibration.rows} rows, expected enough rows for one level`,
    )
  );
}
