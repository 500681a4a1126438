import { readFileSync } from "node:fs";
import { axis, ishigami, sobolG } from "@stiffnet/datasets";
import { type SobolOutput, sobolIndices, UncertaintyError } from "@stiffnet/uncertainty";
import { describe, expect, it } from "vitest";

/** Known indices: Ishigami and Homma (1990); Saltelli and Sobol (1995). */
function ishigamiIndices(a = 7, b = 0.1): { first: number[]; total: number[] } {
  const [v1, v2, v13] = [
    0.5 * (1 + (b * Math.PI ** 4) / 5) ** 2,
    a ** 2 / 8,
    (8 / 225) * b ** 2 * Math.PI ** 8,
  ];
  const v = v1 + v2 + v13;
  return { first: [v1 / v, v2 / v, 0], total: [(v1 + v13) / v, v2 / v, v13 / v] };
}

function sobolGIndices(a: readonly number[]): { first: number[]; total: number[] } {
  const partial = a.map((t) => 1 / (3 * (1 + t) ** 2));
  const product = partial.reduce((all, v) => all * (1 + v), 1);
  const v = product - 1;
  return { first: partial.map((p) => p / v), total: partial.map((p) => (p * product) / (1 + p) / v) };
}

/** Largest difference over both orders: indices are shares, so 0.01 is 1 % of the variance. */
function worst(output: SobolOutput, known: { first: number[]; total: number[] }): number {
  return Math.max(
    ...known.first.map((value, i) => Math.abs(output.first[i]!.value - value)),
    ...known.total.map((value, i) => Math.abs(output.total[i]!.value - value)),
  );
}

const a = [0, 1, 4.5, 9, 99, 99, 99, 99];

describe.each([
  { fn: ishigami(), known: ishigamiIndices() },
  { fn: sobolG(a), known: sobolGIndices(a) },
])("$fn.name", ({ fn, known }) => {
  it.each([1, 2, 3, 4, 5])("has its known indices within 1 % of the variance, seed %i", async (seed) => {
    const { outputs, evaluations } = await sobolIndices((rows) => fn.evaluate(rows), fn.inputs, ["f"], {
      seed,
    });
    expect(evaluations).toBe(8192 * (fn.inputs.length + 2));
    expect(worst(outputs[0]!, known)).toBeLessThan(0.01);
    for (const index of [...outputs[0]!.first, ...outputs[0]!.total]) {
      expect(index.low).toBeLessThanOrEqual(index.value);
      expect(index.high).toBeGreaterThanOrEqual(index.value);
    }
  });
});

it("comes as close to Ishigami's indices as SALib does with as many evaluations", async () => {
  const reference: { samples: number; first: number[]; total: number[] } = JSON.parse(
    readFileSync(new URL("./reference/salib.json", import.meta.url), "utf8"),
  );
  const fn = ishigami();
  const { samples } = reference;
  const { outputs } = await sobolIndices((rows) => fn.evaluate(rows), fn.inputs, ["f"], { samples });
  // Two estimates of one number: each is within half a percent of it.
  expect(worst(outputs[0]!, reference)).toBeLessThan(0.01);
});

it("tells outputs apart, whatever their scale, and the share of an additive model in both orders", async () => {
  const axes = [
    axis("x", 0, 1),
    axis("y", 1e-3, 1e3, { distribution: { kind: "logUniform" } }),
    axis("idle", 5, 6),
  ];
  const { outputs, inputs } = await sobolIndices(
    (rows) =>
      Float64Array.from({ length: rows.length }, (_, k) => {
        const [row, output] = [Math.floor(k / 3), k % 3];
        const [x, y] = [rows[3 * row]!, Math.log10(rows[3 * row + 1]!)];
        return [1e-30 * (2 * x + y), 1e9 + 1e3 * x, 7][output]!;
      }),
    axes,
    ["sum", "offset", "constant"],
  );
  expect(inputs).toEqual(["x", "y", "idle"]);
  // Variances: 4 / 12, and log10 y is uniform on [-3, 3], 36 / 12.
  for (const order of ["first", "total"] as const) {
    const [x, y, idle] = outputs[0]![order].map(({ value }) => value);
    expect(x).toBeCloseTo(0.1, 2);
    expect(y).toBeCloseTo(0.9, 2);
    expect(idle).toBeCloseTo(0, 6);
    expect(outputs[1]![order].map(({ value }) => Math.round(100 * value))).toEqual([100, 0, 0]);
  }
  expect(outputs[2]).toEqual({ name: "constant", mean: 7, variance: 0, first: [], total: [] });
});

it("refuses what has no indices in one line", async () => {
  const x = [axis("x", 0, 1)];
  const plain = (rows: Float64Array): Float64Array => rows;
  await expect(sobolIndices(plain, x, ["f"], { samples: 1000 })).rejects.toThrow(
    "samples is 1000, expected a power of two",
  );
  await expect(sobolIndices(plain, [], ["f"])).rejects.toThrow("no input varies");
  await expect(sobolIndices(plain, x, ["f", "g"])).rejects.toThrow("expected 8192 rows of 2");
  await expect(sobolIndices(plain, x, ["f"], { confidence: 1 })).rejects.toThrow(UncertaintyError);
  const wrong = sobolIndices((rows) => rows.map(() => Number.NaN), x, ["f"]);
  await expect(wrong).rejects.toThrow(/NaN for 'f' at x = 0\.\d+, expected a finite number/);
});
