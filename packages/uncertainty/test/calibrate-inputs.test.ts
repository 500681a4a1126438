import { readFileSync } from "node:fs";
import { randomStream } from "@stiffnet/base";
import { type Axis, axis, borehole, toAxes } from "@stiffnet/datasets";
import {
  type CalibrationProblem,
  calibrateInputs,
  type Differentiable,
  ensembleSurrogate,
  type Prior,
} from "@stiffnet/uncertainty";
import { expect, it } from "vitest";
import { ownError, posteriorOf } from "../src/calibrate/density.ts";
import { calibrationOf, curved, linear, momentsOf, normal } from "./calibration-models.ts";

const uniforms = (seed: number) => {
  const random = randomStream(seed, 0);
  return () => random.uniform();
};
const normals = (seed: number) => {
  const random = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
};
const b = axis("b", 0.1, 3);
const priors: Record<string, readonly Prior[]> = {
  uniform: [axis("a", -1, 2), b],
  logUniform: [axis("a", 0.2, 2, { distribution: { kind: "logUniform" } }), b],
  normal: [axis("a", -1, 2, { distribution: normal(0.3, 0.4) }), b],
  logNormal: [axis("a", 0.1, 2, { distribution: { kind: "logNormal", mean: -1, deviation: 0.5 } }), b],
  held: [0.5, b],
};

it.each(Object.keys(priors))("%s prior: the density's gradient is that of differences", (kind) => {
  const surrogate = ensembleSurrogate([curved(0.5), curved(0.6), curved(0.65)]);
  const own = ownError(calibrationOf([0.1, 0.2], [true, false]))!;
  const observed = [
    { output: 0, value: 2, error: 0.3 },
    { output: 1, value: 1.5, error: 0.1 },
  ];
  const { density, dimension } = posteriorOf(surrogate, priors[kind]!, observed, own);
  const u = Float64Array.of(0.3, -0.7).subarray(0, dimension);
  const gradient = new Float64Array(dimension);
  density(u, gradient);
  const none = new Float64Array(dimension);
  gradient.forEach((slope, i) => {
    const moved = (by: number) =>
      density(
        u.map((value, j) => (i === j ? value + by : value)),
        none,
      );
    const difference = (8 * (moved(1e-3) - moved(-1e-3)) - (moved(2e-3) - moved(-2e-3))) / 12e-3;
    expect(Math.abs(slope - difference)).toBeLessThan(1e-8 * (1 + Math.abs(slope)));
  });
});

/** Normal priors in bounds that no draw comes near; the second output is not observed. */
const linearProblem: CalibrationProblem = {
  surrogate: ensembleSurrogate([
    linear(
      [
        [2, 1, 0],
        [1, -1, 3],
        [1, 0, -1],
      ],
      [0.5, 0, 1],
    ),
  ]),
  priors: [
    axis("a", -40, 40, { distribution: normal(0.3, 0.8) }),
    axis("b", -40, 40, { distribution: normal(-0.2, 0.5) }),
    axis("c", -40, 40, { distribution: normal(0, 1) }),
  ],
  observations: [
    { output: 0, value: 2, error: 0.1 },
    { output: 2, value: 0.4, error: 0.3 },
  ],
  calibration: calibrationOf([0.2, 0.1, 0.4]),
};

it("has the posterior of a linear model that is known in closed form, its own error added", async () => {
  const found = (await calibrateInputs(linearProblem, { seed: 2 }))!;
  // One observation after the other, variances v = error^2 + own^2: K = S a / (a S a + v), m += K (y - a m),
  // S -= K a S.
  let mean = [0.3, -0.2, 0];
  let covariance = [0.64, 0.25, 1].map((square, i) => [0, 1, 2].map((j) => (i === j ? square : 0)));
  for (const [a, y, v] of [
    [[2, 1, 0], 1.5, 0.01 + 0.04],
    [[1, 0, -1], -0.6, 0.09 + 0.16],
  ] as const) {
    const along = covariance.map((row) => row.reduce((sum, value, j) => sum + value * a[j]!, 0));
    const total = along.reduce((sum, value, i) => sum + value * a[i]!, v);
    const off = y - mean.reduce((sum, value, i) => sum + value * a[i]!, 0);
    mean = mean.map((value, i) => value + (along[i]! * off) / total);
    covariance = covariance.map((row, i) => row.map((value, j) => value - (along[i]! * along[j]!) / total));
  }
  expect(found.divergences).toBe(0);
  found.diagnostics.forEach((diagnostics, i) => {
    const { rHat, bulk, tail } = diagnostics!;
    expect(rHat).toBeLessThan(1.01);
    const deviation = Math.sqrt(covariance[i]![i]!);
    const moments = momentsOf(found.draws, 3, i);
    expect(Math.abs(moments.mean - mean[i]!)).toBeLessThan((4 * deviation) / Math.sqrt(bulk));
    expect(Math.abs(moments.deviation / deviation - 1)).toBeLessThan(4 / Math.sqrt(2 * tail));
  });
});

