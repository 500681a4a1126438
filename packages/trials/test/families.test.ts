import { testFunction, testFunctions } from "@stiffnet/datasets";
import { proxyLabel } from "@stiffnet/report";
import { penalisedProxies, proxies } from "@stiffnet/stiffness";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../scripts/commands/run.ts";
import { type StudyConfig, trialSpecs } from "../src/configuration/config.ts";
import { proxyNames } from "../src/configuration/fields.ts";
import { presetOf } from "../src/configuration/presets.ts";
import { complaintOf } from "../src/configuration/schema.ts";
import { dataNamed, loadData } from "../src/data/kinds.ts";
import { comparedModels } from "../src/options/penalties.ts";
import { Checkpoint } from "../src/run/checkpoint.ts";
import { runTrial } from "../src/run/trial.ts";

// Every member that has a row in its package's table is available to studies.

describe.each(Object.keys(testFunctions))("the test function %s", (name) => {
  it("is data of a study by its name", async () => {
    const spec = { ...dataNamed(`function:${name}`, 0)!, train: 8, test: 4 };
    expect(spec).toMatchObject({ kind: "function", name, validation: 0 });
    expect(complaintOf({ data: spec })).toBeUndefined();
    const data = await loadData(spec as typeof spec & { kind: "function" }, 1);
    expect([data.train.count, data.test.count]).toEqual([8, 4]);
    expect(data.inputNames.length).toBe(testFunction(name).inputs.length);
  });
});

it("a test function of one dimension alone is refused in another", async () => {
  const ackley = await loadData(dataNamed("function:ackley:5", 0)!, 1);
  expect(ackley.inputNames).toHaveLength(5);
  await expect(loadData(dataNamed("function:ishigami:5", 0)!, 1)).rejects.toThrow(
    "ishigami: dimension is 5, but it has 3 inputs",
  );
  for (const wrong of ["function:ishigam", "function:ackley:0", "function:ackley:2:3", "dalec:moon"]) {
    expect(() => dataNamed(wrong, 0)).toThrow(`${wrong}: no such data, expected `);
  }
  expect(dataNamed("C:/runs.csv", 0)).toBeUndefined();
});

it("every way to penalise a proxy trains a model, and every proxy is measured of it", async () => {
  const names = Object.keys(penalisedProxies);
  const models = comparedModels(["res", ...names.map((name) => `${name}=1e-3`)].join(","));
  expect(models.map(({ name }) => name).slice(1)).toEqual(
    Object.values(penalisedProxies).map(({ label }) => `RES ${label}`),
  );
  const { measures, records: _, ...paper } = presetOf("study", "paper");
  const config: StudyConfig = {
    ...paper,
    format: 1,
    command: "study",
    keep: "final",
    trials: 1,
    data: { kind: "function", name: "alpine02", train: 20, test: 6, validation: 0 },
    network: { ...paper.network, width: 4, depth: 2 },
    training: { ...paper.training, epochs: 2 },
    models,
    measures: { ...measures, every: 1 },
  };
  expect(complaintOf(config)).toBeUndefined();
  const data = await loadData(config.data, config.seed);
  const folder = temporaryFolder();
  for (const spec of trialSpecs(config)) {
    const record = await runTrial(config, spec, {
      data,
      checkpoint: new Checkpoint(folder, spec.id),
      signal: new AbortController().signal,
      onEpoch() {},
    });
    if (record.status === "interrupted") throw new Error("nobody interrupted it");
    expect(Object.keys(record.proxies)).toEqual(proxyNames);
    if (spec.model.penalty) expect(record.penalty, spec.id).toBeGreaterThan(0);
  }
  expect(proxyNames).toEqual(Object.keys(proxies));
  expect(proxyNames.map(proxyLabel)).toEqual(Object.values(proxies).map(({ label }) => label));
});
