import { join } from "node:path";
import { exportGaussian } from "@stiffnet/onnx";
import { dataset } from "@stiffnet/preparation";
import {
  type GaussianModel,
  gaussianModel,
  intervalsAt,
  predictGaussianModel,
  usualLevel,
} from "@stiffnet/uncertainty";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needs } from "../../../scripts/needs.ts";
import { createServer } from "../src/index.ts";
import { kinds, openPage } from "./page/opened.ts";
import { calibration, folder } from "./service.ts";

const [inputNames, outputNames] = [
  ["rainfall", "soil depth"],
  ["GPP", "NEE"],
];
const ranges = [
  [400, 1180],
  [0.5, 3.75],
] as const;
const point = [703, 1.7];
const rows = [...point, 900, 3];
let server: FastifyInstance;
let model: GaussianModel;
let path = "";
beforeAll(async () => {
  const points = Array.from({ length: 40 }, (_, k) => [400 + 20 * k, 0.5 + ((k * 7) % 40) / 12] as const);
  // A process that interpolates would have deviations of the size of rounding, which no file repeats.
  const outputs = points.flatMap(([x, y], k) => [
    (x * 1e-11 + y * 1e-9) * (1 + 0.01 * Math.cos(k * k)),
    Math.sin(x / 200) * y,
  ]);
  const train = { count: 40, inputs: Float64Array.from(points.flat()), outputs: Float64Array.from(outputs) };
  model = gaussianModel(dataset({ name: "land", inputNames, outputNames, train }));
  const options = { ranges, metadata: { intervals: calibration } };
  ({ path } = await exportGaussian(model, join(folder, "process.onnx"), options));
  server = await createServer([path], { workers: 1, log: "silent", watch: 0 });
});
afterAll(() => server.close());

/** The file computes in float64, and answers in float32. */
function expectNear(found: readonly number[], expected: ArrayLike<number>): void {
  expect(found).toHaveLength(expected.length);
  for (const [k, value] of found.entries()) expect(value / expected[k]!).toBeCloseTo(1, 5);
}

describe("a Gaussian process is served like a network", () => {
  test("rows over the protocol are its means and deviations", async () => {
    const metadata = (await server.inject({ url: "/v2/models/process" })).json();
    expect(metadata.outputs.map(({ name }: { name: string }) => name)).toEqual(["outputs", "outputs_std"]);
    const payload = { inputs: [{ name: "inputs", datatype: "FP32", shape: [2, 2], data: rows }] };
    const reply = await server.inject({ method: "POST", url: "/v2/models/process/infer", payload });
    const [mean, std] = reply.json().outputs;
    const expected = predictGaussianModel(model, Float64Array.from(rows));
    expectNear(mean.data, expected.mean);
    expectNear(std.data, expected.std);
  });

  test("a point by its names has the deviation, and the interval that the deviation makes", async () => {
    const inputs = Object.fromEntries(inputNames.map((name, j) => [name, point[j]]));
    const answer = (await server.inject({ method: "POST", url: "/predict", payload: { inputs } })).json();
    const { mean, std } = predictGaussianModel(model, Float64Array.from(point));
    expectNear(Object.values(answer.outputs), mean);
    expectNear(Object.values(answer.std), std);
    const { low, high } = intervalsAt(calibration, {
      inputs: ranges.map((range) => ({ range })),
      rows: point,
      level: usualLevel,
      means: mean,
      spreads: std,
    });
    expectNear(Object.values(answer.interval.low), low);
    expectNear(Object.values(answer.interval.high), high);
    expect(answer.warnings).toEqual([]);
  });

  test("its description says what it is, and it has no network to send", async () => {
    const { config, inputs } = (await server.inject({ url: "/models/process" })).json();
    expect(config).toMatchObject({ kind: "gaussianProcess", rows: 40 });
    expect(inputs[0]).toMatchObject({ name: "rainfall", slider: [400, 1180] });
    const reply = await server.inject({ url: "/models/process/network" });
    expect([reply.statusCode, reply.json().error]).toEqual([
      404,
      'model "process" is a Gaussian process, which has no network',
    ]);
  });
});

describe("the page of a Gaussian process", needs("chromium"), () => {
  test.each(kinds)("has bands of its deviations, and no spectrum, from %s", async (kind) => {
    const bare = (await exportGaussian(model, join(folder, "bare.onnx"), { ranges })).path;
    const opened = await openPage(kind, [bare]);
    await opened.open("#in.rainfall=703&in.soil+depth=1.7");
    const { page } = opened;
    const { mean, std } = predictGaussianModel(model, Float64Array.from(point));
    const cells = page.locator("#outputs").getByRole("row", { name: "NEE" }).locator("td.number");
    await expect.poll(async () => Number(await cells.nth(0).textContent()) / mean[1]!).toBeCloseTo(1, 2);
    await expect.poll(async () => Number(await cells.nth(1).textContent()) / std[1]!).toBeCloseTo(1, 1);
    expect(await page.locator("#outputs-note").textContent()).toContain(
      "standard deviation of a new observation",
    );
    await page.getByRole("tab", { name: "Slice" }).click();
    await expect.poll(() => page.locator("#view path.band").count()).toBeGreaterThan(0);
    expect(await page.getByRole("tab", { name: "Spectrum" }).count()).toBe(0);
    expect(opened.complaints).toEqual([]);
    await opened.close();
  });
});