const { posteriors } = JSON.parse(
  readFileSync(new URL("reference/calibration.json", import.meta.url), "utf8"),
) as {
  posteriors: Record<
    string,
    {
      inputs: { mean: number; deviation: number; meanError: number; deviationError: number }[];
      correlation: number;
    }
  >;
};

/** Flow by radius of the hole, radius of influence and length, the others in the middle. */
const flow: Differentiable = (() => {
  const { evaluate } = borehole();
  const at = (x: Float64Array) =>
    evaluate(Float64Array.of(x[0]!, x[1]!, 89335, 1000, 89.55, 760, x[2]!, 10950));
  let x = new Float64Array();
  return {
    at(row: Float64Array) {
      x = row.slice();
      return at(x);
    },
    pull: ([c]: Float64Array) =>
      x.map((value, i) => {
        const moved = (by: number) => at(x.map((other, j) => (i === j ? value * (1 + by) : other)))[0]!;
        return (c! * (8 * (moved(1e-3) - moved(-1e-3)) - (moved(2e-3) - moved(-2e-3)))) / (12e-3 * value);
      }),
  };
})();

const compared: Record<string, CalibrationProblem> = {
  curved: {
    surrogate: ensembleSurrogate([curved(0.5)]),
    priors: priors.normal!,
    observations: [
      { output: 0, value: 2, error: 0.3 },
      { output: 1, value: 1.5, error: 0.1 },
    ],
    calibration: calibrationOf([0.1, 0.2], [true, false]),
  },
  borehole: {
    surrogate: ensembleSurrogate([flow]),
    priors: borehole().inputs.filter(({ name }) => ["rw", "r", "l"].includes(name)),
    observations: [{ output: 0, value: 100, error: 4 }],
    calibration: calibrationOf([3]),
  },
};

it.each(Object.keys(compared))("%s: means and deviations as NumPyro has them", async (name) => {
  const problem = compared[name]!;
  const { draws, diagnostics, divergences } = (await calibrateInputs(problem, { seed: 7 }))!;
  expect(divergences).toBeLessThan(20);
  posteriors[name]!.inputs.forEach((expected, i) => {
    const { rHat, bulk, tail } = diagnostics[i]!;
    expect(rHat).toBeLessThan(1.01);
    const found = momentsOf(draws, problem.priors.length, i);
    const error = Math.hypot(expected.deviation / Math.sqrt(bulk), expected.meanError);
    expect(Math.abs(found.mean - expected.mean)).toBeLessThan(4 * error);
    const ofDeviation = Math.hypot(expected.deviation / Math.sqrt(tail), expected.deviationError);
    expect(Math.abs(found.deviation - expected.deviation)).toBeLessThan(4 * ofDeviation);
  });
});

it("is wider where the surrogate is poorer", async () => {
  const deviations = [];
  for (const size of [0.01, 2]) {
    const calibration = calibrationOf([size, size, size]);
    const { draws } = (await calibrateInputs({ ...linearProblem, calibration }, { draws: 300, chains: 2 }))!;
    deviations.push(momentsOf(draws, 3, 0).deviation);
  }
  expect(deviations[1]! / deviations[0]!).toBeGreaterThan(2);
});

