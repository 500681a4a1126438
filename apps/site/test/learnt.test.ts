import { samplingStream } from "@stiffnet/base";
import { dataset } from "@stiffnet/preparation";
import { expect, test } from "vitest";
import { readAddress } from "../playground/address.ts";
import { trainFields } from "../playground/train/config.ts";
import { learntBy, questionOf } from "../playground/train/learnt.ts";
import { modelOf } from "../playground/train/setup.ts";

test.each([1e300, 1e-300])("outputs of size %d keep it in the pictures", async (size) => {
  const stream = samplingStream(1, "points", 0);
  const draw = (count: number) => {
    const inputs = Float64Array.from({ length: count }, () => stream.uniform());
    return { count, inputs, outputs: inputs.map((x) => size * (1 + x)) };
  };
  const test = draw(20);
  const given = { name: "t", inputNames: ["x"], outputNames: ["y"], train: draw(40), test };
  const data = { ...dataset(given), test };
  const config = { ...readAddress(trainFields, "").state, data: "csv" };
  const { truth, values, trained, paths } = await learntBy(modelOf(config, data), questionOf(config, data), {
    layers: 2,
    output: 0,
  });
  expect([...truth]).toEqual([...test.outputs]);
  for (const list of [values, trained, ...paths.map(({ y }) => y)]) {
    for (const value of list) expect(Math.abs(value / size)).toBeGreaterThan(1e-3);
    for (const value of list) expect(Math.abs(value / size)).toBeLessThan(1e3);
  }
});
