import type { ChildProcess } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  but,
  checkpointIn,
  childrenOf,
  digestOf,
  endless,
  expectRefusal,
  inTurn,
  lasting,
  said,
  start,
  temporaryFolder,
  until,
} from "../../../scripts/commands/run.ts";
import { needs } from "../../../scripts/needs.ts";
import { RedisServer } from "./redis.ts";

/** A worker that is silent for two seconds is lost. */
const impatient = ["--lost-after", "2"];

type Started = ReturnType<typeof start>;

describe("a study through a queue", needs("redis"), () => {
  let server: RedisServer;
  /** Long enough to be caught in the middle, several times. */
  let study: readonly string[];
  let expected: string;
  const started: Started[] = [];

  const work = (url: string, ...args: string[]): Started => {
    started.push(start(["work", "--queue", url, "--workers", "1", ...args]));
    return started.at(-1)!;
  };
  /** With the processes that train for it. */
  const killWhole = (child: ChildProcess): void => {
    const children = childrenOf(child.pid!);
    child.kill("SIGKILL");
    for (const pid of children) process.kill(pid, "SIGKILL");
  };
  const document = async ({ ended }: Started): Promise<{ digest: string; failed: object[] }> => {
    const { code, stdout, stderr } = await ended;
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout);
  };
  const queued = (url: string, out: string, ...args: string[]): Started => {
    started.push(start([...study, "--queue", url, "--out", out, "--json", ...args]));
    return started.at(-1)!;
  };

  /** Waits until a worker has told of more epochs of a trial than so many; returns how many. */
  const trains = async (than = 0): Promise<number> => {
    let epoch = 0;
    await until(`a trial is beyond epoch ${than}`, async () => {
      const told = await server.ask(async (redis) => {
        const keys = await redis.keys("stiffnet:*:res-00?");
        return Promise.all(keys.map((key) => redis.hget(key, "progress")));
      });
      epoch = Math.max(...told.map((text) => JSON.parse(text ?? "0")?.epoch ?? 0));
      return epoch > than;
    });
    return epoch;
  };

  /** Waits until the trials of a study are on the queue. Its notice is there a moment earlier. */
  const queuedStudy = async (): Promise<void> => {
    await expect.poll(() => server.ask((redis) => redis.keys("stiffnet:*:wait"))).toHaveLength(1);
  };

  beforeAll(async () => {
    study = but(await lasting(0.4), "--trials", "4");
    expected = await digestOf([...study, "--workers", "2", "--out", join(temporaryFolder(), "local")]);
  });
  beforeEach(async () => {
    server = await RedisServer.start();
  });
  afterEach(async () => {
    for (const { child } of started.splice(0)) if (child.exitCode === null) killWhole(child);
    await server.kill();
  });

  it("has the digest of a local one with three workers of which one is killed, and leaves the same folder", async () => {
    const out = join(temporaryFolder(), "out");
    const [victim, ...others] = [1, 2, 3].map(() => work(server.url));
    await Promise.all([victim!, ...others].map((worker) => said(worker.child, "at a time")));
    const running = queued(server.url, out, ...impatient);
    await said(victim!.child, /res-00\d: begins/);
    await trains();
    killWhole(victim!.child);
    expect((await document(running)).digest).toBe(expected);
    expect((await running.ended).stderr).toMatch(/res-00\d: its worker is silent/);
    for (const { child, ended } of others) {
      child.kill("SIGTERM");
      const { code, stderr } = await ended;
      expect(code, stderr).toBe(0);
    }
    expect(readdirSync(join(out, "checkpoints")).sort()).toEqual(
      [0, 1, 2, 3].flatMap((i) => [`res-00${i}.history.jsonl`, `res-00${i}.state`]),
    );
    expect(existsSync(join(out, "model.onnx"))).toBe(true);
    expect(readFileSync(join(out, "report.html"), "utf8")).not.toContain(server.url);
    // All keys that remain in Redis expire.
    const lasting = await server.ask(async (redis) => {
      const keys = await redis.keys("*");
      const times = await Promise.all(keys.map((key) => redis.ttl(key)));
      return keys.filter((_, i) => times[i] === -1);
    });
    expect(lasting).toEqual([]);
  });

  it.each([
    ["that keeps nothing", []],
    ["that keeps everything", ["--appendonly", "yes", "--appendfsync", "always"]],
  ])("survives a restart of a server %s", async (_, options) => {
    await server.kill();
    server = await RedisServer.start(...options);
    const workers = [work(server.url), work(server.url)];
    // A worker that has not found the server yet would rightly give up.
    await Promise.all(workers.map(({ child }) => said(child, "at a time")));
    const running = queued(server.url, join(temporaryFolder(), "out"), ...impatient);
    await trains();
    await server.kill();
    await Promise.all([running, ...workers].map(({ child }) => said(child, "the connection is lost")));
    await server.up();
    expect((await document(running)).digest).toBe(expected);
    for (const { child, ended } of workers) {
      child.kill("SIGTERM");
      expect((await ended).code).toBe(0);
    }
  });

  it("goes on with what was trained while its own process was dead", async () => {
    const out = join(temporaryFolder(), "out");
    const worker = work(server.url);
    const first = queued(server.url, out);
    await said(worker.child, /res-000: finished/);
    first.child.kill("SIGKILL");
    await first.ended;
    await said(worker.child, /res-001: finished/);
    const second = queued(server.url, out);
    expect((await document(second)).digest).toBe(expected);
    expect((await second.ended).stderr).not.toContain("trained again");
    worker.child.kill("SIGTERM");
    const { stderr } = await worker.ended;
    // None of them twice.
    expect(stderr.match(/begins/g)).toHaveLength(4);
  });

  it("gets back at once what a worker that is told to end was training", async () => {
    const out = join(temporaryFolder(), "out");
    const first = work(server.url);
    // Not by waiting for the silence of an hour.
    const running = queued(server.url, out, "--lost-after", "3600");
    await trains();
    first.child.kill("SIGTERM");
    const { code, stderr } = await first.ended;
    expect(code).toBe(0);
    expect(stderr).toContain("res-000: handed back");
    const second = work(server.url);
    expect((await document(running)).digest).toBe(expected);
    second.child.kill("SIGTERM");
    expect((await second.ended).stderr).toMatch(/res-000: continues after epoch [1-9]/);
  });

  it("can be interrupted and goes on without a queue, from where its workers were", async () => {
    const out = join(temporaryFolder(), "out");
    const worker = work(server.url);
    const running = queued(server.url, out);
    await checkpointIn(out, "res-000");
    running.child.kill("SIGINT");
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain("The same command continues");
    await said(worker.child, "leaves the study");
    worker.child.kill("SIGTERM");
    expect(await digestOf([...study, "--out", out])).toBe(expected);
  });

  it("gives up a trial whose process dies again and again, and finishes the others", async () => {
    const worker = work(server.url);
    const out = join(temporaryFolder(), "out");
    const running = start([...endless(), "--queue", server.url, "--out", out, "--json"]);
    started.push(running);
    let epoch = 0;
    for (let death = 0; death < 2; death++) {
      epoch = await trains(epoch);
      for (const pid of childrenOf(worker.child.pid!)) process.kill(pid, "SIGKILL");
    }
    const { code, stdout } = await running.ended;
    expect(code).toBe(1);
    const { failed, models } = JSON.parse(stdout);
    expect(failed).toEqual([{ id: "res-000", reason: expect.stringContaining("died (SIGKILL), twice") }]);
    expect(models.map(({ trials }: { trials: number }) => trials)).toEqual([0, 1, 1, 1]);
  });

  it("gives up a trial that takes its workers with it", async () => {
    const out = join(temporaryFolder(), "out");
    const running = start([...endless(), "--queue", server.url, "--out", out, "--json", ...impatient]);
    started.push(running);
    for (let loss = 0; loss < 4; loss++) {
      const worker = work(server.url);
      await said(worker.child, /res-000: (begins|continues)/);
      killWhole(worker.child);
    }
    work(server.url);
    const { code, stdout } = await running.ended;
    expect(code).toBe(1);
    const { failed, models } = JSON.parse(stdout);
    expect(failed).toEqual([{ id: "res-000", reason: "its workers fell silent 4 times" }]);
    expect(models.map(({ trials }: { trials: number }) => trials)).toEqual([0, 1, 1, 1]);
  });

  it("says in one line when the server's memory is full", async () => {
    await server.kill();
    server = await RedisServer.start("--maxmemory", "1mb", "--maxmemory-policy", "noeviction");
    const { code, stderr } = await queued(server.url, join(temporaryFolder(), "out")).ended;
    expect(code).toBe(1);
    expect(stderr.trim().split("\n").at(-1)).toMatch(/^stiffnet(-bench)?: redis:\/\/127\.0\.0\.1:\d+: OOM /);
  });

  it("is refused while another process runs the same one", async () => {
    const first = queued(server.url, join(temporaryFolder(), "one"));
    await queuedStudy();
    const second = await inTurn([...study, "--queue", server.url, "--out", join(temporaryFolder(), "two")]);
    expectRefusal(second, `process ${first.child.pid}`, "same study");
    first.child.kill("SIGINT");
    expect((await first.ended).code).toBe(130);
  });

  describe("a worker", () => {
    const table = (): string => {
      const rows = Array.from({ length: 60 }, (_, i) => `${i},${(i * 7) % 20},${(i * i) % 31}`);
      return `a,b,y\n${rows.join("\n")}\n`;
    };
    const train = "train runs.csv --inputs a,b --outputs y --trials 2 --epochs 20 --width 3 --depth 2".split(
      " ",
    );

    it("without the study's table, or with another one, refuses; one with the same trains it", async () => {
      const [home, away] = [temporaryFolder(), temporaryFolder()];
      writeFileSync(join(home, "runs.csv"), table());
      const local = await digestOf(train.concat("--out", join(home, "local"), "--workers", "1"), {
        cwd: home,
      });
      const running = start([...train, "--queue", server.url, "--json"], { cwd: home });
      await queuedStudy();
      const worker = ["work", "--queue", server.url];
      const lacking = await inTurn(worker, { cwd: away });
      expectLastRefusal(lacking, "runs.csv", "no such file", "the file under the same path");
      writeFileSync(join(away, "runs.csv"), table().replace("0,0,0", "0,0,1"));
      const changed = await inTurn(worker, { cwd: away });
      expectLastRefusal(changed, "runs.csv", "changed");
      mkdirSync(join(away, "same"));
      copyFileSync(join(home, "runs.csv"), join(away, "same", "runs.csv"));
      const good = start([...worker, "--exit-when-idle", "0"], { cwd: join(away, "same") });
      expect((await document(running)).digest).toBe(local);
      expect((await good.ended).code).toBe(0);
    });

    it("of another version refuses where its numbers differ, and serves where they do not", async () => {
      const running = queued(server.url, join(temporaryFolder(), "out"));
      await queuedStudy();
      running.child.kill("SIGKILL");
      await running.ended;
      const noticed = (change: Record<string, string>): Promise<Record<string, string>> =>
        server.ask(async (redis) => {
          const [key] = await redis.keys("stiffnet-notice:*");
          const notice = JSON.parse((await redis.get(key!))!);
          const versions = { ...notice.versions, ...change };
          await redis.set(key!, JSON.stringify({ ...notice, versions }));
          return notice.versions;
        });
      const before = await noticed({ "@stiffnet/trials": "99.0.0", arithmetic: "0123456789abcdef" });
      const refused = await inTurn(["work", "--queue", server.url]);
      expectLastRefusal(refused, "by stiffnet 99.0.0", "computes other numbers", "same version");
      await noticed({ arithmetic: before.arithmetic! });
      const served = await inTurn(["work", "--queue", server.url, "--workers", "1", "--exit-when-idle", "0"]);
      expect(served.stderr.match(/res-00\d: finished/g)).toHaveLength(4);
    });
  });
});

/** As a refusal, after notes of what happened before. */
function expectLastRefusal(
  { code, stderr }: { code: number | null; stderr: string },
  ...parts: string[]
): void {
  const last = stderr.trim().split("\n").at(-1);
  expect(last).toMatch(/^stiffnet(-bench)?: /);
  for (const part of parts) expect(last).toContain(part);
  expect(code).toBe(2);
}
