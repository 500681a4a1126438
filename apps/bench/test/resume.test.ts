import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { randomStream } from "@stiffnet/base";
import { beforeAll, describe, expect, it } from "vitest";
import {
  but,
  checkpointIn,
  childrenOf,
  digestOf,
  endless,
  expectRefusal,
  gone,
  inTurn,
  lasting,
  programOf,
  small,
  start,
  temporaryFolder,
  until,
} from "../../../scripts/commands/run.ts";
import { needsThat } from "../../../scripts/needs.ts";

/** When a checkpoint was last written. */
function newest(out: string): number {
  const folder = join(out, "checkpoints");
  if (!existsSync(folder)) return 0;
  const states = readdirSync(folder).filter((name) => name.endsWith(".state"));
  return Math.max(0, ...states.map((name) => statSync(join(folder, name)).mtimeMs));
}

/** Ids of the trials that ended. */
function endedIn(out: string): string[] {
  const file = join(out, "trials.jsonl");
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line).id);
}

describe("the digest of a study", () => {
  /** Long enough to be caught in the middle. */
  let study: readonly string[];
  let expected: string;
  const whole = join(temporaryFolder(), "whole");
  beforeAll(async () => {
    study = await lasting(0.3);
    expected = await digestOf([...study, "--workers", "2", "--out", whole]);
  });

  it("does not depend on the number of workers", async () => {
    expect(await digestOf([...study, "--workers", "1", "--out", join(temporaryFolder(), "one")])).toBe(
      expected,
    );
  });

  it("depends on the seed", async () => {
    const [first, second] = ["1", "2"].map((seed) =>
      digestOf([...small, "--seed", seed, "--out", join(temporaryFolder(), seed)]),
    );
    expect(await first).not.toBe(await second);
  });

  it("survives SIGKILL at five random moments", async () => {
    const longer = but(await lasting(0.4), "--trials", "4");
    const whole = await digestOf([...longer, "--workers", "2", "--out", join(temporaryFolder(), "whole")]);
    const out = join(temporaryFolder(), "killed");
    const random = randomStream(11, 0);
    for (let kill = 0; kill < 5; kill++) {
      const before = newest(out);
      const { child, ended } = start([...longer, "--workers", String(1 + (kill % 2)), "--out", out]);
      // Some training first, or the kills would show nothing.
      await until("a checkpoint is newer", () => newest(out) !== before);
      await new Promise((resolve) => setTimeout(resolve, 150 * random.uniform()));
      // The workers at the same time, or left behind to find out.
      const workers = random.uniform() < 0.5 ? childrenOf(child.pid!) : [];
      child.kill("SIGKILL");
      for (const pid of workers) process.kill(pid, "SIGKILL");
      expect((await ended).code).toBe(null);
    }
    expect(endedIn(out).length).toBeLessThan(4);
    expect(await digestOf([...longer, "--workers", "2", "--out", out])).toBe(whole);
  });

  it("survives SIGKILL of a worker, which is replaced", async () => {
    const out = join(temporaryFolder(), "worker");
    const { child, ended } = start([...study, "--workers", "1", "--out", out, "--json"]);
    await checkpointIn(out, "res-000");
    const [worker] = childrenOf(child.pid!);
    process.kill(worker!, "SIGKILL");
    expect(endedIn(out)).toEqual([]);
    const { code, stdout, stderr } = await ended;
    expect(stderr).toMatch(/res-000: its worker process died \(SIGKILL\).*restarted from its checkpoint/);
    expect(JSON.parse(stdout).digest).toBe(expected);
    expect(code).toBe(0);
  });

  it("survives Ctrl-C, which does not wait for the trials", async () => {
    const out = join(temporaryFolder(), "interrupted");
    const { child, ended } = start([...study, "--workers", "2", "--out", out]);
    await checkpointIn(out, "res-000");
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(130);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/interrupted with [012] of 3 trials done.*The same command continues/);
    expect(await digestOf([...study, "--out", out])).toBe(expected);
  });

  it("survives a torn last line of trials.jsonl", async () => {
    const out = join(temporaryFolder(), "torn");
    cpSync(whole, out, { recursive: true });
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
    const command = [...endless(), "--workers", "1", "--out", out, "--json"];
    const state = join(out, "checkpoints", "res-000.state");
    const trains = async (): Promise<void> => {
      const before = statSync(state).mtimeMs;
      await until("the checkpoint is newer", () => statSync(state).mtimeMs !== before);
    };
    const { child, ended } = start(command);
    await checkpointIn(out, "res-000");
    for (let death = 0; death < 2; death++) {
      await trains();
      for (const worker of childrenOf(child.pid!)) process.kill(worker, "SIGKILL");
    }
    const { code, stdout } = await ended;
    const { failed, models } = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(failed).toEqual([{ id: "res-000", reason: expect.stringContaining("died (SIGKILL), twice") }]);
    expect(models.map(({ trials }: { trials: number }) => trials)).toEqual([0, 1, 1, 1]);

    // The same command tries it again.
    const again = start(command);
    await trains();
    again.child.kill("SIGINT");
    expect((await again.ended).code).toBe(130);
  });
});

