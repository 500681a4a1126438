import { anyNumber, needed, object, samplingStream, whole } from "@stiffnet/base";
import {
  chain,
  type Dataset,
  dataset,
  type Fit,
  type Fits,
  fitsCheck,
  logarithm,
  type Samples,
  standardise,
} from "@stiffnet/preparation";
import { DatasetError } from "./errors.ts";
import type { TestFunction } from "./functions/types.ts";
import { checkOptions } from "./options.ts";
import { toAxes } from "./quantile.ts";
import type { Sampler } from "./samplers/types.ts";
import { uniform } from "./samplers/uniform.ts";

export interface SampleOptions {
  /** Training points. */
  train: number;
  /** Test points, default 0. */
  test?: number;
  /** Validation points, default 0. */
  validation?: number;
  /** Default 1. */
  seed?: number;
  /** Which of the seed's independent draws, default 0. */
  trial?: number;
  /** Default `uniform`. */
  sampler?: Sampler;
  /** How columns are prepared. Default: standardised, inputs with a logarithmic distribution after their
   *  logarithm. */
  prepare?: Fits;
}

/** Draws training, validation and test points of a test function. The result depends only on fn and options,
 *  to the bit. An extensible sampler (uniform, Sobol, Halton) draws the sets as consecutive runs of one
 *  sequence. Other samplers (Latin hypercube) draw a separate design for each set. */
export function sample(
  fn: TestFunction,
  options: SampleOptions & { test: number },
): Dataset & { readonly test: Samples };
export function sample(fn: TestFunction, options: SampleOptions): Dataset;
export function sample(fn: TestFunction, options: SampleOptions): Dataset {
  checkOptions<SampleOptions>("sample", options, {
    train: needed(anyNumber),
    test: anyNumber,
    validation: anyNumber,
    seed: anyNumber,
    trial: whole(0),
    sampler: object,
    prepare: fitsCheck,
  });
  const { train, test = 0, validation = 0, seed = 1, trial = 0, sampler = uniform } = options;
  requireCount("train", train, 1);
  requireCount("validation", validation, 0);
  requireCount("test", test, 0);
  const dimension = fn.inputs.length;
  const design = (count: number, purpose: "points" | "validation" | "test"): Float64Array =>
    toAxes(sampler.points(count, dimension, samplingStream(seed, purpose, trial)), fn.inputs);
  const all = sampler.extensible ? design(train + validation + test, "points") : undefined;
  const take = (from: number, count: number, purpose: "points" | "validation" | "test"): Samples => {
    const inputs = all?.slice(from * dimension, (from + count) * dimension) ?? design(count, purpose);
    return { count, inputs, outputs: fn.evaluate(inputs) };
  };
  return dataset({
    name: fn.name,
    inputNames: fn.inputs.map((input) => input.name),
    outputNames: fn.outputs.map((output) => output.name),
    train: take(0, train, "points"),
    validation: validation > 0 ? take(train, validation, "validation") : undefined,
    test: test > 0 ? take(train + validation, test, "test") : undefined,
    prepare: { ...options.prepare, inputs: options.prepare?.inputs ?? byDistribution(fn) },
  });
}

/** Logarithms of the axes that are spread by their logarithm, then standardise. */
function byDistribution(fn: TestFunction): Fit {
  const columns = fn.inputs
    .filter((axis) => axis.distribution.kind.startsWith("log"))
    .map((axis) => axis.name);
  return columns.length === 0
    ? standardise
    : chain((rows, names) => logarithm(rows, names, { columns }), standardise);
}

function requireCount(what: string, count: number, least: number): void {
  const fault = whole(least).fault(what, count);
  if (fault) throw new DatasetError(`sample: ${fault}`, { code: "bad_count" });
}
