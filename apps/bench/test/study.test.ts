import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BenchError } from "@stiffnet/terminal";
import { describe, expect, test } from "vitest";
import { assign, readStudyFile, studyConfig } from "../../../packages/trials/src/configuration/configure.ts";
import { presetOf } from "../../../packages/trials/src/configuration/presets.ts";
import { type StudyFile, studySchema } from "../../../packages/trials/src/configuration/schema.ts";
import { but, expectRefusal, inTurn, stiffnet, temporaryFolder } from "../../../scripts/commands/run.ts";

const config = async (file: StudyFile, preset: "quick" | "paper" = "paper") =>
  (await studyConfig({ name: "study" }, { preset, ...file })).config;

describe("the configuration", () => {
  test("of the paper preset is the slides'", async () => {
    const { trials, network, training, models, data } = await config({});
    expect(trials).toBe(25);
    expect(network).toEqual({ width: 50, depth: 16, activation: "tanh", lift: "tanh", horizon: 1 });
    expect(training).toMatchObject({ epochs: 1000, batchSize: 20, rate: 1e-3 });
    expect(data).toMatchObject({ kind: "dalec", ensemble: "site", train: 1996, test: 500 });
    expect(models.map(({ name, penalty }) => [name, penalty?.weight])).toEqual([
      ["RES", undefined],
      ["RES L2", 1e-5],
      ["RES stiff", 1e-3],
    ]);
  });

  test("overlays the preset field by field", async () => {
    const made = await config({ preset: "quick", training: { epochs: 50 }, network: { depth: 3 } });
    expect(made.training).toMatchObject({ epochs: 50, batchSize: 20 });
    expect(made.network).toMatchObject({ depth: 3, width: 20 });
    // 25 records of the proxies, whatever the length.
    expect(made.measures.every).toBe(2);
  });

  test("can be given again as it was kept", async () => {
    const made = await config({ sweep: { lambda: [1e-4, 1e-2] } });
    expect(await config(JSON.parse(JSON.stringify(made)), "quick")).toEqual(made);
  });

  test("takes any field by its path", () => {
    const set = [
      { name: "network.activation", value: "sin" },
      { name: "models.2.penalty.weight", value: "0.5" },
      { name: "data.train", value: "100" },
    ];
    const { network, models, data } = assign({}, set, presetOf("study", "paper"));
    expect(network?.activation).toBe("sin");
    expect(models?.[2]).toEqual({
      name: "RES stiff",
      penalty: { kind: "stiff", weight: 0.5, aggregate: "sum" },
    });
    expect(data).toMatchObject({ kind: "dalec", train: 100, test: 500 });
  });

  test("its schema is the one that is shipped", () => {
    const shipped = JSON.parse(readFileSync(new URL("../study.schema.json", import.meta.url), "utf8"));
    expect(studySchema("stiffnet-bench study")).toEqual(shipped);
  });
});

test("a table is read once, whatever the number of workers", async () => {
  const folder = temporaryFolder();
  const rows = Array.from({ length: 40 }, (_, i) => `${i % 7},${(i * 3) % 11},${(i * i) % 13}`);
  writeFileSync(join(folder, "runs.csv"), `a,b,y\n${rows.join("\n")}\n`);
  // Loaded by the command and by every process that it starts.
  const watch = join(folder, "watch.mjs");
  writeFileSync(
    watch,
    `import fs from "node:fs";
     import { syncBuiltinESMExports } from "node:module";
     const { createReadStream } = fs;
     fs.createReadStream = (path, options) => {
       if (String(path).endsWith("runs.csv")) fs.appendFileSync(${JSON.stringify(join(folder, "reads"))}, "read\\n");
       return createReadStream(path, options);
     };
     syncBuiltinESMExports();`,
  );
  const table = ["--data", "runs.csv", "--inputs", "a,b", "--outputs", "y"];
  const sizes = "--preset quick --trials 2 --epochs 2 --width 4 --depth 2 --workers 2 --out out".split(" ");
  const { code, stderr } = await stiffnet(["study", ...table, ...sizes], {
    cwd: folder,
    env: { NODE_OPTIONS: `--import=${watch}` },
  });
  expect(code, stderr).toBe(0);
  expect(readFileSync(join(folder, "reads"), "utf8")).toBe("read\n");
});

