import { samplingStream } from "@stiffnet/base";
import { latinHypercube, type Sampler, sobol, uniform } from "@stiffnet/datasets";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import reference from "./reference/samplers.json" with { type: "json" };

const stream = (seed = 1): ReturnType<typeof samplingStream> => samplingStream(seed, "points");
const all: Sampler[] = [
  uniform,
  latinHypercube(),
  latinHypercube({ jitter: false }),
  sobol(),
  sobol({ scramble: false }),
];

/** Column d of row-major points. */
function column(points: Float64Array, dimension: number, d: number): number[] {
  return [...points].filter((_, i) => i % dimension === d);
}

/** The centred L2 discrepancy (Hickernell 1998). */
function discrepancy(points: Float64Array, dimension: number): number {
  const n = points.length / dimension;
  const z = points.map((u) => u - 0.5);
  let single = 0;
  let pairs = 0;
  for (let i = 0; i < n; i++) {
    let product = 1;
    for (let d = 0; d < dimension; d++) {
      const a = Math.abs(z[i * dimension + d]!);
      product *= 1 + a / 2 - (a * a) / 2;
    }
    single += product;
    for (let j = 0; j < n; j++) {
      let pair = 1;
      for (let d = 0; d < dimension; d++) {
        const [a, b] = [z[i * dimension + d]!, z[j * dimension + d]!];
        pair *= 1 + (Math.abs(a) + Math.abs(b) - Math.abs(a - b)) / 2;
      }
      pairs += pair;
    }
  }
  return (13 / 12) ** dimension - (2 / n) * single + pairs / (n * n);
}

describe.each(all)("$name", (sampler) => {
  it("fills the unit cube, as a function of the stream alone", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(1000),
        (n, d, seed) => {
          const points = sampler.points(n, d, stream(seed));
          expect(points).toHaveLength(n * d);
          expect(points.every((u) => u >= 0 && u < 1)).toBe(true);
          expect(sampler.points(n, d, stream(seed))).toEqual(points);
          if (sampler.extensible)
            expect(sampler.points(n + 7, d, stream(seed)).subarray(0, d)).toEqual(points.subarray(0, d));
        },
      ),
      { numRuns: 20 },
    );
  });
  it("has means near one half", () => {
    const points = sampler.points(1024, 3, stream());
    // Five standard errors of plain Monte Carlo.
    for (let d = 0; d < 3; d++) {
      const mean = column(points, 3, d).reduce((sum, u) => sum + u, 0) / 1024;
      expect(Math.abs(mean - 0.5)).toBeLessThan((5 * Math.sqrt(1 / 12)) / 32);
    }
  });
});

describe.each([sobol(), sobol({ scramble: false }), uniform].filter((s) => s.extensible))(
  "$name is extensible",
  (sampler) => {
    it("begins a longer set with the shorter one", () => {
      const short = sampler.points(100, 1, stream());
      expect(sampler.points(300, 1, stream()).subarray(0, 100)).toEqual(short);
    });
  },
);

describe("Sobol", () => {
  it.each(Object.entries(reference.sobol))(
    "agrees with SciPy to the bit in %s dimensions",
    (dimension, expected) => {
      expect([...sobol({ scramble: false }).points(64, Number(dimension), stream())]).toEqual(expected);
    },
  );
  it("agrees with SciPy in the last of its dimensions", () => {
    const points = sobol({ scramble: false }).points(1024, 512, stream());
    const tail = [...points].filter((_, i) => i >= 1000 * 512 && i % 512 >= 488);
    expect(tail).toEqual(reference.sobolTail);
  });
  it("keeps one point in every elementary interval when scrambled", () => {
    const points = sobol().points(256, 2, stream(5));
    for (let a = 0; a <= 8; a++) {
      const cells = new Set<number>();
      for (let i = 0; i < 256; i++) {
        const x = Math.floor(points[2 * i]! * 2 ** a);
        const y = Math.floor(points[2 * i + 1]! * 2 ** (8 - a));
        cells.add(x * 2 ** (8 - a) + y);
      }
      expect(cells.size).toBe(256);
    }
  });
  it("differs between seeds and is far more even than random points", () => {
    const points = sobol().points(256, 5, stream(1));
    expect(sobol().points(256, 5, stream(2))).not.toEqual(points);
    expect(discrepancy(points, 5)).toBeLessThan(0.2 * discrepancy(uniform.points(256, 5, stream(1)), 5));
  });
  it("refuses more dimensions than it has directions for", () => {
    expect(() => sobol().points(4, 513, stream())).toThrow("513 dimensions, expected at most 512");
  });
});

describe("Latin hypercube", () => {
  it("puts one point in each cell of each axis", () => {
    for (const sampler of all.filter((s) => s.name.includes("Latin"))) {
      const points = sampler.points(50, 4, stream(2));
      for (let d = 0; d < 4; d++) {
        expect(new Set(column(points, 4, d).map((u) => Math.floor(u * 50))).size).toBe(50);
      }
    }
  });
});

it("the discrepancy of these tests is SciPy's", () => {
  for (const { dimension, points, centred } of reference.discrepancy) {
    expect(discrepancy(Float64Array.from(points), dimension)).toBeCloseTo(centred, 12);
  }
});
