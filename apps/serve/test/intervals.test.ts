import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createServer } from "../src/index.ts";
import { predictions } from "./expected.ts";
import { calibration, surrogate, writeEnsemble, writeModel } from "./service.ts";

let server: FastifyInstance;
beforeAll(async () => {
  const files = [
    await writeEnsemble("calibrated.onnx", { intervals: calibration }),
    await writeModel("alone.onnx", surrogate(), { metadata: { intervals: calibration } }),
    await writeModel("plain.onnx"),
  ];
  server = await createServer(files, { workers: 1, log: "silent", watch: 0 });
});
afterAll(() => server.close());

const inputs = { rainfall: 700, "soil depth": 1, Q10: 1.2 };
const predict = async (body: object) => {
  const reply = await server.inject({ method: "POST", url: "/predict", payload: { inputs, ...body } });
  return { status: reply.statusCode, body: reply.json() };
};

/** Mean and deviation of the three networks, from what they are, apart from any file. */
function spread(point: readonly number[], j: number): { mean: number; std: number } {
  const values = [0, 1, 2].map((trial) => predictions(surrogate(trial), point)[j]!);
  const mean = values.reduce((sum, y) => sum + y / 3, 0);
  return { mean, std: Math.sqrt(values.reduce((sum, y) => sum + (y - mean) ** 2 / 2, 0)) };
}

describe("an answer's interval", () => {
  test.each([
    ["the usual level", {}, 0.9, 2, 0],
    ["a level that is asked for", { level: 0.5 }, 0.5, 0, 0],
    // 0.25 of the range of 400 to 1200 beyond its end.
    ["outside", { inputs: { ...inputs, rainfall: 1400 } }, 0.9, 2, 0.25],
  ])("has the half-width q sqrt(std^2 + floor^2) (1 + outside): %s", async (_, asked, level, at, outside) => {
    const { status, body } = await predict({ model: "calibrated", ...asked });
    expect(status).toBe(200);
    expect(body.interval.level).toBe(level);
    const point = [outside > 0 ? 1400 : 700, 1, 1.2];
    for (const [j, name] of ["GPP", "NEE"].entries()) {
      const { mean, std } = spread(point, j);
      const { floor, factors } = calibration.outputs[j]!;
      const half = factors[at]! * Math.sqrt(std ** 2 + floor ** 2) * (1 + outside);
      const { low, high } = body.interval;
      // Float32: seven digits of the ends.
      expect(Math.abs(low[name] - (mean - half))).toBeLessThan(1e-6 * (Math.abs(mean) + half));
      expect(Math.abs(high[name] - (mean + half))).toBeLessThan(1e-6 * (Math.abs(mean) + half));
    }
  });

  test("of one network is that of its errors alone", async () => {
    const { body } = await predict({ model: "alone", level: 0.8 });
    const gpp = predictions(surrogate(), [700, 1, 1.2])[0]!;
    expect(body.interval.high.GPP / (gpp + 1.2 * 2e-9)).toBeCloseTo(1, 6);
    expect(body.std).toBeUndefined();
  });

  test("is a guess outside the training range, and the warning says so", async () => {
    const { body } = await predict({ model: "calibrated", inputs: { ...inputs, rainfall: 1400 } });
    expect(body.warnings).toEqual([
      "rainfall is 1400, outside the training range of 400 to 1200 mm/yr: the answer is an extrapolation, its interval a guess",
    ]);
  });

  test.each([
    [{ model: "calibrated", level: 0.99 }, "level is 0.99, expected one of 0.5, 0.8, 0.9, 0.95"],
    [{ model: "calibrated", level: 0.7 }, "level is 0.7, expected one of 0.5, 0.8, 0.9, 0.95"],
    [{ model: "plain", level: 0.9 }, 'level is given, but model "plain" has no calibrated intervals'],
    [{ model: "calibrated", level: "0.9" }, "level"],
  ])("%j is refused", async (body, text) => {
    expect(await predict(body)).toEqual({ status: 400, body: { error: expect.stringContaining(text) } });
  });

  test("is not there where the file is not calibrated", async () => {
    expect((await predict({ model: "plain" })).body.interval).toBeUndefined();
  });
});

test("a file whose calibration is none is refused by name", async () => {
  const broken = { ...calibration, outputs: calibration.outputs.slice(1) };
  const file = await writeEnsemble("broken.onnx", { intervals: broken });
  const starting = createServer([file], { workers: 1, log: "silent", watch: 0 });
  await expect(starting).rejects.toThrow("broken.onnx: its intervals have 1 outputs, expected 2");
});
