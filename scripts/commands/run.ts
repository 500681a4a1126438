import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { resnet, train } from "@stiffnet/core";
import { alpine02, sample } from "@stiffnet/datasets";
import { expect } from "vitest";

const ofTheProduct = new Set([
  "data",
  "train",
  "predict",
  "sensitivity",
  "calibrate",
  "suggest",
  "stability",
  "inspect",
  "export",
]);

/** The program that has the command: that for users' tables, or that of studies and comparisons. */
export function programOf(args: readonly string[]): string {
  const app = ofTheProduct.has(args[0] ?? "") ? "stiffnet/bin/stiffnet.js" : "bench/bin/stiffnet-bench.js";
  return fileURLToPath(new URL(`../../apps/${app}`, import.meta.url));
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "stiffnet-bench-"));
}

/** Text of processes on standard error so far. */
const heard = new WeakMap<ChildProcess, string>();

/** Starts the command as a user would. */
export function start(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [programOf(args), ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  heard.set(child, "");
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    heard.set(child, stderr);
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

export function stiffnet(args: readonly string[], options: Parameters<typeof start>[1] = {}): Promise<Ended> {
  return start(args, options).ended;
}

let worker: ChildProcess | undefined;
let turn: Promise<unknown> = Promise.resolve();

/** The same in one process, one after the other, which saves the start of each. */
export function inTurn(args: readonly string[], options: Parameters<typeof start>[1] = {}): Promise<Ended> {
  const { cwd = process.cwd(), env = {} } = options;
  const ended = turn.then(async () => {
    worker ??= fork(fileURLToPath(new URL("in-turn-main.mjs", import.meta.url)), { execArgv: [] });
    worker.send({ program: programOf(args), args, cwd, env });
    const either = new AbortController();
    const ends = ["message", "exit"].map((event) => once(worker!, event, { signal: either.signal }));
    const [answer] = await Promise.race(ends).finally(() => either.abort());
    if (typeof answer !== "object")
      throw new Error(`stiffnet ${args.join(" ")} ended the process: ${answer}`);
    return answer as Ended;
  });
  turn = ended;
  return ended;
}

/** Exit code 2, nothing on standard output, one line on standard error that contains every one of `parts`. */
export function expectRefusal({ code, stdout, stderr }: Ended, ...parts: string[]): void {
  expect(stderr).toMatch(/^stiffnet(-bench)?: [^\n]+\n$/);
  for (const part of parts) expect(stderr).toContain(part);
  expect(stdout).toBe("");
  expect(code).toBe(2);
}

/** A study that takes a moment. */
export const small: readonly string[] =
  "study --preset alpine --trials 3 --epochs 120 --width 6 --depth 3 --set data.train=90 --set data.test=20 --measure-every 40".split(
    " ",
  );

/** The same command with other values of these options: one given twice is refused. */
export function but(args: readonly string[], ...options: readonly string[]): string[] {
  const changed = [...args];
  for (let at = 0; at < options.length; at += 2) {
    const [name, value] = options.slice(at, at + 2) as [string, string];
    const found = changed.indexOf(name);
    if (found < 0) changed.push(name, value);
    else changed[found + 1] = value;
  }
  return changed;
}

/** A study like `small`. Each trial keeps a processor of this machine busy for about so many seconds, so that
 *  tests can catch a trial in the middle. */
export async function lasting(seconds: number): Promise<readonly string[]> {
  epochsPerSecond ??= await measureSpeed();
  const epochs = String(Math.ceil(seconds * epochsPerSecond));
  return but(small, "--epochs", epochs, "--measure-every", epochs);
}

let epochsPerSecond: number | undefined;

/** Epochs of `small` in a second of processor time: that of the clock would depend on what else runs just
 *  now. */
async function measureSpeed(): Promise<number> {
  const model = resnet({ inputs: 2, outputs: 1, width: 6, depth: 3, seed: 1 });
  const data = sample(alpine02(2), { train: 90, test: 20, seed: 1 });
  const epochs = 5000;
  // Code is slow until it has run for a while.
  await train(model, data, { epochs, plateau: false });
  const { processorSeconds } = await train(model, data, { epochs, plateau: false });
  return epochs / processorSeconds;
}

/** A study whose first trial, res-000, never ends, while the others end soon. Tests kill the process of that
 *  trial. */
export function endless(): readonly string[] {
  const file = join(temporaryFolder(), "endless.json");
  const [data, network] = [
    { kind: "function", name: "alpine02", dimension: 2, validation: 0, train: 90, test: 20 },
    { width: 6, depth: 3 },
  ];
  const models = [
    { name: "RES", training: { epochs: 10_000_000 } },
    ...["RES 2", "RES 3", "RES 4"].map((name) => ({ name })),
  ];
  const measures = { every: 10_000_000 };
  const training = { epochs: 40 };
  writeFileSync(
    file,
    JSON.stringify({ preset: "quick", trials: 1, data, network, training, models, measures }),
  );
  return ["study", "--config", file];
}

/** Waits until a process that was started has said this on standard error; fails where it ends without. */
export function said(child: ChildProcess, what: string | RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const text = heard.get(child)!;
      if (typeof what === "string" ? text.includes(what) : what.test(text)) resolve();
    };
    child.stderr!.on("data", look);
    child.on("close", () => reject(new Error(`ended without having said '${what}': ${heard.get(child)}`)));
    look();
  });
}

export async function digestOf(
  args: readonly string[],
  options: Parameters<typeof start>[1] = {},
): Promise<string> {
  const { code, stdout, stderr } = await inTurn([...args, "--json"], options);
  if (code !== 0) throw new Error(`exit ${code}: ${stderr}`);
  return JSON.parse(stdout).digest;
}

/** Waits until this is so, asking again and again. Fails after 50 s, before the test does: what a test that
 *  is over still waits for would keep its process from ending. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 50_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`waited 50 s for this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Waits until a trial has a checkpoint, so that there is something to lose. */
export async function checkpointIn(folder: string, id: string): Promise<void> {
  const state = join(folder, "checkpoints", `${id}.state`);
  await until(`${state} is written`, () => existsSync(state));
}

/** Waits until a process, which need not be a child, has ended (Linux). */
export async function gone(pid: number): Promise<void> {
  await until(`process ${pid} has ended`, () => stateOf(pid) === undefined);
}

/** State of a process that has not ended. */
function stateOf(pid: number): { parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie has ended, even if its parent did not yet read the exit code.
    return state === "Z" || state === "X" ? undefined : { parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Process ids of the children of a process (Linux). */
export function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => stateOf(child)?.parent === pid);
}
