import { type Axis, axis } from "../axis.ts";

/** Names of the ensembles. */
export type EnsembleName = "global" | "site";

/** An ensemble: the distribution of the 15 inputs, and the two pools that are the same in every sample. */
export interface Ensemble {
  readonly name: EnsembleName;
  readonly inputs: readonly Axis[];
  /** Litter and soil carbon at the beginning, gC m-2. */
  readonly litter: number;
  readonly soil: number;
  readonly source: string;
}

const decades = { kind: "logUniform" } as const;

/** The inputs, in the order of both ensembles. */
const inputs = [
  ["litter_to_soil", "day-1", "litter turned into soil carbon, at 0 degrees Celsius"],
  ["autotrophic_fraction", "", "share of GPP respired by plants"],
  ["foliage_fraction", "", "share of net production to foliage"],
  ["root_fraction", "", "share of the remaining net production to roots"],
  ["leaf_lifetime", "years", "lifetime of leaves"],
  ["wood_turnover", "day-1", "wood that dies"],
  ["root_turnover", "day-1", "roots that die"],
  ["litter_respiration", "day-1", "litter respired, at 0 degrees Celsius"],
  ["soil_respiration", "day-1", "soil carbon respired, at 0 degrees Celsius"],
  ["temperature_exponent", "K-1", "growth of decay with temperature"],
  ["canopy_efficiency", "", "photosynthesis per leaf area, a1 of the canopy model"],
  ["leaf_mass", "gC m-2", "leaf mass per leaf area"],
  ["initial_foliage", "gC m-2", "foliage at the beginning"],
  ["initial_root", "gC m-2", "fine roots at the beginning"],
  ["initial_wood", "gC m-2", "wood at the beginning"],
] as const;

type InputName = (typeof inputs)[number][0];

/** The prior ranges of global carbon-cycle data assimilation. Fractions and the temperature exponent are
 *  uniform. All other inputs span about a factor of ten and are log-uniform. Large parts of this box are not
 *  forests. About a third of the samples lose their leaves for good: light interception falls with the square
 *  of a small leaf area, and production then cannot keep up with turnover. Bloom and Williams reject such
 *  samples by ecological and dynamical constraints, and also those whose pools grow without bound. Here they
 *  stay, since a surrogate of the model must answer there too. The outputs are therefore bimodal, which makes
 *  this the hard case. */
const globalRanges: Record<InputName, readonly [lower: number, upper: number]> = {
  litter_to_soil: [1e-5, 1e-2],
  autotrophic_fraction: [0.2, 0.8],
  foliage_fraction: [0.01, 0.5],
  root_fraction: [0.01, 1],
  leaf_lifetime: [0.15, 8],
  wood_turnover: [9e-6, 1e-3],
  root_turnover: [1.37e-3, 1e-2],
  litter_respiration: [1e-4, 1e-2],
  soil_respiration: [1.37e-6, 9.13e-5],
  temperature_exponent: [0.019, 0.08],
  canopy_efficiency: [5, 50],
  leaf_mass: [5, 200],
  initial_foliage: [1, 2000],
  initial_root: [20, 2000],
  initial_wood: [1, 1e5],
};
const uniformInGlobal: readonly InputName[] = [
  "autotrophic_fraction",
  "foliage_fraction",
  "root_fraction",
  "temperature_exponent",
];

/** Values for the young ponderosa pine stand at Metolius, Oregon (Williams et al. 2005, table of fitted
 *  parameters), and the factor by which each input varies, up and down.
 *
 *  Their decay rates are for a warmth of exp(theta T) / 2, so they are halved here. The canopy efficiency
 *  is a nitrogen use efficiency of 7 gC per gN and day, which Safta et al. (2015) use with the same canopy
 *  coefficients, times leaf nitrogen at a carbon to nitrogen ratio of 25.
 *
 *  The pools come from a run of the model with these values under the synthetic climatology. It starts from
 *  the stand's measured pools (foliage 58, roots 102, wood 770, litter 40, soil 9897) and ends after 30
 *  years. The results are rounded. This established stand keeps its leaves in every sample of the box.
 *  Inputs that decide over the leaf area vary by a factor of 1.25, since at 1.5 some samples would
 *  collapse. */
const siteValues: Record<InputName, readonly [value: number, factor: number]> = {
  litter_to_soil: [4.41e-6 / 2, 1.5],
  autotrophic_fraction: [0.47, 1.25],
  foliage_fraction: [0.315, 1.25],
  root_fraction: [0.4344, 1.5],
  leaf_lifetime: [1 / (365.25 * 2.665e-3), 1.25],
  wood_turnover: [2.06e-6, 1.5],
  root_turnover: [2.48e-3, 1.5],
  litter_respiration: [2.28e-2 / 2, 1.5],
  soil_respiration: [2.65e-6 / 2, 1.5],
  temperature_exponent: [0.0692, 1.5],
  canopy_efficiency: [(7 * 111) / 25, 1.25],
  leaf_mass: [111, 1.25],
  initial_foliage: [400, 1.5],
  initial_root: [400, 1.5],
  initial_wood: [13000, 1.5],
};

export const ensembles: { readonly [name in EnsembleName]: Ensemble } = {
  global: {
    name: "global",
    inputs: inputs.map(([name, unit, meaning]) => {
      const [lower, upper] = globalRanges[name];
      const linear = uniformInGlobal.includes(name);
      return axis(name, lower, upper, { ...(linear ? {} : { distribution: decades }), unit, meaning });
    }),
    litter: 200,
    soil: 10000,
    source: "prior ranges of Bloom and Williams (2015), Biogeosciences 12, 1299-1315",
  },
  site: {
    name: "site",
    inputs: inputs.map(([name, unit, meaning]) => {
      const [value, factor] = siteValues[name];
      return axis(name, value / factor, value * factor, { distribution: decades, unit, meaning });
    }),
    litter: 140,
    soil: 9900,
    source:
      "Williams et al. (2005), Global Change Biology 11, 89-105, and for the canopy Safta et al. (2015), Geoscientific " +
      "Model Development 8, 1899-1918",
  },
};
