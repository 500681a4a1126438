import { stat } from "node:fs/promises";
import { HttpError, notFound } from "../errors.ts";
import type { Pool } from "../inference/pool.ts";
import { quoted } from "../json/parse.ts";
import { findModels, type ModelFile, readModel, type ServedModel } from "./files.ts";
import type { Registry } from "./registry.ts";

/** One line of the index of the model repository extension. */
interface IndexEntry {
  readonly name: string;
  readonly version: string;
  readonly state: "READY" | "UNAVAILABLE";
  /** Why it cannot be asked. */
  readonly reason: string;
}

/** The models on disk, as far as they are loaded. */
export interface Repository {
  index(): Promise<IndexEntry[]>;
  /** Reads all versions of a model again and swaps them in; nothing changes where one cannot be read. */
  load(name: string): Promise<void>;
  /** Stops answering from a model, once what was asked before has been answered. */
  unload(name: string): Promise<void>;
  /** Loads what is new or changed on disk and drops what is gone. A file that cannot be read leaves the last
   *  good one in place. */
  refresh(): Promise<void>;
}

export function createRepository(sources: readonly string[], registry: Registry, pool: Pool): Repository {
  /** Of every file, the state of the disk that was last looked at. */
  const seen = new Map<string, string>();
  const reasons = new Map<string, string>();
  const unloaded = new Set<string>();
  const id = ({ name, version }: { name: string; version: string }): string => `${name}/${version}`;

  // One change at a time.
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  }

  async function swapIn(file: ModelFile): Promise<void> {
    const stamp = await stampOf(file.path);
    const model = await readModel(file);
    await pool.load(model.key, model.bytes);
    const previous = registry.set(model);
    seen.set(id(file), stamp);
    reasons.delete(id(file));
    if (previous) void pool.unload(previous.key);
  }

  function drop(model: ServedModel, reason: string): Promise<void> {
    registry.remove(model.name, model.version);
    reasons.set(id(model), reason);
    return pool.unload(model.key);
  }

  return {
    async index() {
      const loaded = new Set(registry.all().map(id));
      const onDisk = await findModels(sources).catch((): ModelFile[] => []);
      const all = new Map(
        [...registry.all(), ...onDisk].map(({ name, version }) => [id({ name, version }), { name, version }]),
      );
      return [...all.entries()].sort().map(([key, entry]) => {
        const ready = loaded.has(key);
        return {
          ...entry,
          state: ready ? "READY" : "UNAVAILABLE",
          reason: ready ? "" : (reasons.get(key) ?? "not loaded"),
        };
      });
    },

    load: (name) =>
      inTurn(async () => {
        const found = await findModels(sources).catch((error: Error) => {
          throw notFound(`there is no model ${quoted(name)} in the repository: ${error.message}`);
        });
        const files = found.filter((file) => file.name === name);
        if (files.length === 0) throw notFound(`there is no model ${quoted(name)} in the repository`);
        for (const file of files) {
          await swapIn(file).catch((error: Error) => {
            reasons.set(id(file), error.message);
            throw new HttpError(400, error.message);
          });
        }
        unloaded.delete(name);
        const versions = files.map(({ version }) => version);
        const gone = registry
          .all()
          .filter((model) => model.name === name && !versions.includes(model.version));
        for (const model of gone) await drop(model, "its file is gone");
      }),

    unload: (name) =>
      inTurn(async () => {
        const models = registry.all().filter((model) => model.name === name);
        if (models.length === 0) throw notFound(`model ${quoted(name)} is not loaded`);
        unloaded.add(name);
        await Promise.all(models.map((model) => drop(model, "unloaded")));
      }),

    refresh: () =>
      inTurn(async () => {
        const files = await findModels(sources).catch(() => undefined);
        // A source that is gone for a moment, as when a folder is replaced, drops nothing.
        if (!files) return;
        for (const file of files) {
          if (unloaded.has(file.name)) continue;
          const stamp = await stampOf(file.path).catch(() => "gone");
          if (seen.get(id(file)) === stamp || reasons.get(id(file))?.startsWith(`[${stamp}]`)) continue;
          await swapIn(file).catch((error: Error) => reasons.set(id(file), `[${stamp}] ${error.message}`));
        }
        const known = new Set(files.map(id));
        for (const model of registry.all()) if (!known.has(id(model))) await drop(model, "its file is gone");
      }),
  };
}

/** Changes whenever a file is written or replaced. */
async function stampOf(path: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(path);
  return `${mtimeMs} ${size} ${ino}`;
}
