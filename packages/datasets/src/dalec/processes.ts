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

/** Fluxes of one day, gC m-2. */
export interface Fluxes {
  gpp: number;
  autotrophic: number;
  toFoliage: number;
  toRoot: number;
  toWood: number;
  foliageFall: number;
  rootFall: number;
  woodFall: number;
  litterRespiration: number;
  soilRespiration: number;
  litterToSoil: number;
}

/** Plant respiration: a fixed share of GPP. */
export function respirePlants(fluxes: Fluxes, p: Parameters): void {
  fluxes.autotrophic = p.autotrophicFraction * fluxes.gpp;
}

/** Net production shared among foliage, roots and wood, with nothing left over. */
export function allocate(fluxes: Fluxes, p: Parameters): void {
  const net = fluxes.gpp - fluxes.autotrophic;
  fluxes.toFoliage = p.foliageFraction * net;
  fluxes.toRoot = p.rootFraction * (net - fluxes.toFoliage);
  fluxes.toWood = net - fluxes.toFoliage - fluxes.toRoot;
}

/** Litterfall: foliage and roots to litter, wood to the soil. */
export function shed(fluxes: Fluxes, pools: Pools, p: Parameters): void {
  fluxes.foliageFall = p.foliageTurnover * pools.foliage;
  fluxes.rootFall = p.rootTurnover * pools.root;
  fluxes.woodFall = p.woodTurnover * pools.wood;
}

/** Decay of litter and soil, warmth = exp(theta T). */
export function decay(fluxes: Fluxes, pools: Pools, p: Parameters, warmth: number): void {
  fluxes.litterRespiration = p.litterRespiration * warmth * pools.litter;
  fluxes.litterToSoil = p.litterToSoil * warmth * pools.litter;
  fluxes.soilRespiration = p.soilRespiration * warmth * pools.soil;
}

/** Moves one day's carbon. */
export function update(pools: Pools, f: Fluxes): void {
  pools.foliage += f.toFoliage - f.foliageFall;
  pools.root += f.toRoot - f.rootFall;
  pools.wood += f.toWood - f.woodFall;
  pools.litter += f.foliageFall + f.rootFall - f.litterRespiration - f.litterToSoil;
  pools.soil += f.woodFall + f.litterToSoil - f.soilRespiration;
}
