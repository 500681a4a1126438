import { expect, test } from "vitest";
import { findRanges } from "../../page/ranges.ts";
import type { ModelDescription, PageService } from "../../page/service/types.ts";

test("the range of a difference of two inputs is found, whichever two they are", async () => {
  const inputs = Array.from({ length: 40 }, (_, j) => ({ name: `x${j}`, slider: [0, 1] }));
  const pairs = inputs.flatMap((_, i) => inputs.slice(i + 1).map((_, j) => [i, i + 1 + j] as const));
  const outputs = pairs.map(([i, j]) => ({ name: `x${i} - x${j}` }));
  const service = {
    evaluate: async (_: ModelDescription, rows: readonly (readonly number[])[]) => ({
      mean: rows.flatMap((row) => pairs.map(([i, j]) => row[i]! - row[j]!)),
    }),
  } as Partial<PageService> as PageService;
  const ranges = await findRanges(service, { inputs, outputs } as unknown as ModelDescription);
  for (const [low, high] of ranges) {
    expect(low).toBeLessThan(-0.8);
    expect(high).toBeGreaterThan(0.8);
  }
});
