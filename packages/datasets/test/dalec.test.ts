import { samplingStream } from "@stiffnet/base";
import { dalec, dalecDataset, ensembles, runDalec, sobol, toAxes } from "@stiffnet/datasets";
import { describe, expect, it } from "vitest";
import { climatology } from "../src/dalec/drivers.ts";
import { canopyWeather, photosynthesis } from "../src/dalec/photosynthesis.ts";
import { dayLength } from "../src/dalec/sun.ts";
import reference from "./reference/dalec.json" with { type: "json" };

const names = ["site", "global"] as const;
const drivers = climatology();
const weather = canopyWeather(drivers);

/** Column o of row-major outputs. */
function output(values: ArrayLike<number>, name: string): number[] {
  const o = dalec().outputs.findIndex((candidate) => candidate.name === name);
  return Array.from(values).filter((_, i) => i % 10 === o);
}

/** The same sample twice, one input of the second multiplied. */
function changed(input: string, factor: number): Float64Array {
  const { inputs } = ensembles.site;
  const middle = inputs.map((axis) => Math.sqrt(axis.lower * axis.upper));
  return Float64Array.from([
    ...middle,
    ...middle.map((x, i) => (inputs[i]!.name === input ? factor * x : x)),
  ]);
}

describe("against an implementation of the published equations in extended precision", () => {
  // Rounding of a few thousand steps; relative to the largest of the output, since vanished pools reach
  // 1e-20.
  it.each([
    ["site", { years: 5, averaged: 1 }],
    ["global", { years: 3, averaged: 2 }],
  ] as const)("%s", (ensemble, run) => {
    const expected = reference[ensemble].outputs;
    const { outputs } = runDalec(Float64Array.from(reference[ensemble].rows), { ensemble, ...run });
    for (const { name } of dalec().outputs) {
      const truth = output(expected, name);
      const largest = Math.max(...truth.map(Math.abs));
      output(outputs, name).forEach((y, i) => {
        expect(Math.abs(y - truth[i]!)).toBeLessThan(1e-11 * largest);
      });
    }
  });
  it("photosynthesis, down to a leaf area of 0.01", () => {
    for (const [leafArea, day, expected] of reference.canopy) {
      expect(photosynthesis(leafArea!, 20, day!, weather) / expected!).toBeCloseTo(1, 12);
    }
  });
  it("climatology", () => {
    const ours = {
      tmin: drivers.minimum,
      tmax: drivers.maximum,
      radiation: drivers.radiation,
      co2: drivers.co2,
    };
    for (const key of ["tmin", "tmax", "radiation", "co2"] as const) {
      reference.climatology[key].forEach((x, i) => {
        expect(ours[key][40 * i]).toBeCloseTo(x, 10);
      });
    }
  });
  it("day lengths, through polar night and midnight sun", () => {
    for (const [latitude, day, hours] of reference.dayLength)
      expect(dayLength(day!, latitude!)).toBeCloseTo(hours!, 10);
    expect([dayLength(172, 80), dayLength(355, 80)]).toEqual([24, 0]);
  });
});

describe("carbon", () => {
  it.each(names)("is conserved to 1e-9 over ten years in 5,000 samples of %s", (ensemble) => {
    const rows = toAxes(sobol().points(5000, 15, samplingStream(9, "points")), ensembles[ensemble].inputs);
    const { budgets } = runDalec(rows, { ensemble, years: 10 });
    for (const { before, after, entered, left } of budgets) {
      expect(Math.abs(after - before - (entered - left))).toBeLessThan(1e-9 * Math.max(entered, left));
    }
  });
  it("balances in the outputs: NEE = Ra + Rh - GPP", () => {
    const { test } = dalecDataset({ train: 10, test: 50 });
    const [gpp, nee, ra, rh] = ["gpp", "nee", "ra", "rh"].map((name) => output(test.outputs, name));
    gpp!.forEach((g, i) => {
      expect(nee![i]).toBeCloseTo(ra![i]! + rh![i]! - g, 9);
    });
  });
});

