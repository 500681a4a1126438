import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type StudyConfig, trialSpecs } from "@stiffnet/trials";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { specsOfShard } from "../../../packages/trials/src/run/shard.ts";
import {
  type Ended,
  expectRefusal,
  inTurn,
  small,
  stiffnet,
  temporaryFolder,
} from "../../../scripts/commands/run.ts";

/** Two models, so that a part must get some of each. */
const study = [...small, "--models", "res,l2=1e-5"];

describe("the parts of a study", () => {
  const configOf = (trials: number, models: number) =>
    ({
      trials,
      models: Array.from({ length: models }, (_, i) => ({ name: `m${i}` })),
    }) as unknown as StudyConfig;

  it("have every trial once, as many of each model as can be", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(),
        (trials, models, n) => {
          const config = configOf(trials, models);
          const of = 1 + (n % (trials * models));
          const parts = Array.from({ length: of }, (_, i) => specsOfShard(config, { index: i + 1, of }));
          const ids = parts.flat().map(({ id }) => id);
          expect(ids.sort()).toEqual(
            trialSpecs(config)
              .map(({ id }) => id)
              .sort(),
          );
          for (const { name } of config.models) {
            const counts = parts.map((part) => part.filter(({ model }) => model.name === name).length);
            expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
          }
          const sizes = parts.map((part) => part.length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it("are not more than there are trials", async () => {
    const ended = await inTurn([...small, "--shard", "4/4", "--out", join(temporaryFolder(), "out")]);
    expectRefusal(ended, "--shard 4/4", "3 trials");
  });
});

describe("shards, trained one by one and merged", () => {
  const folder = temporaryFolder();
  const [whole, parts] = [join(folder, "whole"), join(folder, "parts")];
  let expected: { digest: string };
  let shards: Ended[];
  beforeAll(async () => {
    expected = JSON.parse((await inTurn([...study, "--out", whole, "--json"])).stdout);
    const train = (shard: string) => stiffnet([...study, "--out", parts, "--shard", shard]);
    // Two at once, as in a job array, the third later.
    shards = await Promise.all([train("1/3"), train("2/3")]);
    const early = await inTurn(["merge", parts]);
    expect(early.code).toBe(1);
    expect(early.stdout).toBe("");
    expect(early.stderr).toMatch(/^stiffnet(-bench)?: [^\n]+\n$/);
    for (const part of ["2 of 6 trials are missing", "res-002", "shard 3 of 3 is not there"]) {
      expect(early.stderr).toContain(part);
    }
    expect(existsSync(join(parts, "trials.jsonl"))).toBe(false);
    shards.push(await train("3/3"));
  });

  it("say what comes next", () => {
    for (const { code, stdout } of shards) {
      expect(code).toBe(0);
      expect(stdout).toMatch(/shard \d of 3 is done, 2 of its 2 trials/);
      expect(stdout).toContain(`stiffnet-bench merge ${parts}`);
    }
  });

  it("leave what an undivided study leaves, with the same digest", async () => {
    const { code, stdout } = await inTurn(["merge", parts, "--json"]);
    expect(code).toBe(0);
    const merged = JSON.parse(stdout);
    expect(merged.digest).toBe(expected.digest);
    const names = (path: string) => readdirSync(path).filter((name) => !name.startsWith("shard-"));
    expect(names(parts)).toEqual(names(whole));
    for (const place of ["checkpoints", "figures"]) {
      expect(names(join(parts, place))).toEqual(names(join(whole, place)));
    }
    expect(readFileSync(join(parts, "model.onnx")).length).toBeGreaterThan(0);
    const again = await inTurn(["merge", parts, "--json"]);
    expect(again.stderr).toContain("already finished");
    // The study itself finds everything done.
    const resumed = await inTurn([...study, "--out", parts]);
    expect(resumed.stderr).toContain("already finished");
    expect(resumed.code).toBe(0);
  });

  it("are merged from anywhere to anywhere", async () => {
    const out = join(folder, "elsewhere");
    const sources = ["1", "2", "3"].map((i) => join(parts, `shard-${i}-of-3`));
    expectRefusal(await inTurn(["merge", ...sources]), "--out");
    const { stdout } = await inTurn(["merge", ...sources, "--out", out, "--json"]);
    expect(JSON.parse(stdout).digest).toBe(expected.digest);
  });

  it("of different studies are refused, when they begin and when they are merged", async () => {
    const other = join(folder, "other");
    const begun = await inTurn([...study, "--out", parts, "--shard", "1/2", "--seed", "2"]);
    expectRefusal(begun, "shard-1-of-3", "seed was 1, now 2");
    expect(existsSync(join(parts, "shard-1-of-2"))).toBe(false);
    expect((await inTurn([...study, "--out", other, "--shard", "1/3", "--seed", "2"])).code).toBe(0);
    const merged = await inTurn(["merge", parts, other, "--out", join(folder, "mixed")]);
    expectRefusal(merged, "shard-1-of-3", "seed was 1, now 2");
    expect(existsSync(join(folder, "mixed"))).toBe(false);
  });

  it("that disagree on a trial are refused", async () => {
    const twice = join(folder, "twice");
    expect((await inTurn([...study, "--out", twice, "--shard", "1/3"])).code).toBe(0);
    const file = join(twice, "shard-1-of-3", "trials.jsonl");
    writeFileSync(file, readFileSync(file, "utf8").replace(/"digest":"[0-9a-f]{4}/g, '"digest":"0000'));
    const { code, stderr } = await inTurn(["merge", parts, twice, "--out", join(folder, "mixed")]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^stiffnet(-bench)?: .*res-(l2-)?00\d has another checksum.*\n$/);
    rmSync(twice, { recursive: true });
  });

  it("are not joined with a trial in --out that differs", async () => {
    const out = join(folder, "differs");
    const sources = ["1", "2", "3"].map((i) => join(parts, `shard-${i}-of-3`));
    const merge = (...more: string[]) => inTurn(["merge", ...sources, "--out", out, "--json", ...more]);
    expect((await merge()).code).toBe(0);
    const file = join(out, "trials.jsonl");
    writeFileSync(file, readFileSync(file, "utf8").replace(/"digest":"[0-9a-f]{4}/, '"digest":"0000'));
    const { code, stderr } = await merge();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^stiffnet(-bench)?: .*res-000 has another checksum than in .*differs, .*\n$/);
    const { stdout } = await merge("--force");
    expect(JSON.parse(stdout).digest).toBe(expected.digest);
  });

  it("are still there after --force, which deletes only what was joined", async () => {
    const { stdout } = await inTurn(["merge", parts, "--force", "--json"]);
    expect(JSON.parse(stdout).digest).toBe(expected.digest);
    const part = join(parts, "shard-1-of-3");
    expectRefusal(await inTurn(["merge", part, "--force"]), part, "--force deletes");
    expect(existsSync(join(part, "trials.jsonl"))).toBe(true);
  });
});

describe("wrong use of shards", () => {
  it.each(["0/3", "4/3", "x", "1", "1/0", "-1/3", "1.5/3"])("--shard %s", async (shard) => {
    const cwd = temporaryFolder();
    expectRefusal(await inTurn([...small, `--shard=${shard}`], { cwd }), "--shard", `'${shard}'`, "2/3");
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("merge of nothing", async () => {
    const cwd = temporaryFolder();
    expectRefusal(await inTurn(["merge", "results"], { cwd }), "results", "no such folder");
    expectRefusal(await inTurn(["merge", "."], { cwd }), "holds no study");
    expectRefusal(await inTurn(["merge"], { cwd }), "folders");
  });
});
