import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { randomStream } from "@stiffnet/base";
import { neuralOde, resnet } from "@stiffnet/core";
import { encodeOnnx } from "@stiffnet/onnx";
import {
  chain,
  identity,
  logarithm,
  prepare,
  principalComponents,
  restore,
  standardise,
} from "@stiffnet/preparation";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needs } from "../../../scripts/needs.ts";
import { eigenvalues } from "../page/eigenvalues.js";
import { predict, readNetwork, sensitivities } from "../page/network.js";
import { surrogateHtml } from "../src/index.ts";
import { networkOf } from "../src/models/describe.ts";
import { launch } from "./browser.ts";
import { predictions } from "./expected.ts";
import { folder, surrogate, writeEnsemble } from "./service.ts";

describe("the network in the browser", () => {
  const reference = readFileSync(join(import.meta.dirname, "reference", "eigenvalues.json"), "utf8");
  const cases: { name: string; size: number; matrix: number[]; eigenvalues: [number, number][] }[] =
    JSON.parse(reference);

  test.each(cases)("eigenvalues of $name as LAPACK has them", ({ size, matrix, eigenvalues: expected }) => {
    const found = eigenvalues(matrix, size);
    expect(found).toHaveLength(size);
    const largest = Math.max(1e-300, ...expected.map(([re, im]) => Math.hypot(re, im)));
    // Each of LAPACK's has one of ours near it, each taken once.
    const left = [...found];
    for (const [re, im] of expected) {
      const distances = left.map(([a, b]) => Math.hypot(a - re, b - im));
      const nearest = distances.indexOf(Math.min(...distances));
      // Defective eigenvalues move by the square root of the rounding, and no solver does better.
      expect(distances[nearest]! / largest).toBeLessThan(name(size, matrix) ? 1e-5 : 1e-12);
      left.splice(nearest, 1);
    }
  });
  const name = (size: number, matrix: number[]) => matrix.filter((x) => x === 0).length > size;

  test("values and derivatives are those of the model", async () => {
    const network = readNetwork(await networkOf({ bytes: readFileSync(await writeEnsemble("page.onnx")) }));
    const x = [700, 1, 1.2];
    const members = [0, 1, 2].map((trial) => predictions(surrogate(trial), x));
    const { mean, std } = predict(network, x);
    for (const j of [0, 1]) {
      const expected = (members[0]![j]! + members[1]![j]! + members[2]![j]!) / 3;
      expect(mean[j]! / expected).toBeCloseTo(1, 12);
      const spread = Math.sqrt(members.reduce((sum, y) => sum + (y[j]! - expected) ** 2, 0) / 3);
      expect(std![j]! / spread).toBeCloseTo(1, 9);
    }
    const slopes = sensitivities(network, x);
    for (const i of [0, 1, 2]) {
      const h = x[i]! * 1e-5;
      const at = (by: number) =>
        predict(
          network,
          x.map((value, k) => (k === i ? value + by : value)),
        ).mean;
      for (const j of [0, 1]) {
        expect(slopes[j * 3 + i]! / ((at(h)[j]! - at(-h)[j]!) / (2 * h))).toBeCloseTo(1, 6);
      }
    }
  });
});

const shape = { inputs: 3, outputs: 2, width: 6, depth: 5 };
test.each([
  ["rk4 with cubic weights", neuralOde({ ...shape, weights: "cubic", solver: "rk4", augment: 2 })],
  [
    "midpoint without ends",
    neuralOde({ ...shape, width: 3, lift: "none", readout: "none", solver: "midpoint" }),
  ],
  [
    "heun through held layers",
    neuralOde({ ...shape, solver: "heun", weights: { basis: "perLayer", layers: 1 } }),
  ],
  ["no skip connections", resnet({ ...shape, skip: false, augment: 1 })],
])("%s: values and derivatives are those of the file", async (_, model) => {
  const bytes = encodeOnnx(model, { dtype: "float64", jacobian: true });
  const network = readNetwork(await networkOf({ bytes }));
  const x = [0.3, -0.7, 1.1];
  const session = await InferenceSession.create(bytes);
  const { outputs, jacobian } = await session.run({
    inputs: new Tensor("float64", Float64Array.from(x), [1, 3]),
  });
  const expectNear = (found: Float64Array, expected: unknown) => {
    const values = expected as Float64Array;
    expect(found).toHaveLength(values.length);
    values.forEach((value, k) => {
      expect(found[k]).toBeCloseTo(value, 12);
    });
  };
  expectNear(predict(network, x).mean, outputs!.data);
  expectNear(sensitivities(network, x), jacobian!.data);
});

