import exp from "@stdlib/math-base-special-exp";
import type { Drivers } from "./drivers.ts";
import { canopyWeather, photosynthesis } from "./photosynthesis.ts";
import {
  allocate,
  decay,
  type Fluxes,
  type Parameters,
  type Pools,
  respirePlants,
  shed,
  update,
} from "./processes.ts";

/** Means over the last years of a run: fluxes in gC m-2 day-1, leaf area in m2 m-2, pools in gC m-2. */
export interface Means extends Pools {
  gpp: number;
  /** Net ecosystem exchange, positive to the atmosphere: respiration less GPP. */
  nee: number;
  autotrophic: number;
  heterotrophic: number;
  leafArea: number;
}

/** The carbon of a whole run, gC m-2: what entered less what left is what the pools gained. */
export interface Budget {
  before: number;
  after: number;
  /** GPP over the run. */
  entered: number;
  /** Respiration of plants, litter and soil over the run. */
  left: number;
}

export interface Simulation {
  readonly means: Means;
  readonly budget: Budget;
}

/** A runner of the DALEC evergreen model on given weather, which it repeats; what depends on the weather
 *  alone is computed once. Daily explicit steps: every flux of a day is computed from the pools at its
 *  beginning.
 *
 *  years: how many passes over the drivers; averaged: how many of the last ones the means are over. */
export function simulator(
  drivers: Drivers,
  options: { years: number; averaged: number },
): (parameters: Parameters, initial: Pools) => Simulation {
  const weather = canopyWeather(drivers);
  const days = drivers.day.length;
  const temperature = drivers.maximum.map((t, d) => (t + drivers.minimum[d]!) / 2);
  const warmth = new Float64Array(days);
  return (p, initial) => {
    for (let d = 0; d < days; d++) warmth[d] = exp(p.temperatureExponent * temperature[d]!);
    const pools = { ...initial };
    const f = noFluxes();
    const sums = noMeans();
    const budget: Budget = { before: total(pools), after: 0, entered: 0, left: 0 };
    for (let year = 0; year < options.years; year++) {
      const averaging = year >= options.years - options.averaged;
      for (let d = 0; d < days; d++) {
        const leafArea = pools.foliage / p.leafMassPerArea;
        f.gpp = photosynthesis(leafArea, p.canopyEfficiency, d, weather);
        respirePlants(f, p);
        allocate(f, p);
        shed(f, pools, p);
        decay(f, pools, p, warmth[d]!);
        budget.entered += f.gpp;
        budget.left += f.autotrophic + f.litterRespiration + f.soilRespiration;
        if (averaging) accumulate(sums, pools, f, leafArea);
        update(pools, f);
      }
    }
    budget.after = total(pools);
    return { means: divided(sums, options.averaged * days), budget };
  };
}

function total(pools: Pools): number {
  return pools.foliage + pools.root + pools.wood + pools.litter + pools.soil;
}

function accumulate(sums: Means, pools: Pools, f: Fluxes, leafArea: number): void {
  const heterotrophic = f.litterRespiration + f.soilRespiration;
  sums.gpp += f.gpp;
  sums.nee += f.autotrophic + heterotrophic - f.gpp;
  sums.autotrophic += f.autotrophic;
  sums.heterotrophic += heterotrophic;
  sums.leafArea += leafArea;
  sums.foliage += pools.foliage;
  sums.root += pools.root;
  sums.wood += pools.wood;
  sums.litter += pools.litter;
  sums.soil += pools.soil;
}

function divided(sums: Means, by: number): Means {
  return {
    gpp: sums.gpp / by,
    nee: sums.nee / by,
    autotrophic: sums.autotrophic / by,
    heterotrophic: sums.heterotrophic / by,
    leafArea: sums.leafArea / by,
    foliage: sums.foliage / by,
    root: sums.root / by,
    wood: sums.wood / by,
    litter: sums.litter / by,
    soil: sums.soil / by,
  };
}

function noMeans(): Means {
  const pools = { foliage: 0, root: 0, wood: 0, litter: 0, soil: 0 };
  return { gpp: 0, nee: 0, autotrophic: 0, heterotrophic: 0, leafArea: 0, ...pools };
}

function noFluxes(): Fluxes {
  return {
    gpp: 0,
    autotrophic: 0,
    toFoliage: 0,
    toRoot: 0,
    toWood: 0,
    foliageFall: 0,
    rootFall: 0,
    woodFall: 0,
    litterRespiration: 0,
    soilRespiration: 0,
    litterToSoil: 0,
  };
}
