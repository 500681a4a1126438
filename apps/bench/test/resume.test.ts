import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { checkpointIn, childrenOf, digestOf, small, start, stiffnet, temporaryFolder } from "./run.ts";

/** Long enough to be caught in the middle. */
const study = [...small, "--epochs", "1500", "--measure-every", "1500"];

describe("the digest of a study", () => {
  let expected: string;
  beforeAll(async () => {
    expected = await digestOf([...study, "--workers", "2", "--out", join(temporaryFolder(), "whole")]);
  });

  it("does not depend on the number of workers", async () => {
    expect(await digestOf([...study, "--workers", "1", "--out", join(temporaryFolder(), "one")])).toBe(
      expected,
    );
  });

  it("depends on the seed", async () => {
    expect(await digestOf([...small, "--seed", "2", "--out", join(temporaryFolder(), "other")])).not.toBe(
      expected,
    );
  });

  it("survives SIGKILL of the whole, again and again", async () => {
    const out = join(temporaryFolder(), "killed");
    for (const id of ["res-000", "res-001"]) {
      const { child, ended } = start([...study, "--workers", "1", "--out", out]);
      await checkpointIn(out, id);
      child.kill("SIGKILL");
      expect((await ended).code).toBe(null);
    }
    expect(await digestOf([...study, "--workers", "2", "--out", out])).toBe(expected);
  });

  it("survives SIGKILL of a worker, which is replaced", async () => {
    const out = join(temporaryFolder(), "worker");
    const { child, ended } = start([...study, "--workers", "1", "--out", out, "--json"]);
    await checkpointIn(out, "res-000");
    const [worker] = childrenOf(child.pid!);
    process.kill(worker!, "SIGKILL");
    const { code, stdout, stderr } = await ended;
    expect(stderr).toMatch(/res-000: its worker process died \(SIGKILL\).*restarted from its checkpoint/);
    expect(JSON.parse(stdout).digest).toBe(expected);
    expect(code).toBe(0);
  });

  it("survives Ctrl-C, which ends it at once", async () => {
    const out = join(temporaryFolder(), "interrupted");
    const { child, ended } = start([...study, "--workers", "2", "--out", out]);
    await checkpointIn(out, "res-000");
    const began = performance.now();
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    // A second is promised; twice that for a machine that is busy with other tests.
    expect(performance.now() - began).toBeLessThan(2000);
    expect(code).toBe(130);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/interrupted with \d of 3 trials done.*The same command goes on/);
    expect(await digestOf([...study, "--out", out])).toBe(expected);
  });

  it("survives a torn last line of trials.jsonl", async () => {
    const out = join(temporaryFolder(), "torn");
    await digestOf([...study, "--out", out]);
    const file = join(out, "trials.jsonl");
    const lines = readFileSync(file, "utf8").split("\n");
    writeFileSync(file, `${lines[0]}\n${lines[1]!.slice(0, 90)}`);
    expect(await digestOf([...study, "--out", out])).toBe(expected);
    expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(3);
  });
});

describe("a worker that dies again and again", () => {
  it("costs its trial, not the study", async () => {
    const out = join(temporaryFolder(), "out");
    const { child, ended } = start([...study, "--trials", "2", "--workers", "1", "--out", out, "--json"]);
    const state = join(out, "checkpoints", "res-000.state");
    await checkpointIn(out, "res-000");
    for (let death = 0; death < 2; death++) {
      // Not before it trains.
      const before = statSync(state).mtimeMs;
      while (statSync(state).mtimeMs === before) await new Promise((resolve) => setTimeout(resolve, 5));
      for (const worker of childrenOf(child.pid!)) process.kill(worker, "SIGKILL");
    }
    const { code, stdout } = await ended;
    const { failed, models } = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(failed).toEqual([{ id: "res-000", reason: expect.stringContaining("died (SIGKILL), twice") }]);
    expect(models[0].trials).toBe(1);
  });
});

describe("a damaged checkpoint", () => {
  it("is refused by name, in one line", async () => {
    const out = join(temporaryFolder(), "out");
    const { child, ended } = start([...study, "--workers", "1", "--out", out]);
    await checkpointIn(out, "res-000");
    child.kill("SIGKILL");
    await ended;
    // Wait for the orphaned worker, so that it does not write over the damage.
    await new Promise((resolve) => setTimeout(resolve, 300));
    appendFileSync(join(out, "checkpoints", "res-000.state"), "damage");
    const { code, stderr } = await stiffnet([...study, "--out", out]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^stiffnet: [^\n]*res-000\.state[^\n]*damaged[^\n]*\n$/m);
  });
});

describe("two at once", () => {
  it("the second is refused", async () => {
    const out = join(temporaryFolder(), "out");
    const first = start([...study, "--workers", "1", "--out", out]);
    await checkpointIn(out, "res-000");
    const { code, stderr } = await stiffnet([...study, "--out", out]);
    expect(code).toBe(2);
    expect(stderr).toContain(`in use by process ${first.child.pid}`);
    first.child.kill("SIGINT");
    expect((await first.ended).code).toBe(130);
  });
});
