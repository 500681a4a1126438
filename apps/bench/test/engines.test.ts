import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { expectRefusal, inTurn, temporaryFolder } from "../../../scripts/commands/run.ts";

const tiny =
  "study --preset alpine --trials 1 --epochs 8 --width 5 --depth 2 --set data.train=90 --set data.test=20".split(
    " ",
  );

it("trains every model on both engines, which agree, and records the backend", async () => {
  const out = join(temporaryFolder(), "out");
  const { code, stdout, stderr } = await inTurn([
    ...tiny,
    "--models",
    "res,stiff=1e-3",
    "--engine",
    "kernels,tfjs",
    "--out",
    out,
    "--json",
  ]);
  expect([code, stderr]).toEqual([0, expect.stringContaining("study: trained on kernels: ")]);
  const { models, engine } = JSON.parse(stdout);
  expect(engine).toMatch(/^kernels: [\w-]+, tfjs \(\w+ backend\)$/);
  expect(models.map((model: { name: string }) => model.name)).toEqual([
    "RES",
    "RES (tfjs)",
    "RES stiff",
    "RES stiff (tfjs)",
  ]);
  // The same initial parameters and shuffles: what differs after 16 steps is rounding.
  for (const [own, other] of [models.slice(0, 2), models.slice(2, 4)]) {
    for (const figure of ["riskTrain", "riskTest", "stiffness"])
      expect(Math.abs(other[figure].median / own[figure].median - 1)).toBeLessThan(1e-4);
  }
  const records = readFileSync(join(out, "trials.jsonl"), "utf8");
  const [kernels, tfjs] = engine.split(", ");
  const engines = records
    .split("\n")
    .filter((line) => line.includes('"id"'))
    .map((line) => JSON.parse(line))
    .map((record) => [record.model, record.engine]);
  expect(Object.fromEntries(engines)).toEqual({
    RES: kernels,
    "RES (tfjs)": tfjs,
    "RES stiff": kernels,
    "RES stiff (tfjs)": tfjs,
  });
  expect(readFileSync(join(out, "report.html"), "utf8")).toContain(engine);
});

it("leaves the usual engine out of the configuration, so that earlier folders go on", async () => {
  const out = join(temporaryFolder(), "out");
  await inTurn([...tiny, "--engine", "kernels", "--out", out]);
  const config = JSON.parse(readFileSync(join(out, "config.json"), "utf8"));
  expect(config.models).toEqual([{ name: "RES" }]);
  const again = await inTurn([...tiny, "--out", out]);
  expect([again.code, again.stderr]).toEqual([0, expect.stringContaining("nothing was trained")]);
  expectRefusal(
    await inTurn([...tiny, "--engine", "tfjs", "--out", out]),
    'models was [{"name":"RES"}], now [{"name":"RES","engine":"tfjs"}]',
  );
});

it("takes the engine from a study's file too", async () => {
  const show = async (...args: string[]) =>
    JSON.parse((await inTurn(["study", "--preset", "quick", "--show-config", ...args])).stdout).models;
  const both = await show("--models", "res,l2=1e-5", "--engine", "kernels,tfjs");
  expect(both.map(({ name, engine }: Record<string, string>) => [name, engine])).toEqual([
    ["RES", undefined],
    ["RES (tfjs)", "tfjs"],
    ["RES L2", undefined],
    ["RES L2 (tfjs)", "tfjs"],
  ]);
  expect(await show("--set", 'models=[{"name":"wide","engine":"tfjs"}]')).toEqual([
    { name: "wide", engine: "tfjs" },
  ]);
});

it("refuses engines that cannot be", async () => {
  expectRefusal(
    await inTurn([...tiny, "--engine", "torch"]),
    "--engine: is 'torch', expected one of kernels, tfjs",
  );
  const table = join(temporaryFolder(), "table.csv");
  writeFileSync(table, `a,y\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 7}\n`).join("")}`);
  expectRefusal(
    await inTurn(["train", table, "--inputs", "1", "--outputs", "2", "--engine", "kernels,tfjs"]),
    "--engine: is 'kernels,tfjs', expected one of kernels, tfjs",
  );
  expectRefusal(
    await inTurn(["study", "--models", "res", "--set", "models.0.engine=torch"]),
    `models.0.engine: is "torch", expected one of 'kernels', 'tfjs'`,
  );
});
