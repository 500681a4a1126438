import { readFileSync } from "node:fs";
import { activations, neuralOde, resnet } from "@stiffnet/core";
import { encodeOnnx } from "@stiffnet/onnx";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Pool } from "../src/inference/pool.ts";
import { writeEnsemble } from "./service.ts";

const columns = 3;
let pool: Pool;
beforeAll(async () => {
  pool = await Pool.start({ workers: 1, maxQueue: 1000, maxBatch: 128, deterministic: true });
});
afterAll(() => pool.close());

/** Models with every activation, with widths that fill no vector. */
const models = activations.flatMap((activation) =>
  [7, 33, 50].map((width) => {
    const options = { inputs: columns, outputs: 2, width, depth: 6, activation, seed: width } as const;
    return [`${activation}, width ${width}`, () => encodeOnnx(resnet(options))] as const;
  }),
);
const others = [
  [
    "an ensemble with members and derivatives",
    async () => readFileSync(await writeEnsemble("deterministic.onnx")),
  ],
  [
    "a neural ODE in float64",
    () => {
      const ode = neuralOde({ inputs: columns, outputs: 2, width: 9, depth: 4, solver: "rk4", seed: 1 });
      return encodeOnnx(ode, { dtype: "float64", jacobian: true });
    },
  ],
] as const;

describe("a row has the same bits alone, in every company and in a large request", () => {
  test.each([...models, ...others])("%s", async (name, encode) => {
    await pool.load(`${name}#1`, await encode());
    const double = name.includes("float64");
    const typed = (values: number[]) => (double ? Float64Array.from(values) : Float32Array.from(values));
    const names = name.includes("ensemble") ? ["outputs", "outputs_std", "jacobian"] : ["outputs"];
    const row = [0.3, -1.2, 0.7];
    const other = (k: number) => [Math.sin(k), Math.cos(3 * k), Math.sin(7 * k)];
    const run = async (rows: number[]) => pool.run(`${name}#1`, typed(rows), columns, names);
    const bitsAt = (results: Awaited<ReturnType<typeof run>>, place: number) =>
      results.map(({ data, dims }) => {
        const each = data.length / dims[0]!;
        return Buffer.from(data.slice(place * each, (place + 1) * each).buffer).toString("hex");
      });
    const alone = bitsAt(await run(row), 0);
    // Together with requests of other sizes, in one batch.
    const batch = Array.from({ length: 12 }, (_, k) =>
      k === 7 ? run(row) : run(Array.from({ length: 1 + (k % 4) }, (_, i) => other(k + i)).flat()),
    );
    expect(bitsAt((await Promise.all(batch))[7]!, 0)).toEqual(alone);
    for (const count of [2, 3, 5, 17, 129, 300]) {
      for (const place of [0, 1, count >> 1, count - 1]) {
        const rows = Array.from({ length: count }, (_, k) => (k === place ? row : other(k))).flat();
        expect([count, place, ...bitsAt(await run(rows), place)]).toEqual([count, place, ...alone]);
      }
    }
  });
});
