import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomStream } from "@stiffnet/base";
import { describe, expect, it } from "vitest";
import { expectRefusal, inTurn, temporaryFolder } from "../../../scripts/commands/run.ts";
import { candidatesOf, settingsOf } from "../src/train/tune/candidates.ts";
import { affordable, ranked, roundsOf, survivors, trainingsOf } from "../src/train/tune/rounds.ts";

describe("the candidates of a tuning", () => {
  it("begin with what was asked for, and those of a larger budget with those of a smaller one", () => {
    const few = candidatesOf(1, 5, {});
    expect(few[0]).toEqual({});
    expect(candidatesOf(1, 9, {}).slice(0, 5)).toEqual(few);
    expect(candidatesOf(2, 5, {})).not.toEqual(few);
    expect(new Set(candidatesOf(1, 200, {}).map(settingsOf)).size).toBeGreaterThan(190);
  });
  it("leave alone what is given, and draw the rest as if it were not", () => {
    const free = candidatesOf(3, 9, {});
    const asked = { network: { width: 7 }, training: { rate: 0.5 }, models: [{ name: "RES" }] };
    candidatesOf(3, 9, asked).forEach((one, k) => {
      if (k === 0) return;
      const { width: _, ...network } = free[k]!.network!;
      expect(one).toEqual({ network });
    });
  });
});

describe("the rounds of a tuning", () => {
  it("keep a third, train it three times as long on more parts, and end with whole trainings", () => {
    expect(roundsOf(18)).toEqual([
      { candidates: 18, part: 9, trials: 1 },
      { candidates: 6, part: 3, trials: 2 },
      { candidates: 2, part: 1, trials: 4 },
    ]);
    expect(roundsOf(3)).toEqual([
      { candidates: 3, part: 3, trials: 2 },
      { candidates: 2, part: 1, trials: 4 },
    ]);
  });
  it("keep the best and what was asked for, however bad; what diverged goes first", () => {
    const scores = new Map([0, 0.1, -3, Number.POSITIVE_INFINITY, -2, 0.1].map((score, k) => [k, score]));
    expect(ranked(scores)).toEqual([2, 4, 0, 1, 5, 3]);
    expect(survivors(scores.set(0, 9), 3)).toEqual([0, 2, 4]);
    expect(survivors(scores, 6)).toEqual([0, 1, 2, 3, 4, 5]);
  });
  it("are as many as fit in the time", () => {
    const costs = Array.from({ length: 50 }, (_, k) => 1 + (k % 3));
    const count = affordable(60, costs);
    expect(trainingsOf(costs.slice(0, count))).toBeLessThanOrEqual(60);
    expect(trainingsOf(costs.slice(0, count + 1))).toBeGreaterThan(60);
    expect(affordable(1, costs)).toBe(0);
  });
});

describe("train --tune", () => {
  const cwd = temporaryFolder();
  const random = randomStream(5, 0);
  const rows = Array.from({ length: 60 }, () => {
    const [a, b] = [random.uniform(), random.uniform()];
    return `${a},${b},${a * b + a * a}`;
  });
  writeFileSync(join(cwd, "runs.csv"), `a,b,y\n${rows.join("\n")}\n`);
  const line = "train runs.csv --inputs a,b --outputs y --epochs 9 --depth 2 --trials 1 --workers 1 --out o";
  const run = (more: string) => inTurn([...line.split(" "), ...more.split(" ")], { cwd });

  it("trains what it chose, goes on from the rounds that are done, and can be had again by its configuration", async () => {
    const first = await run("--tune 4 --json");
    expect(first.code, first.stderr).toBe(0);
    const { tuning, config, digest } = JSON.parse(first.stdout);
    expect(tuning.candidates).toHaveLength(4);
    expect(tuning.candidates[0]).toMatchObject({
      settings: "as asked for",
      risks: [expect.any(Number), expect.any(Number)],
    });
    const { settings, risks } = tuning.candidates[tuning.chosen];
    expect(first.stderr).toContain("Tuned: of 4 configurations");
    const last = tuning.candidates.map(
      (one: { risks: number[] }) => one.risks[1] ?? Number.POSITIVE_INFINITY,
    );
    expect(risks[1]).toBe(Math.min(...last));
    if (tuning.chosen > 0)
      expect(settings).toContain(`rate ${config.training.rate}, width ${config.network.width}`);
    expect(config.network.depth).toBe(2);

    const out = join(cwd, "o");
    const records = readFileSync(join(out, "tune", "round-1", "trials.jsonl"), "utf8");
    for (const name of ["round-2", "tuning.json"]) rmSync(join(out, "tune", name), { recursive: true });
    const again = await run("--tune 4 --json");
    expect(JSON.parse(again.stdout)).toMatchObject({ digest, tuning });
    expect(readFileSync(join(out, "tune", "round-1", "trials.jsonl"), "utf8")).toBe(records);

    const words = ["train", "--config", "o/config.json", "--workers", "1", "--out", "p", "--json"];
    const { tuning: none, ...same } = JSON.parse((await inTurn(words, { cwd })).stdout);
    expect(same).toMatchObject({ digest });
    expect(none).toBeUndefined();
  });

  it("refuses what leaves nothing to choose by, or too little time", async () => {
    expectRefusal(await run("--tune 4 --validation 0"), "--tune: compares validation errors");
    expectRefusal(await run("--tune 4 --shard 1/2"), "neither --shard nor --queue");
    // It measures before it refuses: where that takes long, lines of progress come first.
    const late = await run("--tune 0.01s");
    const stderr = late.stderr.replace(/^(tuning, .*\n)+/, "");
    expectRefusal({ ...late, stderr }, "--tune: 0.01 s are too few for 3 configurations");
  });
});
