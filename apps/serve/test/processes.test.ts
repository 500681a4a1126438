import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test, vi } from "vitest";
import { openChannel } from "../src/processes/channel.ts";
import { folder, writeModel } from "./service.ts";

const script = fileURLToPath(new URL("../bin/stiffnet-serve.js", import.meta.url));

interface Started {
  readonly process: ChildProcess;
  readonly url: string;
  readonly pids: readonly number[];
  stderr(): string;
}

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

function run(args: readonly string[]): { process: ChildProcess; stderr: () => string; stdout: () => string } {
  // A group of its own, as a terminal gives it.
  const child = spawn(process.execPath, [script, ...args], { detached: true });
  running.push(child);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  return { process: child, stderr: () => stderr, stdout: () => stdout };
}

async function start(...args: string[]): Promise<Started> {
  const { process: child, stderr, stdout } = run([...args, "--port", "0", "--json"]);
  await expect.poll(() => stdout() || child.exitCode, { timeout: 60_000 }).toContain("\n");
  const { url, processes } = JSON.parse(stdout());
  return { process: child, url, pids: processes, stderr };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Each request over a connection of its own, which the processes take in turns. */
async function ask(url: string, method = "GET"): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, { method, headers: { connection: "close" } });
  return { status: answer.status, text: await answer.text() };
}

const models = async (url: string): Promise<string[]> =>
  Promise.all(Array.from({ length: 4 }, async () => (await ask(`${url}/v2/models`)).text));

test("what is loaded and unloaded through one process is in all, and counted over all", async () => {
  const server = await start(`a=${await writeModel("shared.onnx")}`, "--processes", "2");
  const { url } = server;
  const change = (what: string) => ask(`${url}/v2/repository/models/a/${what}`, "POST");
  for (let k = 0; k < 3; k++) {
    expect((await change("unload")).status).toBe(200);
    expect(new Set(await models(url))).toEqual(new Set(['{"models":[]}']));
    expect((await change("unload")).status).toBe(404);
    expect((await change("load")).status).toBe(200);
    expect(new Set(await models(url))).toEqual(new Set(['{"models":["a"]}']));
  }
  // An answer is counted once it is on its way.
  const metrics = async () => (await ask(`${url}/metrics`)).text;
  const line = 'stiffnet_requests_total{method="GET",route="/v2/models",status="200"} 24\n';
  await expect.poll(metrics).toContain(line);
  expect(await metrics()).toContain("\nstiffnet_ready_workers 2\n");
  server.process.kill("SIGTERM");
  expect(await once(server.process, "exit")).toEqual([0, null]);
});