describe("responses that the papers state", () => {
  const production = (leafArea: number, efficiency = 20, day = 171, on = weather): number =>
    photosynthesis(leafArea, efficiency, day, on);
  it("production rises with leaf area and saturates; no leaves, no production", () => {
    const values = [0, 0.1, 0.5, 1, 2, 4, 8, 16].map((leafArea) => production(leafArea));
    expect(values[0]).toBe(0);
    values.slice(1).forEach((y, i) => {
      expect(y).toBeGreaterThan(values[i]!);
    });
    // Per leaf area, from 8 to 16 and from 1 to 2.
    expect((values[7]! - values[6]!) / 8).toBeLessThan(0.1 * (values[4]! - values[3]!));
  });
  it("production rises with efficiency, light, CO2 and warmth", () => {
    const with_ = (change: Partial<typeof drivers>): number =>
      production(3, 20, 171, canopyWeather({ ...drivers, ...change }));
    expect(production(3, 30)).toBeGreaterThan(production(3, 20));
    expect(with_({ radiation: drivers.radiation.map((x) => 1.1 * x) })).toBeGreaterThan(production(3));
    expect(with_({ co2: drivers.co2.map((x) => 1.1 * x) })).toBeGreaterThan(production(3));
    const warmer = { minimum: drivers.minimum.map((x) => x + 2), maximum: drivers.maximum.map((x) => x + 2) };
    expect(with_(warmer)).toBeGreaterThan(production(3));
    expect(with_({ radiation: drivers.radiation.map(() => 0) })).toBe(0);
  });
  it.each([
    ["canopy_efficiency", "gpp", 1],
    ["leaf_lifetime", "lai", 1],
    ["leaf_mass", "lai", -1],
    ["foliage_fraction", "gpp", 1],
    ["autotrophic_fraction", "foliage", -1],
    ["root_fraction", "root", 1],
    ["root_fraction", "wood", -1],
    ["root_turnover", "root", -1],
    ["litter_respiration", "litter", -1],
    ["soil_respiration", "soil", -1],
    ["litter_to_soil", "soil", 1],
    ["initial_wood", "wood", 1],
    ["soil_respiration", "rh", 1],
    ["soil_respiration", "nee", 1],
  ])("more %s: %s goes by %i", (input, name, sign) => {
    const [before, after] = output(runDalec(changed(input, 1.1)).outputs, name);
    expect(sign * (after! - before!)).toBeGreaterThan(0);
  });
  it("plant respiration is its share of production", () => {
    const { outputs } = runDalec(changed("autotrophic_fraction", 1.1));
    const [gpp, ra] = [output(outputs, "gpp"), output(outputs, "ra")];
    expect(ra[1]! / gpp[1]!).toBeCloseTo(1.1 * 0.47, 12);
  });
});

describe("ensembles", () => {
  it("site loses no sample, global about a third; 1996 training and 500 test samples each", () => {
    const lost = names.map((ensemble) => {
      const data = dalecDataset({ ensemble });
      expect([data.train.count, data.test.count]).toEqual([1996, 500]);
      expect(data.train.outputs.every(Number.isFinite)).toBe(true);
      return (
        output(data.train.outputs, "lai").filter((leafArea) => leafArea < 0.05).length / data.train.count
      );
    });
    expect(lost[0]).toBe(0);
    expect(lost[1]).toBeGreaterThan(0.25);
    expect(lost[1]).toBeLessThan(0.42);
  });
  it("has 15 inputs and 10 outputs, the same ones every time", () => {
    const draw = (seed: number): ReturnType<typeof dalecDataset> =>
      dalecDataset({ train: 20, test: 5, seed });
    expect([draw(2).inputNames.length, draw(2).outputNames.length]).toEqual([15, 10]);
    expect(draw(2).digest).toBe(draw(2).digest);
    expect(draw(3).digest).not.toBe(draw(2).digest);
  });
  it("prepares log-uniform inputs by their logarithm", () => {
    const [first] = dalecDataset({ ensemble: "global", train: 20, test: 5 }).preparation.inputs.steps;
    expect(first).toMatchObject({ kind: "log" });
    if (first?.kind === "log") expect(first.applies.filter((x) => !x)).toHaveLength(4);
  });
});

it("refuses no years", () => {
  expect(() => runDalec(changed("leaf_mass", 1), { years: 0 })).toThrow("0 years");
});
