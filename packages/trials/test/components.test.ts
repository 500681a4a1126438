import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomStream } from "@stiffnet/base";
import { prepare } from "@stiffnet/preparation";
import { expect, it } from "vitest";
import { loadData } from "../src/data/kinds.ts";

it("gives errors of components the weight that they have in the outputs", async () => {
  const folder = mkdtempSync(join(tmpdir(), "stiffnet-components-"));
  const random = randomStream(1, 0);
  const lines = Array.from({ length: 40 }, () => {
    const [a, b] = [random.uniform(), random.uniform()];
    // Six outputs in two directions. The second direction is small.
    return [a, b, ...Array.from({ length: 6 }, (_, k) => a + 0.01 * k * b)].join(",");
  });
  writeFileSync(join(folder, "runs.csv"), ["a,b,y1,y2,y3,y4,y5,y6", ...lines].join("\n"));
  const spec = {
    ...({ kind: "table", inputs: "1-2", outputs: "3-", missing: "error", digest: "" } as const),
    file: join(folder, "runs.csv"),
    test: 0.25,
    validation: 0,
  };
  const distances = async (more: object): Promise<number[]> => {
    const { preparation, train } = await loadData({ ...spec, ...more }, 1);
    const rows = prepare(preparation.outputs, train.outputs);
    const width = rows.length / train.count;
    return Array.from({ length: train.count - 1 }, (_, row) => {
      const at = (r: number, c: number): number => rows[r * width + c]!;
      return Array.from({ length: width }, (_, c) => (at(row, c) - at(row + 1, c)) ** 2).reduce(
        (x, y) => x + y,
      );
    });
  };
  const plain = await distances({});
  const components = await distances({ prepare: { components: 2 } });
  rmSync(folder, { recursive: true });
  const [factor] = components.map((square, k) => square / plain[k]!);
  components.forEach((square, k) => {
    expect(square / plain[k]! / factor!).toBeCloseTo(1, 6);
  });
});