test("training processes that cannot begin end the study, which says so once", async () => {
  const folder = temporaryFolder();
  const broken = join(folder, "broken.mjs");
  writeFileSync(broken, 'if (process.send) throw new Error("a package is missing");');
  const sizes = "--preset quick --trials 2 --epochs 2 --width 4 --depth 2 --workers 2 --out out".split(" ");
  const { code, stderr } = await stiffnet(["study", ...sizes], {
    cwd: folder,
    env: { NODE_OPTIONS: `--import=${broken}` },
  });
  expect(stderr).toMatch(/^stiffnet-bench: [^\n]*before it began \(exit 1\): [^\n]*a package is missing\n$/);
  expect(code).toBe(1);
});

describe("a sweep", () => {
  test("over weights leaves the plain model as it is", async () => {
    const { models } = await config({ sweep: { lambda: [1e-4, 1e-2] } });
    expect(models.map(({ name, penalty }) => [name, penalty?.weight])).toEqual([
      ["RES", undefined],
      ["RES L2 0.0001", 1e-4],
      ["RES L2 0.01", 1e-2],
      ["RES stiff 0.0001", 1e-4],
      ["RES stiff 0.01", 1e-2],
    ]);
  });

  test("over sizes makes every combination", async () => {
    const { models } = await config({
      models: [{ name: "RES" }],
      sweep: { width: [4, 6], depth: [2], trainRows: [50, 100] },
    });
    expect(models).toHaveLength(4);
    expect(models[3]).toEqual({
      name: "RES width 6 depth 2 rows 100",
      network: { width: 6, depth: 2 },
      trainRows: 100,
    });
  });
});

describe("wrong use is refused in one line, before anything is trained", () => {
  const folder = temporaryFolder();
  const out = join(folder, "out");
  const study = (...args: string[]) => inTurn(["study", "--preset", "quick", "--out", out, ...args]);
  const table = join(folder, "table.csv");
  writeFileSync(table, `a,b\n${Array.from({ length: 30 }, (_, i) => `${i},${i * i}`).join("\n")}\n`);

  const files: [string, string, ...string[]][] = [
    ["broken JSON", "{", "not JSON"],
    ["a list", "[]", "the configuration"],
    ["an unknown field", '{"epoch": 3}', "epoch: unknown field", "training"],
    ["an unknown inner field", '{"training": {"epoch": 3}}', "training.epoch: unknown field", "epochs"],
    ["a text for a number", '{"trials": "3"}', 'trials: is "3"', "a whole number of at least 1"],
    ["a negative number", '{"training": {"epochs": -1}}', "training.epochs: is -1", "at least 1"],
    ["a fraction", '{"network": {"width": 2.5}}', "network.width: is 2.5"],
    ["a rate of zero", '{"training": {"rate": 0}}', "training.rate: is 0", "above 0"],
    ["no models", '{"models": []}', "models", "at least one model"],
    ["a model without a name", '{"models": [{}]}', "models.0.name: missing"],
    [
      "an unknown penalty",
      '{"models": [{"name": "a", "penalty": {"kind": "l3", "weight": 1}}]}',
      "models.0.penalty.kind",
    ],
    [
      "a negative weight",
      '{"models": [{"name": "a", "penalty": {"kind": "l2", "weight": -1}}]}',
      "models.0.penalty.weight",
    ],
    ["two models of one name", '{"models": [{"name": "a"}, {"name": "A"}]}', "cannot be told apart"],
    [
      "an unknown ensemble",
      '{"data": {"kind": "dalec", "ensemble": "x", "train": 9, "test": 9, "validation": 0}}',
      "data.ensemble",
    ],
    ["data of an unknown kind", '{"data": {"kind": "sql"}}', "data", "'dalec'"],
    ["the best epoch of no validation rows", '{"keep": "best"}', "keep", "data.validation"],
    ["proxies without the spectral radius", '{"measures": {"proxies": ["frobenius"]}}', "spectralRadius"],
    ["a seed that is too large", '{"seed": 4294967296}', "seed: is 4294967296"],
    ["a list", "[]", "the configuration: is [], expected an object"],
    ["null in place of fields", '{"training": null}', "training: is null, expected an object"],
    ["a preset that is none", '{"preset": "huge"}', "preset", "'quick', 'paper'"],
    [
      "a sweep of weights of no penalty",
      '{"models": [{"name": "a"}], "sweep": {"lambda": [1]}}',
      "sweep.lambda",
    ],
  ];
  for (const [what, text, ...parts] of files) {
    test(what, async () => {
      const file = join(folder, "study.json");
      writeFileSync(file, text);
      const refused = await (async () => config(readStudyFile(file)))().catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(BenchError);
      const { message, exitCode } = refused as BenchError;
      expect(exitCode).toBe(2);
      expect(message).not.toContain("\n");
      for (const part of parts) expect(message).toContain(part);
    });
  }

  test("as a user sees it", async () => {
    const file = join(folder, "typed.json");
    writeFileSync(file, '{"training": {"epochs": -1}}');
    expectRefusal(await study("--config", file), file, "training.epochs: is -1", "at least 1");
  });

  const lines: [string, string[], ...string[]][] = [
    ["a configuration that is not there", ["--config", "nowhere.json"], "nowhere.json", "no such file"],
    ["data that is not there", ["--data", "nowhere.csv", "--inputs", "1", "--outputs", "2"], "nowhere.csv"],
    ["data without columns", ["--data", table], "--inputs"],
    ["columns without data", ["--inputs", "1-3"], "--inputs: is given without --data"],
    ["a column that is not there", ["--data", table, "--inputs", "a", "--outputs", "c"], "'c'"],
    ["a penalty of an unknown kind", ["--models", "res,l3=1"], "l3=1", "l2=WEIGHT"],
    ["a sweep over nothing known", ["--sweep", "height=3"], "sweep.height: unknown field", "lambda"],
    ["a sweep over words", ["--sweep", "width=wide"], 'sweep.width.0: is "wide"'],
    ["a field set to nonsense", ["--set", "training.batchSize=many"], 'training.batchSize: is "many"'],
    ["a field that is none", ["--set", "training.batch=3"], "training.batch: unknown field"],
    [
      "an assignment without a value",
      ["--set", "trials"],
      "trials",
      "expected a name and a value, as in training.epochs=100",
    ],
    [
      "end times before the beginning",
      ["--solver", "rk4", "--steer", "1"],
      "--steer: is 1",
      "horizon, which is 1",
    ],
    [
      "end times of one model before the beginning",
      ["--set", "models.2.training.steer=0.5", "--horizon", "0.5"],
      "--steer: is 0.5",
      "0.5 in RES stiff",
    ],
  ];
  for (const [what, args, ...parts] of lines) {
    test(what, async () => expectRefusal(await study(...args), ...parts));
  }

  test("a folder that holds another configuration", async () => {
    const place = join(folder, "first");
    const small = [
      "study",
      "--preset",
      "quick",
      "--out",
      place,
      ..."--trials 1 --epochs 2 --width 4 --depth 2".split(" "),
    ];
    expect((await inTurn([...small, "--models", "res"])).code).toBe(0);
    expectRefusal(
      await inTurn([...but(small, "--epochs", "3"), "--models", "res"]),
      "training.epochs was 2, now 3",
    );
  });
});