it("holds inputs, keeps to the bounds, and is the prior of what nothing was observed about", async () => {
  const c: Axis = axis("c", 2, 5, { distribution: normal(2.5, 1) });
  const problem = {
    surrogate: ensembleSurrogate([linear([[1, 1, 0]], [0])]),
    calibration: calibrationOf([0.1]),
    priors: [axis("a", 0, 1), 0.25, c],
    observations: [{ output: 0, value: 3, error: 0.1 }],
  };
  const { draws, diagnostics } = (await calibrateInputs(problem, { seed: 4 }))!;
  const column = (i: number) => draws.filter((_, k) => k % 3 === i);
  expect(new Set(column(1))).toEqual(new Set([0.25]));
  expect(diagnostics[1]).toBeUndefined();
  // Only a > 1 would explain the observation.
  expect(Math.min(...column(0))).toBeGreaterThan(0.5);
  expect(Math.max(...column(0))).toBeLessThanOrEqual(1);
  const shares = [0.05, 0.5, 0.95];
  toAxes(Float64Array.from(shares), [c]).forEach((value, k) => {
    const below = column(2).filter((x) => x <= value).length / (draws.length / 3);
    const deviation = Math.sqrt((shares[k]! * (1 - shares[k]!)) / diagnostics[2]!.tail);
    expect(Math.abs(below - shares[k]!)).toBeLessThan(4 * deviation);
  });
});

it("passes simulation-based calibration: ranks of 200 draws of the prior are uniform", {
  timeout: 600_000,
}, async () => {
  const { surrogate, calibration } = compared.curved!;
  const own = ownError(calibration)!;
  const axes = priors.normal as readonly Axis[];
  const [random, noise] = [uniforms(21), normals(22)];
  const bins = axes.map(() => new Array<number>(10).fill(0));
  for (let k = 0; k < 200; k++) {
    const truth = toAxes(Float64Array.of(random(), random()), axes);
    const { mean, std } = surrogate.at(truth);
    // Errors as large as the values.
    const observations = [1, 0.5].map((error, output) => {
      const size = Math.hypot(error, own.of(output, mean[output]!, std[output]!));
      return { output, value: mean[output]! + size * noise(), error };
    });
    const options = { chains: 1, warmup: 150, draws: 196, seed: k };
    const { draws } = (await calibrateInputs(
      { surrogate, priors: axes, observations, calibration },
      options,
    ))!;
    axes.forEach((_, i) => {
      // Every fourth draw: 49 that are nearly independent, and so 50 ranks.
      const below = draws.filter((x, at) => at % 8 === i && x < truth[i]!).length;
      bins[i]![Math.floor(below / 5)]!++;
    });
  }
  for (const counts of bins) {
    const chiSquare = counts.reduce((sum, count) => sum + (count - 20) ** 2 / 20, 0);
    // Exceeded once in 1,000 by 9 degrees of freedom.
    expect(chiSquare).toBeLessThan(27.9);
  }
});

it("has the same bits on every machine", async () => {
  const { digest, evaluations } = (await calibrateInputs(linearProblem, {
    warmup: 60,
    draws: 40,
    chains: 2,
    seed: 5,
  }))!;
  expect([digest.slice(0, 16), evaluations]).toEqual(["8d36eaae86b78085", 1165]);
});

it("returns nothing where it was ended", async () => {
  expect(await calibrateInputs(linearProblem, { watch: ({ done }) => done < 30 })).toBeUndefined();
});

it.each<[string, Partial<CalibrationProblem>, object]>([
  ["no output is observed", { observations: [] }, {}],
  [
    "observations[0].error is 0, expected a positive",
    { observations: [{ output: 0, value: 1, error: 0 }] },
    {},
  ],
  ["observations[0].value is NaN", { observations: [{ output: 0, value: Number.NaN, error: 1 }] }, {}],
  ["output 3 is observed, expected one below 3", { observations: [{ output: 3, value: 1, error: 1 }] }, {}],
  [
    "output 1 is observed twice",
    { observations: [1, 1].map((output) => ({ output, value: 1, error: 1 })) },
    {},
  ],
  ["every input has a fixed value", { priors: [1, 2, 3] }, {}],
  [
    "the intervals were made from 5 rows, expected enough rows for one level",
    {
      calibration: { rows: 5, levels: [0.9], outputs: [0, 1, 2].map(() => ({ floor: 1, factors: [null] })) },
    },
    {},
  ],
  ["draws is 4, expected a whole number of at least 16", {}, { draws: 4 }],
  ["warmUp is not an option; did you mean 'warmup'?", {}, { warmUp: 100 }],
])("refuses: %s", async (message, change, options) => {
  await expect(calibrateInputs({ ...linearProblem, ...change }, options)).rejects.toThrow(message);
});
