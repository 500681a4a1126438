import exp from "@stdlib/math-base-special-exp";
import type { Drivers } from "./drivers.ts";
import { canopyWeather, photosynthesis } from "./photosynthesis.ts";

/** Carbon in gC m-2. */
export interface Pools {
  foliage: number;
  root: number;
  wood: number;
  litter: number;
  soil: number;
}

/** The process parameters of one sample; rates per day. */
export interface Parameters {
  /** Litter that becomes soil carbon, per day at 0 degrees. */
  readonly litterToSoil: number;
  /** Share of GPP that is respired by plants. */
  readonly autotrophicFraction: number;
  /** Share of net production that goes to foliage. */
  readonly foliageFraction: number;
  /** Share of the remaining net production that goes to roots. The rest goes to wood. */
  readonly rootFraction: number;
  readonly foliageTurnover: number;
  readonly woodTurnover: number;
  readonly rootTurnover: number;
  /** Per day at 0 degrees. */
  readonly litterRespiration: number;
  /** Per day at 0 degrees. */
  readonly soilRespiration: number;
  /** Rates of litter and soil grow by exp(theta T), T in degrees Celsius; per K. */
  readonly temperatureExponent: number;
  /** a1 of the canopy model. */
  readonly canopyEfficiency: number;
  /** gC m-2 of leaf. */
  readonly leafMassPerArea: number;
}

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
    const sums: Means = {
      gpp: 0,
      nee: 0,
      autotrophic: 0,
      heterotrophic: 0,
      leafArea: 0,
      foliage: 0,
      root: 0,
      wood: 0,
      litter: 0,
      soil: 0,
    };
    const budget: Budget = { before: total(pools), after: 0, entered: 0, left: 0 };
    for (let step = 0; step < options.years * days; step++) {
      const d = step % days;
      const leafArea = pools.foliage / p.leafMassPerArea;
      const gpp = photosynthesis(leafArea, p.canopyEfficiency, d, weather);
      const autotrophic = p.autotrophicFraction * gpp;
      // Net production is shared among foliage, roots and wood, with nothing left over.
      const net = gpp - autotrophic;
      const toFoliage = p.foliageFraction * net;
      const toRoot = p.rootFraction * (net - toFoliage);
      const toWood = net - toFoliage - toRoot;
      // Foliage and roots fall to the litter, wood to the soil.
      const foliageFall = p.foliageTurnover * pools.foliage;
      const rootFall = p.rootTurnover * pools.root;
      const woodFall = p.woodTurnover * pools.wood;
      const litterRespired = p.litterRespiration * warmth[d]! * pools.litter;
      const litterToSoil = p.litterToSoil * warmth[d]! * pools.litter;
      const soilRespired = p.soilRespiration * warmth[d]! * pools.soil;
      budget.entered += gpp;
      budget.left += autotrophic + litterRespired + soilRespired;
      if (step >= (options.years - options.averaged) * days) {
        const heterotrophic = litterRespired + soilRespired;
        sums.gpp += gpp;
        sums.nee += autotrophic + heterotrophic - gpp;
        sums.autotrophic += autotrophic;
        sums.heterotrophic += heterotrophic;
        sums.leafArea += leafArea;
        sums.foliage += pools.foliage;
        sums.root += pools.root;
        sums.wood += pools.wood;
        sums.litter += pools.litter;
        sums.soil += pools.soil;
      }
      pools.foliage += toFoliage - foliageFall;
      pools.root += toRoot - rootFall;
      pools.wood += toWood - woodFall;
      pools.litter += foliageFall + rootFall - litterRespired - litterToSoil;
      pools.soil += woodFall + litterToSoil - soilRespired;
    }
    budget.after = total(pools);
    const by = options.averaged * days;
    const means = Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / by]));
    return { means: means as unknown as Means, budget };
  };
}

function total(pools: Pools): number {
  return pools.foliage + pools.root + pools.wood + pools.litter + pools.soil;
}