test("a small study of models that differ in everything ends with one document", async () => {
  const out = temporaryFolder();
  const args = ["study", "--preset", "quick", "--trials", "2", "--epochs", "3", "--out", out, "--json"];
  const sweep = [
    "--models",
    "res,stiff=1e-2",
    "--sweep",
    "width=4,6",
    "--sweep",
    "trainRows=60",
    "--set",
    "data.train=100",
    "--set",
    "data.test=20",
  ];
  const set = ["--set", "data.ensemble=global"];
  const began = performance.now();
  const { code, stdout, stderr } = await stiffnet([...args, ...sweep, ...set]);
  const elapsed = (performance.now() - began) / 1000;
  // Progress may speak of a training error.
  expect(stderr).not.toMatch(/^stiffnet(-bench)?: /m);
  expect(code).toBe(0);
  const summary = JSON.parse(stdout);
  expect(summary.seconds).toBeGreaterThan(0);
  expect(summary.seconds).toBeLessThan(elapsed);
  const each = summary.models.flatMap((model: { seconds: { values: number[] } }) => model.seconds.values);
  expect(summary.trainingSeconds).toBeCloseTo(
    each.reduce((sum: number, one: number) => sum + one, 0),
    9,
  );
  expect(summary.models.map(({ name, trials }: { name: string; trials: number }) => [name, trials])).toEqual([
    ["RES width 4 rows 60", 2],
    ["RES width 6 rows 60", 2],
    ["RES stiff width 4 rows 60", 2],
    ["RES stiff width 6 rows 60", 2],
  ]);
  for (const { seconds, processorSeconds } of summary.models) {
    expect(seconds.median).toBeGreaterThan(0);
    expect(processorSeconds.median).toBeGreaterThan(0);
  }
});