test("logarithms and components of a preparation are followed, values and derivatives", async () => {
  const random = randomStream(3, 0);
  const rows = Float64Array.from(
    { length: 4 * 50 },
    (_, k) => 10 ** ((k % 4) - 2) * (0.2 + random.uniform()),
  );
  const names = ["a", "b", "c", "d"];
  const fit = chain(
    (x, all) => logarithm(x, all, { columns: ["b", "d"] }),
    standardise,
    (x, all) => principalComponents(x, all, { keep: 3 }),
  );
  const outputs = chain(logarithm, standardise)(
    Float64Array.from({ length: 100 }, () => 1e-9 * 50 ** random.uniform()),
    ["y", "z"],
  );
  const model = {
    ...surrogate(),
    inputNames: names,
    outputNames: ["y", "z"],
    preparation: { inputs: fit(rows, names), outputs },
  };
  const bytes = encodeOnnx(model, { dtype: "float64", jacobian: true });
  const network = readNetwork(await networkOf({ bytes }));
  const x = [...rows.subarray(0, 4)];
  const bare = {
    ...model,
    inputNames: names.slice(1),
    preparation: { inputs: identity(3), outputs: identity(2) },
  };
  const inside = predict(readNetwork(await networkOf({ bytes: encodeOnnx(bare) })), [
    ...prepare(model.preparation.inputs, Float64Array.from(x)),
  ]);
  const expected = restore(outputs, inside.mean);
  expected.forEach((value, j) => {
    expect(predict(network, x).mean[j]! / value).toBeCloseTo(1, 12);
  });
  const slopes = sensitivities(network, x);
  for (let i = 0; i < 4; i++) {
    const at = (by: number) =>
      predict(
        network,
        x.map((value, k) => (k === i ? value * (1 + by) : value)),
      ).mean;
    for (const j of [0, 1]) {
      expect(slopes[j * 4 + i]! / ((at(1e-5)[j]! - at(-1e-5)[j]!) / (2e-5 * x[i]!))).toBeCloseTo(1, 6);
    }
  }
});

test("a document of its own refuses what stiffnet did not export", async () => {
  await expect(surrogateHtml(new TextEncoder().encode("no model"), "x")).rejects.toThrow("not an ONNX file");
});

describe("a document of its own in Chromium", needs("chromium"), () => {
  let context: BrowserContext;
  let page: Page;
  const requests: string[] = [];
  const complaints: string[] = [];
  beforeAll(async () => {
    const file = join(folder, "page.html");
    // A name that would end the script element if it were written as it is.
    writeFileSync(
      file,
      await surrogateHtml(readFileSync(await writeEnsemble("page.onnx")), "</script><b>$& land"),
    );
    context = await launch();
    page = context.pages()[0]!;
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(file).href);
  });
  afterAll(() => context.close());

  test("computes by itself, and asks nobody", async () => {
    await page.getByRole("spinbutton", { name: "rainfall" }).fill("700");
    const members = [0, 1, 2].map((trial) => predictions(surrogate(trial), [700, 2, 1.5])[1]!);
    const mean = (members[0]! + members[1]! + members[2]!) / 3;
    const row = page.locator("#outputs").getByRole("row", { name: "NEE" });
    await expect.poll(async () => Number(await row.locator("output").textContent()) / mean).toBeCloseTo(1, 4);
    for (const tab of ["Slice", "Map", "Sensitivities", "Spectrum", "Training", "Code"]) {
      await page.getByRole("tab", { name: tab }).click();
      await expect.poll(() => page.locator("#view").textContent()).toMatch(/\w/);
    }
    expect(await page.locator("h1").textContent()).toBe("</script><b>$& land");
    expect(requests.filter((address) => !/^(file|data|blob):/.test(address))).toEqual([]);
    // Beyond what a number can hold: no answer, and nothing thrown.
    await page.getByRole("spinbutton", { name: "rainfall" }).fill("1e308");
    await expect.poll(() => row.locator("output").textContent()).not.toContain("NaN");
    await page.getByRole("spinbutton", { name: "rainfall" }).fill("");
    await expect.poll(() => page.locator("#status").textContent()).toBe("rainfall is no number.");
    expect(await row.locator("output").textContent()).toBe("–");
    expect(complaints).toEqual([]);
  });
});
