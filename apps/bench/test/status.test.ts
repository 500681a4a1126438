import { once } from "node:events";
import { appendFileSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  but,
  checkpointIn,
  expectRefusal,
  inTurn,
  small,
  start,
  temporaryFolder,
} from "../../../scripts/commands/run.ts";

interface Status {
  readonly state: string;
  readonly epochs: { done: number; total: number };
  readonly secondsLeft: number | null;
  readonly runBy: readonly { pid: number; host: string; folder: string }[];
  readonly trials: readonly { id: string; state: string; epoch: number; riskTrain: number | null }[];
}

const statusOf = async (folder: string): Promise<Status> => {
  const { code, stdout, stderr } = await inTurn(["status", folder, "--json"]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
};

/** Every file's name, size and time of change. */
const traces = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => `${name} ${statSync(join(folder, name)).mtimeMs} ${statSync(join(folder, name)).size}`)
    .sort();

describe("status", () => {
  it("follows a study from its first checkpoint to its end", async () => {
    const out = join(temporaryFolder(), "out");
    // More epochs than any machine trains meanwhile.
    const long = ["--epochs", "10000000", "--measure-every", "10000000", "--workers", "1"];
    const { child, ended } = start([...but(small, ...long), "--out", out]);
    await checkpointIn(out, "res-000");
    const running = await statusOf(out);
    expect(running.state).toBe("running");
    expect(running.runBy).toMatchObject([{ pid: child.pid, folder: out }]);
    expect(running.epochs.total).toBe(30_000_000);
    expect(running.epochs.done).toBe(running.trials.reduce((sum, { epoch }) => sum + epoch, 0));
    expect(running.secondsLeft).toBeGreaterThan(0);
    const [first, , last] = running.trials;
    expect(first!.epoch).toBeGreaterThan(0);
    expect(first!.riskTrain).toBeGreaterThan(0);
    expect(last).toMatchObject({ id: "res-002", state: "waiting", epoch: 0, riskTrain: null });

    // A reader that is not a terminal gets plain lines, until nothing is left to watch.
    const watching = start(["status", out, "--watch"]);
    await once(watching.child.stdout!, "data");
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    const { code, stdout } = await watching.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^study: running, \d+ %, \d of 3 trials/m);
    expect(stdout).toMatch(/^study: stopped/m);
    expect(stdout).not.toContain("\x1b");

    const stopped = await statusOf(out);
    expect(stopped).toMatchObject({ state: "stopped", runBy: [], secondsLeft: null });
    expect(stopped.epochs.done).toBeGreaterThanOrEqual(running.epochs.done);
    expect(stopped.trials.map(({ state }) => state)).not.toContain("training");

    const whole = join(temporaryFolder(), "out");
    expect((await inTurn([...small, "--out", whole])).code).toBe(0);
    const finished = await statusOf(whole);
    expect(finished).toMatchObject({ state: "finished", secondsLeft: 0, epochs: { done: 360 } });
    expect((await inTurn(["status", whole, "--watch"])).stdout).toMatch(/^RES +3 +0 +0 +0 +0$/m);
  });

  it("sees all shards as one study", async () => {
    const out = join(temporaryFolder(), "parts");
    expect((await inTurn([...small, "--shard", "2/3", "--out", out])).code).toBe(0);
    const status = await statusOf(out);
    expect(status.state).toBe("stopped");
    expect(status.trials.map(({ state }) => state)).toEqual(["waiting", "finished", "waiting"]);
    expect(status.epochs).toEqual({ done: 120, total: 360 });
  });

  it("touches nothing, not even a torn line", async () => {
    const out = join(temporaryFolder(), "out");
    expect((await inTurn([...small, "--out", out])).code).toBe(0);
    appendFileSync(join(out, "trials.jsonl"), '{"id":"res-0');
    const before = traces(out);
    expect((await statusOf(out)).state).toBe("finished");
    expect(traces(out)).toEqual(before);
    expect(readFileSync(join(out, "trials.jsonl"), "utf8")).toMatch(/res-0$/);
  });

  it("counts a diverged trial as such", async () => {
    const out = join(temporaryFolder(), "out");
    const diverging = ["--activation", "relu", "--lift", "identity", "--rate", "1e30"];
    expect((await inTurn([...small, ...diverging, "--out", out])).code).toBe(1);
    const { state, trials } = await statusOf(out);
    expect(state).toBe("finished");
    expect(trials.map((trial) => trial.state)).toEqual(["diverged", "diverged", "diverged"]);
    expect((await inTurn(["status", out])).stdout).toMatch(/^RES +0 +3 +0 +0 +0$/m);
  });

  it("refuses what is no study", async () => {
    const cwd = temporaryFolder();
    expectRefusal(await inTurn(["status", "nothing"], { cwd }), "nothing", "no such folder");
    expectRefusal(await inTurn(["status", "."], { cwd }), "holds no study");
    expectRefusal(await inTurn(["status"], { cwd }), "folder");
  });
});
