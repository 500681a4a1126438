import { halton, latinHypercube, type Sampler, samplingStream, sobol, uniform } from "@stiffnet/datasets";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import reference from "./reference/samplers.json" with { type: "json" };

const stream = (seed = 1): ReturnType<typeof samplingStream> => samplingStream(seed, "points");
const all: Sampler[] = [
  uniform,
  latinHypercube(),
  latinHypercube({ jitter: false }),
  latinHypercube({ maximin: 5 }),
  sobol(),
  sobol({ scramble: false }),
  halton(),
  halton({ scramble: false }),
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

describe.each([sobol(), sobol({ scramble: false }), uniform, halton()].filter((s) => s.extensible))(
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
    const points = sobol({ scramble: false }).points(1024, 1024, stream());
    const tail = [...points].filter((_, i) => i >= 1000 * 1024 && i % 1024 >= 1000);
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
    expect(() => sobol().points(4, 1025, stream())).toThrow("1025 dimensions, expected at most 1024");
  });
});

describe("Halton", () => {
  it.each(Object.entries(reference.halton))("agrees with SciPy in %s dimensions", (dimension, expected) => {
    const points = halton({ scramble: false }).points(64, Number(dimension), stream());
    // SciPy adds the digits up in floating point; here one division rounds once.
    for (const [i, u] of expected.entries()) expect(Math.abs(points[i]! - u)).toBeLessThan(1e-15);
  });
  it("keeps one point in every cell of its base when scrambled", () => {
    const points = halton().points(243, 2, stream(3));
    expect(new Set(column(points, 2, 1).map((u) => Math.floor(u * 243))).size).toBe(243);
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
  it("maximin takes the best of its designs", () => {
    const smallest = (points: Float64Array): number => {
      let least = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 20; i++)
        for (let j = 0; j < i; j++)
          least = Math.min(
            least,
            Math.hypot(points[2 * i]! - points[2 * j]!, points[2 * i + 1]! - points[2 * j + 1]!),
          );
      return least;
    };
    // The first of the designs is the plain one of the same stream.
    const plain = smallest(latinHypercube().points(20, 2, stream(4)));
    expect(smallest(latinHypercube({ maximin: 50 }).points(20, 2, stream(4)))).toBeGreaterThan(1.2 * plain);
  });
  it("refuses no design at all", () => {
    expect(() => latinHypercube({ maximin: 0 })).toThrow("maximin is 0");
  });
});

it("the discrepancy of these tests is SciPy's", () => {
  for (const { dimension, points, centred } of reference.discrepancy) {
    expect(discrepancy(Float64Array.from(points), dimension)).toBeCloseTo(centred, 12);
  }
});