// Only Linux tells what a process was started with.
test.runIf(existsSync("/proc/self/cmdline"))(
  "processes share the cores for V8's helper threads too, unless Node is told how many",
  async () => {
    const count = 2 * availableParallelism();
    const flags = async (): Promise<string[]> => {
      const { pids } = await start(await writeModel("helpers.onnx"), "--processes", `${count}`);
      return pids.flatMap(
        (pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").match(/--v8-pool-size=\d+/g) ?? [],
      );
    };
    expect(await flags()).toEqual(Array(count).fill("--v8-pool-size=1"));
    vi.stubEnv("NODE_OPTIONS", "--v8-pool-size=3");
    try {
      expect(await flags()).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  },
);

test("a process that stops is replaced, and keeps to what was unloaded", async () => {
  const paths = [`a=${await writeModel("first.onnx")}`, `b=${await writeModel("second.onnx")}`];
  const server = await start(...paths, "--processes", "2");
  const { url } = server;
  expect((await ask(`${url}/v2/repository/models/a/unload`, "POST")).status).toBe(200);
  expect(server.pids).toHaveLength(2);
  process.kill(server.pids[0]!, "SIGKILL");
  await expect
    .poll(server.stderr, { timeout: 30_000 })
    .toContain(`process ${server.pids[0]} stopped (SIGKILL)`);
  const ready = async () => (await ask(`${url}/metrics`)).text;
  await expect.poll(ready, { timeout: 30_000 }).toContain("stiffnet_ready_workers 2\n");
  await expect.poll(() => models(url)).toEqual(Array(4).fill('{"models":["b"]}'));
  // Ctrl-C reaches all of them.
  process.kill(-server.process.pid!, "SIGINT");
  expect(await once(server.process, "exit")).toEqual([0, null]);
});

test("a process that is stopped is replaced, the others answer meanwhile, and no counter goes back", async () => {
  const server = await start(`a=${await writeModel("stopped.onnx")}`, "--processes", "2");
  const { url } = server;
  await models(url);
  const metrics = async () => (await ask(`${url}/metrics`)).text;
  const asked = (text: string) =>
    Number(
      /stiffnet_requests_total\{method="GET",route="\/v2\/models",status="200"\} (\d+)/.exec(text)?.[1] ?? 0,
    );
  await expect.poll(async () => asked(await metrics())).toBe(4);
  expect(await metrics()).toContain('stiffnet_model_ready{model="a",version="1"} 1\n');
  process.kill(server.pids[0]!, "SIGSTOP");
  // The processes take connections in turn. The stopped process loses those that it got.
  const seen: number[] = [];
  const restarted = async () => {
    const text = await Promise.any([metrics(), metrics()]);
    seen.push(asked(text));
    return text;
  };
  await expect.poll(restarted, { timeout: 50_000 }).toContain("stiffnet_process_restarts_total 1\n");
  expect(server.stderr()).toContain(`process ${server.pids[0]} has not answered for 10 s`);
  expect(seen.every((count) => count >= 4)).toBe(true);
  await models(url);
  server.process.kill("SIGTERM");
  expect(await once(server.process, "exit")).toEqual([0, null]);
});

// Only Linux has a device that is always full.
test.runIf(existsSync("/dev/full"))(
  "a full disk under the access log stops neither answers nor the end",
  async () => {
    const server = await start(await writeModel("full.onnx"), "--access-log", "/dev/full");
    for (let k = 0; k < 50; k++)
      await Promise.all(Array.from({ length: 20 }, () => fetch(`${server.url}/v2`)));
    await expect.poll(server.stderr).toContain("access log /dev/full: ENOSPC");
    expect(server.stderr().match(/access log/g)).toHaveLength(1);
    server.process.kill("SIGTERM");
    expect(await once(server.process, "exit")).toEqual([0, null]);
  },
);

test("the ports of gRPC and operators are told", async () => {
  const {
    process: child,
    stdout,
    stderr,
  } = run([await writeModel("told.onnx"), "--port", "0", "--grpc-port", "0", "--admin-port", "0", "--json"]);
  await expect.poll(() => stdout() || child.exitCode).toContain("\n");
  const { grpc, admin } = JSON.parse(stdout());
  expect(grpc).toMatch(/^127\.0\.0\.1:\d+$/);
  expect((await ask(`${admin}/metrics`)).status).toBe(200);
  expect(stderr()).toContain(`, gRPC on ${grpc}, operators on ${admin}; Ctrl-C ends it`);
});

test("what is wrong is said once, with the exit code of a single process", async () => {
  const { process: child, stderr } = run(["nowhere.onnx", "--processes", "3"]);
  expect(await once(child, "exit")).toEqual([2, null]);
  expect(stderr()).toBe("stiffnet-serve: nowhere.onnx: no such file or folder\n");
});

test("keys are read again on SIGHUP, in all processes; a comment is none, and a file that is gone changes nothing", async () => {
  const file = join(folder, "keys.txt");
  writeFileSync(file, "# the first\nfirst\n");
  const path = await writeModel("keyed.onnx");
  const server = await start(path, "--processes", "2", "--api-key-file", file);
  const statuses = async (key: string) => {
    const asked = Array.from({ length: 4 }, async () => {
      const headers = { connection: "close", "x-api-key": key };
      return (await fetch(`${server.url}/v2`, { headers })).status;
    });
    return [...new Set(await Promise.all(asked))];
  };
  expect(await statuses("first")).toEqual([200]);
  expect(await statuses("# the first")).toEqual([401]);
  writeFileSync(file, "second\n");
  server.process.kill("SIGHUP");
  await expect.poll(() => statuses("second")).toEqual([200]);
  expect(await statuses("first")).toEqual([401]);
  rmSync(file);
  server.process.kill("SIGHUP");
  await expect.poll(server.stderr).toContain("no such file; the keys stay as before");
  expect(await statuses("second")).toEqual([200]);
  server.process.kill("SIGTERM");
  expect(await once(server.process, "exit")).toEqual([0, null]);
});

test("SIGHUP without a file of keys ends as SIGTERM does", async () => {
  const server = await start(await writeModel("terminal.onnx"));
  server.process.kill("SIGHUP");
  expect(await once(server.process, "exit")).toEqual([0, null]);
});

test.each([
  ["SIGHUP", undefined],
  ["SIGTERM", [0, null]],
] as const)("%s counts while processes are starting", async (signal, exit) => {
  const file = join(folder, `starting-${signal}.txt`);
  writeFileSync(file, "first\n");
  const path = await writeModel("starting.onnx");
  const port = await freePort();
  const more = ["--processes", "2", "--api-key-file", file, "--port", `${port}`, "--json"];
  const { process: child, stdout } = run([path, ...more]);
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/v2/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
  await expect.poll(answers, { timeout: 60_000, interval: 5 }).toBe(true);
  // The first process answers, and the second does not yet.
  expect(stdout()).toBe("");
  writeFileSync(file, "second\n");
  child.kill(signal);
  if (exit) {
    expect(await once(child, "exit")).toEqual(exit);
    return;
  }
  await expect.poll(() => stdout() || child.signalCode, { timeout: 60_000 }).toContain("\n");
  const status = async (key: string) =>
    (await fetch(`http://127.0.0.1:${port}/v2`, { headers: { connection: "close", "x-api-key": key } }))
      .status;
  for (let k = 0; k < 4; k++) expect(await status("second")).toBe(200);
});

test("a question to a process whose channel is closed is left without answer, and ends nobody", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  running.push(child);
  const errors: Error[] = [];
  child.on("error", (error) => errors.push(error));
  child.disconnect();
  await once(child, "disconnect");
  await expect(openChannel(child, {}).ask({ do: "counts" }, 50)).rejects.toThrow("no answer to 'counts'");
  expect(errors).toEqual([]);
});

test("SIGTERM counts while a single process is starting", async () => {
  // It is written before the models are read.
  const log = join(folder, "starting.log");
  const { process: child } = run([await writeModel("alone.onnx"), "--port", "0", "--access-log", log]);
  await expect.poll(() => existsSync(log), { timeout: 60_000, interval: 1 }).toBe(true);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("a process that is just starting does not keep the others from ending", async () => {
  const server = await start(await writeModel("replaced.onnx"), "--processes", "2");
  process.kill(server.pids[0]!, "SIGKILL");
  await expect.poll(server.stderr).toContain("another one starts");
  // Its replacement is a process by now, and no more.
  await new Promise((resolve) => setTimeout(resolve, 250));
  server.process.kill("SIGTERM");
  expect(await once(server.process, "exit")).toEqual([0, null]);
});
