import { type Model, resnet } from "@stiffnet/core";
import { describe, expect, it } from "vitest";
import { eigenRatio, measure, renderStability, spectra, stability } from "../src/index.ts";
import { stabilityOf } from "../src/spectra/stability.ts";
import { trainedModels } from "./trained.ts";

/** A linear network, whose Jacobians are its weights: two layers with the given blocks. */
function linear(blocks: number[][], horizon: number): Model {
  const width = Math.sqrt(blocks[0]!.length);
  const model = resnet({
    inputs: 1,
    outputs: 1,
    width,
    depth: blocks.length,
    activation: "identity",
    horizon,
  });
  blocks.forEach((block, n) => {
    model.parameters.set(block, model.layout.blocks[n]!.weight.offset);
  });
  return model;
}
const samples = { inputs: Float64Array.of(-1, 0, 2) };

// Layer 1 has -1 and -100. Layer 2 has a slowly growing mode and a decaying spiral.
const model = linear(
  [
    [-1, 0, 0, 0, -100, 0, 0, 0, -1],
    [0.5, 0, 0, 0, -3, 4, 0, -4, -3],
  ],
  0.05,
);

describe("stability", () => {
  const view = stability(model, samples);

  it("takes the network's own step", () => {
    expect(view.alpha).toBe(0.025);
    expect(view.spectra.samples).toBe(3);
  });

  it("knows the slides' system", () => {
    const [first] = view.layers;
    expect(first!.radius).toEqual({ median: 100, max: 100 });
    expect(first!.ratio).toEqual({ modulus: 100, real: 100 });
    // -2 Re(l) / |l|^2 at -100.
    expect(first!.largestStep).toBeCloseTo(0.02, 12);
    expect(first!.steps).toBe(3);
    // |1 - 2.5| > 1: one of the three eigenvalues.
    expect([first!.outside, first!.unstable, first!.growing]).toEqual([1 / 3, 1 / 3, 0]);
  });

  it("tells growing modes from unstable ones", () => {
    const second = view.layers[1]!;
    expect(second.radius.max).toBeCloseTo(5, 6);
    expect(second.ratio.modulus).toBeCloseTo(10, 5);
    expect(second.ratio.real).toBeCloseTo(6, 5);
    // 2 * 3 / 25
    expect(second.largestStep).toBeCloseTo(0.24, 6);
    expect(second.steps).toBe(1);
    expect([second.unstable, second.growing]).toEqual([0, 1 / 3]);
  });

  it("sums up", () => {
    expect(view.largestStep).toBeCloseTo(0.02, 12);
    expect(view.steps).toBe(3);
    expect(view.outside).toBeCloseTo(1 / 3, 12);
    expect(view.unstable).toBeCloseTo(1 / 6, 12);
  });

  it("a step of just the largest size is stable, a larger one is not", () => {
    for (const [factor, unstable] of [
      [0.999, 0],
      [1, 0],
      [1.001, 1 / 6],
    ] as const) {
      const other = stabilityOf(view.spectra, 2 * 0.02 * factor);
      expect(other.unstable).toBeCloseTo(unstable, 12);
    }
  });

  it("is the dynamics' truth: explicit Euler damps every decaying mode up to the largest step and no further", () => {
    for (const layer of view.layers) {
      for (const [factor, damped] of [
        [0.999, true],
        [1.001, false],
      ] as const) {
        const h = layer.largestStep * factor;
        const growth: number[] = [];
        for (let k = 0; k < 3; k++) {
          const at = (layer.layer - 1) * 9 + k;
          const [x, y] = [view.spectra.re[at]!, view.spectra.im[at]!];
          if (x < 0) growth.push(Math.hypot(1 + h * x, h * y));
        }
        expect(Math.max(...growth) <= 1).toBe(damped);
      }
    }
  });
});

it("a layer without decay needs no step, a zero layer is within the disc", () => {
  const view = stability(
    linear(
      [
        [0, 0, 0, 0],
        [0, 1, -1, 0],
      ],
      1,
    ),
    samples,
  );
  expect(view.layers[0]).toMatchObject({ outside: 0, largestStep: Number.POSITIVE_INFINITY, steps: 1 });
  expect(view.layers[0]!.ratio.modulus).toBeNaN();
  // Undamped rotation leaves the disc at any step, by itself.
  expect(view.layers[1]).toMatchObject({ growing: 1, unstable: 0, largestStep: Number.POSITIVE_INFINITY });
});

