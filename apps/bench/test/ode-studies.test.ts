import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { importOnnx } from "@stiffnet/onnx";
import { describe, expect, test } from "vitest";
import { studyConfig } from "../../../packages/trials/src/configuration/configure.ts";
import { complaintOf } from "../../../packages/trials/src/configuration/schema.ts";
import { weightsBasis } from "../../../packages/trials/src/options/field-options.ts";
import { expectRefusal, inTurn, temporaryFolder } from "../../../scripts/commands/run.ts";

describe("--weights", () => {
  test.each([
    ["cubic", "cubic"],
    ["perLayer", "perLayer"],
    ["perLayer:4", { basis: "perLayer", layers: 4 }],
    ["polynomial:0", { basis: "polynomial", degree: 0 }],
    ["piecewiseLinear:2", { basis: "piecewiseLinear", knots: 2 }],
  ])("takes %s", (text, weights) => {
    expect(weightsBasis(text)).toEqual(weights);
    expect(complaintOf({ network: { weights } })).toBeUndefined();
  });

  test.each([
    ["quartic", "is 'quartic', expected one of perLayer, constant"],
    ["polynomial", "is 'polynomial', expected"],
    ["cubic:3", "is 'cubic:3', expected"],
    ["polynomial:3:4", "or with a size (at least two knots) perLayer:N, polynomial:N"],
    ["piecewiseLinear:1", "at least two knots"],
    ["perLayer:x", "is 'perLayer:x', expected"],
  ])("refuses %s", (text, message) => {
    expect(() => weightsBasis(text)).toThrow(message);
  });
});

test("a configuration file names what it has no solver or basis for", () => {
  expect(complaintOf({ network: { solver: "rk5" } })).toContain(
    "network.solver: is \"rk5\", expected one of 'euler'",
  );
  expect(complaintOf({ network: { weights: "quartic" } })).toContain('network.weights: is "quartic"');
  expect(complaintOf({ training: { steer: 0 } })).toContain(
    "training.steer: is 0, expected a number above 0",
  );
  expect(complaintOf({ sweep: { solver: ["euler", 3] } })).toContain("sweep.solver.1: is 3");
});

test("a sweep over solvers makes a neural ODE of each", async () => {
  const models = [
    { name: "RES" },
    { name: "RES stiff", penalty: { kind: "stiff", weight: 1e-3 } } as const,
    { name: "mine" },
  ];
  const { config } = await studyConfig(
    { name: "study" },
    { preset: "quick", models, sweep: { solver: ["euler", "rk4"], depth: [2] } },
  );
  expect(config.models.map(({ name, network }) => [name, network])).toEqual([
    ["NODE euler depth 2", { solver: "euler", depth: 2 }],
    ["NODE rk4 depth 2", { solver: "rk4", depth: 2 }],
    ["NODE stiff euler depth 2", { solver: "euler", depth: 2 }],
    ["NODE stiff rk4 depth 2", { solver: "rk4", depth: 2 }],
    ["mine euler depth 2", { solver: "euler", depth: 2 }],
    ["mine rk4 depth 2", { solver: "rk4", depth: 2 }],
  ]);
});

describe("a study", () => {
  const folder = temporaryFolder();
  const file = join(folder, "study.json");
  writeFileSync(
    file,
    JSON.stringify({
      preset: "quick",
      trials: 1,
      data: { kind: "function", name: "alpine02", dimension: 2, validation: 0, train: 30, test: 10 },
      network: { width: 4, depth: 3 },
      training: { epochs: 3, batchSize: 10 },
      models: [
        { name: "RES" },
        { name: "euler", network: { solver: "euler" } },
        { name: "rk4", network: { solver: "rk4", weights: "linear", augment: 1 }, training: { steer: 0.2 } },
        {
          name: "implicit",
          network: { solver: "implicitMidpoint", weights: { basis: "polynomial", degree: 2 } },
        },
      ],
    }),
  );

  test("trains neural ODEs beside residual networks, and says which it has no file of", async () => {
    const out = join(folder, "out");
    const { code, stderr, stdout } = await inTurn(["study", "--config", file, "--out", out, "--json"]);
    expect(code).toBe(0);
    const sentence =
      "implicit: no ONNX file was written: the solver of the neural ODE is implicitMidpoint, which is implicit";
    expect(stderr).toContain(sentence);
    expect(readFileSync(join(out, "report.html"), "utf8")).toContain(sentence);
    const { files } = JSON.parse(stdout);
    expect(Object.keys(files).filter((name) => name.startsWith("model"))).toEqual([
      "model-res",
      "model",
      "model-euler",
      "model-rk4",
    ]);
    expect(existsSync(join(out, "model-implicit.onnx"))).toBe(false);
    const digests = new Map<string, string>(
      readFileSync(join(out, "trials.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
        .map(({ model, digest }) => [model, digest]),
    );
    // Explicit Euler through a layer a step is the residual network, to the last bit.
    expect(digests.get("euler")).toBe(digests.get("RES"));
    expect(new Set(digests.values()).size).toBe(3);
    const [rk4] = await importOnnx(files["model-rk4"]);
    expect(rk4!.config).toMatchObject({ kind: "neuralOde", solver: "rk4", augment: 1, depth: 3 });
  });

  test("of implicit models alone concludes without a file", async () => {
    const table = join(folder, "table.csv");
    writeFileSync(table, `a,b\n${Array.from({ length: 30 }, (_, i) => `${i},${(i * i) % 7}`).join("\n")}\n`);
    const line =
      "--inputs a --outputs b --trials 2 --epochs 2 --width 3 --depth 2 --solver backwardEuler --json";
    const out = join(folder, "train");
    const { code, stderr, stdout } = await inTurn(["train", table, "--out", out, ...line.split(" ")]);
    expect(code).toBe(0);
    expect(stderr).toContain("no penalty: no ONNX file was written");
    const { files, config } = JSON.parse(stdout);
    expect(files.model).toBeUndefined();
    expect(config.network).toMatchObject({ solver: "backwardEuler" });
  });

  test("whose network cannot be is refused before the folder is made", async () => {
    const out = join(folder, "refused");
    const line = "study --preset alpine --trials 1 --epochs 1 --depth 8 --weights perLayer:3";
    expectRefusal(await inTurn([...line.split(" "), "--out", out]), "3 layers for depth 8");
    expect(existsSync(out)).toBe(false);
  });
});