describe("a damaged checkpoint", () => {
  it("is refused by name, in one line", async () => {
    const out = join(temporaryFolder(), "out");
    const study = [...endless(), "--workers", "1", "--out", out];
    const { child, ended } = start(study);
    await checkpointIn(out, "res-000");
    const workers = childrenOf(child.pid!);
    child.kill("SIGKILL");
    await ended;
    // The orphaned worker, which would write over the damage, finds out and ends.
    await Promise.all(workers.map(gone));
    appendFileSync(join(out, "checkpoints", "res-000.state"), "damage");
    const { code, stderr } = await inTurn(study);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^stiffnet(-bench)?: [^\n]*res-000\.state[^\n]*damaged[^\n]*\n$/m);
  });
});

describe("a study that another version began", () => {
  const out = join(temporaryFolder(), "study");
  /** Without its last trial. */
  const unfinished = () => {
    const file = join(out, "trials.jsonl");
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    writeFileSync(file, `${lines.slice(0, -1).join("\n")}\n`);
  };
  const madeBy = (version: string, change: Record<string, string>) => {
    const file = join(out, "versions.json");
    const versions = { ...JSON.parse(readFileSync(file, "utf8")), "@stiffnet/trials": version, ...change };
    writeFileSync(file, JSON.stringify(versions));
  };

  it("goes on where the bits are the same, and is refused where they are not", async () => {
    const digest = await digestOf([...small, "--out", out]);
    unfinished();
    madeBy("0.0.9", {});
    expect(await digestOf([...small, "--out", out])).toBe(digest);
    unfinished();
    madeBy("0.0.8", { arithmetic: "0123456789abcdef" });
    const refused = await inTurn([...small, "--out", out]);
    expectRefusal(refused, "begun by stiffnet 0.0.8", "finish it by version 0.0.8", "--force");
    expect(await digestOf([...small, "--force", "--out", out])).toBe(digest);
  });
});

describe("a full disk", () => {
  // Its history alone is more than the small disk below holds.
  const study = but(small, "--epochs", "1500", "--measure-every", "1500");
  // A small file system of the test's own, where the system lets a user have one.
  const mounted = (script: string) =>
    spawnSync(
      "unshare",
      ["-rm", "sh", "-c", script, process.execPath, programOf(study), temporaryFolder(), ...study],
      {
        encoding: "utf8",
      },
    );
  const possible = mounted('mount -t tmpfs none "$2"').status === 0;
  const own = needsThat(possible, "no file systems of a user's own here");

  it("ends the study in one line; with room it goes on to the same digest", own, async () => {
    const expected = await digestOf([...study, "--out", join(temporaryFolder(), "whole")]);
    const { stdout, stderr } = mounted(`
      bin="$1"; out="$2"; shift 2
      mount -t tmpfs -o size=120k none "$out"
      "$0" "$bin" "$@" --workers 2 --out "$out" --json
      echo "code $?"
      mount -o remount,size=50m "$out"
      "$0" "$bin" "$@" --workers 2 --out "$out" --json
    `);
    // A busy machine takes so long that progress is told before.
    const complaints = stderr.split("\n").filter((line) => !/^study: \d+ %, /.test(line));
    expect(complaints[0]).toMatch(/^stiffnet(-bench)?: \S+: no space left on the disk$/);
    expect(stdout.split("\n")[0]).toBe("code 2");
    expect(JSON.parse(stdout.slice(stdout.indexOf("{"))).digest).toBe(expected);
  });
});

describe("two at once", () => {
  it("the second is refused", async () => {
    const out = join(temporaryFolder(), "out");
    const study = [...endless(), "--workers", "1", "--out", out];
    const first = start(study);
    await checkpointIn(out, "res-000");
    const { code, stderr } = await inTurn(study);
    expect(code).toBe(2);
    expect(stderr).toContain(`in use by process ${first.child.pid}`);
    first.child.kill("SIGINT");
    expect((await first.ended).code).toBe(130);
  });
});
