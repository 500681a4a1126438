import { readFileSync } from "node:fs";
import { type ChainState, diagnose, type LogDensity, sampleDensity } from "@stiffnet/uncertainty";
import { expect, it } from "vitest";

const { diagnostics } = JSON.parse(
  readFileSync(new URL("reference/calibration.json", import.meta.url), "utf8"),
) as { diagnostics: { kind: string; chains: number[][]; rHat: number; bulk: number; tail: number }[] };

it.each(diagnostics)(
  "$kind chains: R-hat and effective sizes as ArviZ has them",
  ({ chains, ...expected }) => {
    const found = diagnose(chains.map((chain) => Float64Array.from(chain)));
    // ArviZ approximates the normal's quantiles alike; what remains is rounding.
    expect(found.rHat).toBeCloseTo(expected.rHat, 10);
    expect(found.bulk / expected.bulk).toBeCloseTo(1, 8);
    expect(found.tail / expected.tail).toBeCloseTo(1, 8);
  },
);

/** Deviations 1 and 30, correlation 0.9. */
const [s, r] = [30, 0.9];
const correlated: LogDensity = ([x, y], gradient) => {
  const scale = 1 / (1 - r * r);
  gradient[0] = -scale * (x! - (r * y!) / s);
  gradient[1] = -(scale / s) * (y! / s - r * x!);
  return (-scale / 2) * (x! * x! - (2 * r * x! * y!) / s + (y! / s) * (y! / s));
};

it("draws a correlated normal: means and deviations within their Monte Carlo error", async () => {
  const states = await sampleDensity(correlated, 2, { seed: 3 });
  expect(states.map(({ divergences, deepest }) => divergences + deepest)).toEqual([0, 0, 0, 0]);
  // A step that suits the density turns back after a few leapfrogs; one of another size needs hundreds.
  for (const { evaluations } of states) expect(evaluations).toBeLessThan(20 * 2000);
  for (const [i, deviation] of [1, s].entries()) {
    const chains = states.map(({ draws }) => Float64Array.from(draws.filter((_, k) => k % 2 === i)));
    const { rHat, bulk, tail } = diagnose(chains);
    expect(rHat).toBeLessThan(1.01);
    expect(Math.min(bulk, tail)).toBeGreaterThan(800);
    const all = chains.flatMap((chain) => [...chain]);
    const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
    const square = all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length;
    expect(Math.abs(mean)).toBeLessThan((4 * deviation) / Math.sqrt(bulk));
    expect(Math.abs(Math.sqrt(square) / deviation - 1)).toBeLessThan(4 / Math.sqrt(2 * tail));
  }
});

it("goes on from any state to the same bits", async () => {
  const options = { warmup: 160, draws: 40, chains: 2, seed: 5 };
  const whole = await sampleDensity(correlated, 2, options);
  let resume: ChainState[] = [];
  for (let until = 70; until < 500; until += 70) {
    resume = await sampleDensity(correlated, 2, {
      ...options,
      resume: JSON.parse(JSON.stringify(resume)),
      watch({ done, total }) {
        expect(total).toBe(400);
        return done < until;
      },
    });
  }
  expect(resume).toEqual(whole);
});

it("counts divergences of a density that runs away", async () => {
  // Neal's funnel.
  const density: LogDensity = ([v, x], gradient) => {
    const precision = Math.exp(-v!);
    gradient[0] = -v! / 9 + (x! * x! * precision) / 2 - 0.5;
    gradient[1] = -x! * precision;
    return (-v! * v!) / 18 - (x! * x! * precision) / 2 - v! / 2;
  };
  const states = await sampleDensity(density, 2, { seed: 1 });
  expect(states.reduce((sum, { divergences }) => sum + divergences, 0)).toBeGreaterThan(5);
});