it("Jacobians that are not finite are left out, counted, and shown as such", () => {
  const broken = linear(
    [
      [-1, 0, 0, -2],
      [1, 0, 0, Number.NaN],
    ],
    1,
  );
  const view = stability(broken, samples);
  expect(view.spectra.failed).toBe(3);
  expect(view.layers[1]!.radius.max).toBeNaN();
  expect(view.layers[1]!.largestStep).toBeNaN();
  expect(view.layers[0]!.largestStep).toBeCloseTo(1, 12);
  expect(view.largestStep).toBeCloseTo(1, 12);
  expect(renderStability(view)).toContain("3 Jacobians without eigenvalues were left out");
});

it("agrees with the proxies on trained networks, row by row", async () => {
  const [trained] = await trainedModels(5, 30);
  const inputs = Float64Array.from({ length: 400 }, (_, k) => Math.sin(k));
  const found = spectra(trained!, { inputs }, { most: 7 });
  expect([...found.rows]).toEqual([0, 28, 57, 85, 114, 142, 171]);
  const view = stability(trained!, { inputs }, { most: 7 });
  for (const form of ["modulus", "real"] as const) {
    const ratios = measure(trained!, { inputs }, eigenRatio({ method: "dense", form }), { most: 7 });
    for (let n = 0; n < 4; n++) {
      const sorted = ratios.values.slice(n * 7, n * 7 + 7).sort();
      expect(Math.abs(view.layers[n]!.ratio[form] / sorted[3]! - 1)).toBeLessThan(1e-4);
    }
  }
  for (let at = 0; at < found.re.length; at += 5) {
    const moduli = Array.from({ length: 5 }, (_, k) => Math.hypot(found.re[at + k]!, found.im[at + k]!));
    for (let k = 1; k < 5; k++) expect(moduli[k]!).toBeLessThanOrEqual(moduli[k - 1]! * (1 + 1e-12));
  }
});

it("says that a ratio is beyond the end of its calculation, not that it is 1e12", () => {
  const text = renderStability(stability(linear([[1, 1, 1, 1]], 1), { inputs: new Float64Array(2) }));
  expect(text).toContain("above 1e12");
  expect(text).not.toContain("e+12");
});

it("draws itself", () => {
  const text = renderStability(stability(model, samples), { columns: 72 });
  const lines = text.split("\n");
  expect(lines[0]).toBe("2 layers, 3 samples, step alpha = 0.05 / 2 = 0.025");
  expect(lines.slice(1, 4)).toEqual([
    "At the network's own step of 0.025, 33.3 % of the eigenvalues lie outside the stability disc of explicit Euler.",
    "16.7 % belong to modes that decay, but the step is too long for them. 16.7 % belong to modes that grow by themselves.",
    "To damp every decaying mode, explicit Euler needs 3 steps of at most 0.02.",
  ]);
  expect(lines[6]!.trim().split(/\s{2,}/)).toEqual("1|100|100|100|100|0.02|33.3 %|0.0 %".split("|"));
  expect(Math.max(...lines.slice(10).map((line) => line.length))).toBeLessThanOrEqual(72);
  const plot = lines.slice(10);
  // The spiral's two eigenvalues lie mirrored about the real axis, which is the middle line.
  const middle = (plot.length - 1) / 2;
  for (let k = 0; k < middle; k++)
    expect(plot[k]!.replace(/[^.oO@]/g, " ").trimEnd()).toBe(
      plot[plot.length - 1 - k]!.replace(/[^.oO@]/g, " ").trimEnd(),
    );
  expect(plot[middle]).toMatch(/[.o].*\+.*[.o]/);
});

it("refuses what is not a row, a number of samples or a horizon", () => {
  expect(() => spectra(resnet({ inputs: 3, outputs: 1, width: 2, depth: 1 }), samples, {})).not.toThrow();
  expect(() => spectra(resnet({ inputs: 2, outputs: 1, width: 2, depth: 1 }), samples)).toThrow(
    "spectra: 3 values are not rows of the model's 2 inputs",
  );
  expect(() => stability(model, samples, { most: 0 })).toThrow(
    "most is 0, expected a whole number of at least 1",
  );
  expect(() => stabilityOf(spectra(model, samples), 0)).toThrow("horizon is 0, expected a positive number");
});
