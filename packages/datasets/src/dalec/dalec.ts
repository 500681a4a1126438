import { anyNumber, type Checks, oneOf, whole } from "@stiffnet/base";
import type { Dataset, Samples } from "@stiffnet/preparation";
import { DatasetError } from "../errors.ts";
import { rowsOf } from "../functions/pointwise.ts";
import type { Output, TestFunction } from "../functions/types.ts";
import { checkOptions } from "../options.ts";
import { type SampleOptions, sample } from "../sample.ts";
import { sobol } from "../samplers/sobol.ts";
import { climatology } from "./drivers.ts";
import { type Ensemble, type EnsembleName, ensembles } from "./ensembles.ts";
import { type Budget, type Means, type Parameters, type Pools, simulator } from "./simulate.ts";

export interface DalecOptions {
  /** Default `site`. */
  ensemble?: EnsembleName;
  /** Passes over the synthetic year, default 5. */
  years?: number;
  /** How many of the last passes the outputs are means over, default 1. */
  averaged?: number;
}

const checks: Checks<DalecOptions> = {
  ensemble: oneOf(...(Object.keys(ensembles) as EnsembleName[])),
  years: anyNumber,
  averaged: anyNumber,
};

const outputs: readonly (Output & { readonly of: keyof Means })[] = [
  { name: "gpp", of: "gpp", unit: "gC m-2 day-1", meaning: "gross primary production" },
  {
    name: "nee",
    of: "nee",
    unit: "gC m-2 day-1",
    meaning: "net ecosystem exchange, positive to the atmosphere",
  },
  { name: "ra", of: "autotrophic", unit: "gC m-2 day-1", meaning: "respiration of plants" },
  { name: "rh", of: "heterotrophic", unit: "gC m-2 day-1", meaning: "respiration of litter and soil" },
  { name: "lai", of: "leafArea", unit: "m2 m-2", meaning: "leaf area index" },
  { name: "foliage", of: "foliage", unit: "gC m-2", meaning: "carbon in foliage" },
  { name: "root", of: "root", unit: "gC m-2", meaning: "carbon in fine roots" },
  { name: "wood", of: "wood", unit: "gC m-2", meaning: "carbon in wood" },
  { name: "litter", of: "litter", unit: "gC m-2", meaning: "carbon in litter" },
  { name: "soil", of: "soil", unit: "gC m-2", meaning: "carbon in soil" },
];

/** The DALEC evergreen carbon model, an open stand-in for ensembles of full land models. It maps 12 process
 *  parameters and 3 initial pools to 10 means over the last years of a run. Daily steps. Carbon is conserved
 *  to rounding.
 *
 *  Re-derived from Williams et al. (1997; 2005, Global Change Biology 11, 89-105), Fox et al. (2009) and
 *  Bloom and Williams (2015). */
export function dalec(options: DalecOptions = {}): TestFunction {
  checkOptions("dalec", options, checks);
  const ensemble = ensembles[options.ensemble ?? "site"];
  return {
    name: `dalec-${ensemble.name}`,
    inputs: ensemble.inputs,
    outputs: outputs.map(({ name, unit, meaning }) => ({ name, unit, meaning })),
    formula:
      "daily carbon balance of foliage, roots, wood, litter and soil under photosynthesis by the aggregated canopy model",
    source: `Williams et al. (1997, 2005), Fox et al. (2009); inputs: ${ensemble.source}`,
    evaluate: (rows) => runDalec(rows, options).outputs,
  };
}

/** Runs rows of the 15 inputs, [count, 15]. `outputs` is [count, 10] in the order of `dalec`. `budgets` has
 *  the carbon balance of each run. */
export function runDalec(
  rows: Float64Array,
  options: DalecOptions = {},
): { outputs: Float64Array; budgets: readonly Budget[] } {
  checkOptions("runDalec", options, checks);
  const { years = 5, averaged = 1 } = options;
  const ensemble = ensembles[options.ensemble ?? "site"];
  if (whole(1).fault("averaged", averaged) ?? whole(averaged).fault("years", years)) {
    throw new DatasetError(
      `dalec: ${years} years and the last ${averaged} averaged, expected whole numbers, at least 1`,
      { code: "bad_years" },
    );
  }
  const width = ensemble.inputs.length;
  const count = rowsOf("dalec", rows, width);
  const run = simulator(climatology(), { years, averaged });
  const values = new Float64Array(count * outputs.length);
  const budgets = Array.from({ length: count }, (_, r) => {
    const row = rows.subarray(r * width, (r + 1) * width);
    const { means, budget } = run(parametersOf(row), poolsOf(row, ensemble));
    outputs.forEach(({ of }, o) => {
      values[r * outputs.length + o] = means[of];
    });
    return budget;
  });
  return { outputs: values, budgets };
}

/** A draw of the model's ensemble: 1996 training and 500 test samples from scrambled Sobol points unless told
 *  otherwise. */
export function dalecDataset(
  options: DalecOptions & Partial<SampleOptions> = {},
): Dataset & { readonly test: Samples } {
  const { ensemble = "site", years, averaged, ...rest } = options;
  const { train = 1996, test = 500, sampler = sobol() } = rest;
  const model = dalec({
    ensemble,
    ...(years !== undefined && { years }),
    ...(averaged !== undefined && { averaged }),
  });
  return sample(model, { ...rest, train, test, sampler });
}

function parametersOf(row: Float64Array): Parameters {
  return {
    litterToSoil: row[0]!,
    autotrophicFraction: row[1]!,
    foliageFraction: row[2]!,
    rootFraction: row[3]!,
    foliageTurnover: 1 / (365.25 * row[4]!),
    woodTurnover: row[5]!,
    rootTurnover: row[6]!,
    litterRespiration: row[7]!,
    soilRespiration: row[8]!,
    temperatureExponent: row[9]!,
    canopyEfficiency: row[10]!,
    leafMassPerArea: row[11]!,
  };
}

function poolsOf(row: Float64Array, { litter, soil }: Ensemble): Pools {
  return { foliage: row[12]!, root: row[13]!, wood: row[14]!, litter, soil };
}
