import { existsSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { counted } from "@stiffnet/base";
import { ensureFolder, refuseToReplace, writeJson } from "@stiffnet/base/files";
import { BenchError, type Stop, stopOnSignals } from "@stiffnet/terminal";
import { anywhere, differences, identityOf, type StudyConfig } from "../configuration/config.ts";
import { isShardName, shardFolder, shardsIn } from "./shard.ts";

/** Folder of the studies that chose the configuration of the study around it. */
export const tuneFolder = "tune";

/** Contents of a study's folder. --force may delete all of them. */
const contents = [
  "checkpoints",
  "config.json",
  "figures",
  "predictions.csv",
  "report.html",
  "summary.json",
  "tables",
  "trials.jsonl",
  tuneFolder,
  "versions.json",
];

/** One model, or one of each of the compared ones beside it. */
const modelFile = /^model(-.+)?\.onnx$/;

/** A results folder: one study each. */
export class ResultsFolder {
  readonly path: string;
  readonly #lock: string;

  private constructor(path: string) {
    this.path = path;
    this.#lock = join(path, ".lock");
  }

  /** Opens the folder for this study, makes it where there is none, and locks it against a second process. A
   *  folder that holds another study, or files of another kind, is refused; `force` empties it of an earlier
   *  study first. */
  static open(path: string, config: StudyConfig, options: { force: boolean }): ResultsFolder {
    const folder = new ResultsFolder(path);
    for (const name of [...contents, "model.onnx"]) refuseToReplace(folder.file(name));
    ensureFolder(path);
    folder.#takeLock();
    try {
      if (options.force) folder.#empty();
      folder.#requireOurs(config);
      writeJson(join(path, "config.json"), config);
      ensureFolder(join(path, "checkpoints"));
      folder.#sweep();
    } catch (error) {
      folder.close();
      throw error;
    }
    return folder;
  }

  /** Removes what an earlier study left in a folder. */
  static empty(path: string): void {
    const folder = new ResultsFolder(path);
    ensureFolder(path);
    folder.#takeLock();
    try {
      folder.#empty();
    } finally {
      folder.close();
    }
  }

  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  close(): void {
    rmSync(this.#lock, { force: true });
  }

  #empty(): void {
    const ours = readdirSync(this.path).filter((name) => contents.includes(name) || modelFile.test(name));
    for (const name of ours) rmSync(this.file(name), { recursive: true, force: true });
  }

  /** Removes what killed processes had half written. */
  #sweep(): void {
    for (const place of [this.path, this.file("checkpoints")]) {
      for (const name of readdirSync(place)) if (/\.\d+\.tmp$/.test(name)) rmSync(join(place, name));
    }
  }

  #requireOurs(config: StudyConfig): void {
    const file = this.file("config.json");
    if (!existsSync(file)) {
      const foreign = readdirSync(this.path).filter(
        (name) => !name.startsWith(".") && !isShardName(name) && name !== tuneFolder,
      );
      if (foreign.length === 0) return;
      throw new BenchError(
        `${this.path}: the folder holds other files ('${foreign[0]}') but no study, expected an empty folder or one with a study; choose another --out`,
      );
    }
    const difference = differenceOf(readConfig(this.path), config);
    if (difference !== undefined) {
      throw new BenchError(
        `${this.path}: holds results of other settings: ${difference}; choose another --out, or --force to start over`,
      );
    }
  }

  #takeLock(): void {
    const mine = JSON.stringify({ pid: process.pid, host: hostname() } satisfies Owner);
    for (let attempt = 0; ; attempt++) {
      try {
        writeFileSync(this.#lock, mine, { flag: "wx" });
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempt > 3) throw error;
        const owner = readLock(this.#lock);
        if (owner !== undefined && isAlive(owner)) {
          throw new BenchError(
            `${this.path}: in use by process ${owner.pid} on ${owner.host}; wait for it, or choose another --out`,
          );
        }
        // Its owner was killed.
        unlinkSync(this.#lock);
      }
    }
  }
}

/** Opens a study's folder and keeps it locked while `body` runs. The first Ctrl-C asks the training to save
 *  and stop; the second, or one after `stop.atOnce()`, ends the process. */
export async function withLockedFolder<T>(
  path: string,
  config: StudyConfig,
  options: { force: boolean },
  body: (folder: ResultsFolder, stop: Stop) => Promise<T>,
): Promise<T> {
  const folder = ResultsFolder.open(path, config, options);
  const stop = stopOnSignals(() => folder.close());
  try {
    return await body(folder, stop);
  } finally {
    stop.letGo();
    folder.close();
  }
}

export function readConfig(folder: string): StudyConfig {
  const file = join(folder, "config.json");
  let config: StudyConfig | null | undefined;
  try {
    config = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (config?.data === undefined || config.models === undefined) {
    throw new BenchError(`${file}: not the configuration of a study; choose another --out or --force`);
  }
  return config;
}

/** The study in a folder, and those of its shards: the folders of each. */
export function studiesIn(folder: string): string[] {
  const parts = [folder, ...shardsIn(folder).map((shard) => shardFolder(folder, shard))];
  return parts.filter((part) => existsSync(join(part, "config.json")));
}

/** The configuration of parts that must be of one study. */
export function configOfAll(parts: readonly string[]): StudyConfig {
  const config = readConfig(parts[0]!);
  for (const part of parts) {
    const difference = differenceOf(config, readConfig(part));
    if (difference === undefined) continue;
    throw new BenchError(
      `${part}: not of the same study as ${parts[0]}: ${difference}; expected parts of one study`,
    );
  }
  return config;
}

/** The difference of two studies in words; undefined if they are the same study. */
export function differenceOf(before: StudyConfig, now: StudyConfig): string | undefined {
  if (identityOf(before) === identityOf(now)) return undefined;
  const [first, ...more] = differences(anywhere(before), anywhere(now));
  return `${first ?? "another format"}${more.length > 0 ? ` (and ${counted(more.length, "more difference")})` : ""}`;
}

export interface Owner {
  readonly pid: number;
  readonly host: string;
}

/** The process that holds a folder; undefined where none does, or where it was killed. */
export function ownerOf(folder: string): Owner | undefined {
  const owner = readLock(join(folder, ".lock"));
  return owner !== undefined && isAlive(owner) ? owner : undefined;
}

function readLock(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** On another host nobody can tell: believed to be alive. */
export function isAlive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true;
  if (owner.pid === process.pid) return false;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
