import { stat } from "node:fs/promises";
import { dirname, isAbsolute, sep } from "node:path";
import type { FastifyBaseLogger } from "fastify";
import { badRequest, HttpError, notFound } from "../errors.ts";
import type { Pool } from "../inference/pool.ts";
import { quoted } from "../json/parse.ts";
import type { Metrics } from "../metrics.ts";
import { duplicatesOf, findModels, type ModelFile, readModel, type ServedModel } from "./files.ts";
import type { Registry } from "./registry.ts";
import { filesUnder, type VersionPolicy } from "./version-policy.ts";

/** One line of the index of the model repository extension. */
interface IndexEntry {
  readonly name: string;
  readonly version: string;
  readonly state: "READY" | "UNAVAILABLE";
  /** Why it cannot be asked. */
  readonly reason: string;
}

type Version = Pick<ModelFile, "name" | "version">;

interface Failure {
  readonly model: Version;
  readonly reason: string;
}

interface RepositoryOptions {
  readonly sources: readonly string[];
  readonly versions: VersionPolicy;
  readonly maxModel: number;
  readonly registry: Registry;
  readonly pool: Pool;
  readonly metrics: Pick<Metrics, "loadFailed">;
  readonly log: FastifyBaseLogger;
}

/** Looks in a row that must miss a file: one that is replaced without a rename is gone for a moment. */
const looksUntilGone = 3;

const idOf = ({ name, version }: Version): string => `${name}/${version}`;

/** The models on disk, as far as they are loaded. */
export class Repository {
  /** For every file, the last state of the disk that was read, good or not. */
  private readonly seen = new Map<string, string>();
  private readonly reasons = new Map<string, string>();
  private readonly unloaded = new Set<string>();
  private readonly missed = new Map<string, number>();
  private readonly doubled = new Set<string>();
  private lost = "";
  private last: Promise<unknown> = Promise.resolve();
  private readonly options: RepositoryOptions;

  constructor(options: RepositoryOptions) {
    this.options = options;
  }

  /** Logs and counts a file that cannot be loaded. */
  failed(model: Version, reason: string): void {
    this.options.metrics.loadFailed(model);
    this.options.log.error({ model: model.name, version: model.version }, `not loaded: ${reason}`);
  }

  async index(): Promise<IndexEntry[]> {
    const loaded = this.options.registry.all();
    const ids = new Set(loaded.map(idOf));
    const onDisk = await this.find().catch((): ModelFile[] => []);
    const all = new Map([...loaded, ...onDisk].map((model) => [idOf(model), model]));
    return [...all.entries()].sort().map(([key, { name, version }]) => {
      const ready = ids.has(key);
      const reason = this.reasons.get(key) ?? (ready ? "" : "not loaded");
      return { name, version, state: ready ? "READY" : "UNAVAILABLE", reason };
    });
  }

  /** Loads what can be loaded; of the rest, why it cannot. */
  start(files: readonly ModelFile[]): Promise<readonly Failure[]> {
    return this.inTurn(async () => {
      const failures: Failure[] = [];
      for (const model of files) {
        await this.swapIn(model).catch(({ message }: Error) => failures.push({ model, reason: message }));
      }
      return failures;
    });
  }

  /** Reads all versions of a model again and swaps them in; nothing changes where one cannot be read. */
  load(name: string): Promise<void> {
    return this.inTurn(async () => {
      const found = await this.find().catch((error: Error) => {
        throw notFound(
          `there is no model ${quoted(name)} in the repository: ${this.withoutFolders(error.message)}`,
        );
      });
      const files = found.filter((file) => file.name === name);
      if (files.length === 0) throw notFound(`there is no model ${quoted(name)} in the repository`);
      for (const file of files) {
        await this.swapIn(file).catch((error: Error) => {
          this.failed(file, error.message);
          throw new HttpError(400, this.withoutFolders(error.message));
        });
      }
      this.unloaded.delete(name);
      const versions = files.map(({ version }) => version);
      const gone = this.options.registry.of(name).filter(({ version }) => !versions.includes(version));
      for (const model of gone) await this.drop(model, "its file is gone");
    });
  }

  /** Stops answering from a model, once what was asked before has been answered. */
  unload(name: string): Promise<void> {
    return this.inTurn(async () => {
      const models = this.options.registry.of(name);
      if (models.length === 0) throw notFound(`model ${quoted(name)} is not loaded`);
      this.unloaded.add(name);
      await Promise.all(models.map((model) => this.drop(model, "unloaded")));
    });
  }

  /** Loads what is new or changed on disk and drops what has been gone for a while. A file that cannot be
   *  read leaves the last good one in place. */
  refresh(): Promise<void> {
    return this.inTurn(async () => {
      const files = await this.find().catch((error: Error) => error.message);
      if (typeof files === "string" || files.length === 0) {
        const reason =
          typeof files === "string" ? files : `${this.options.sources.join(", ")}: no model is left`;
        if (this.lost !== reason) this.options.log.error(`${reason}; what is loaded stays`);
        this.lost = reason;
        return;
      }
      this.lost = "";
      for (const file of files) {
        if (this.unloaded.has(file.name)) continue;
        const stamp = await stampOf(file.path);
        if (this.seen.get(idOf(file)) === stamp) continue;
        await this.swapIn(file).catch(async ({ message }: Error) => {
          // Still being written: the next look may find it whole.
          if ((await stampOf(file.path)) !== stamp) this.seen.delete(idOf(file));
          else this.failed(file, message);
        });
      }
      await this.dropMissing(new Set(files.map(idOf)));
    });
  }

  private async find(): Promise<ModelFile[]> {
    const files = await findModels(this.options.sources);
    const duplicates = duplicatesOf(files);
    for (const [file, reason] of duplicates) {
      if (!this.doubled.has(reason)) this.failed(file, reason);
      this.doubled.add(reason);
    }
    return filesUnder(
      this.options.versions,
      files.filter((file) => !duplicates.has(file)),
    );
  }

  /** For clients, whom the server's folders are no business of. */
  private withoutFolders(message: string): string {
    const folders = this.options.sources.map(
      (source) => dirname(source.slice(source.indexOf("=") + 1)) + sep,
    );
    return folders.filter(isAbsolute).reduce((text, folder) => text.replaceAll(folder, ""), message);
  }

  private async dropMissing(known: ReadonlySet<string>): Promise<void> {
    for (const model of this.options.registry.all()) {
      const id = idOf(model);
      const missed = known.has(id) ? 0 : (this.missed.get(id) ?? 0) + 1;
      this.missed.set(id, missed);
      if (missed >= looksUntilGone) await this.drop(model, "its file is gone");
    }
  }

  /** One change at a time. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => {});
    return done;
  }

  private async swapIn(file: ModelFile): Promise<void> {
    const { registry, pool, maxModel, log } = this.options;
    const id = idOf(file);
    this.seen.set(id, await stampOf(file.path));
    try {
      const model = await readModel(file, maxModel);
      await pool.load(model.key, model.bytes);
      const previous = registry.set(model);
      this.reasons.delete(id);
      log.info({ model: file.name, version: file.version }, "loaded");
      if (previous) void pool.unload(previous.key);
    } catch (error) {
      this.reasons.set(id, this.withoutFolders((error as Error).message));
      throw error;
    }
  }

  private drop(model: ServedModel, reason: string): Promise<void> {
    const { registry, pool, log } = this.options;
    const id = idOf(model);
    registry.remove(model);
    this.reasons.set(id, reason);
    // The same file may come back.
    this.seen.delete(id);
    this.missed.delete(id);
    log.warn({ model: model.name, version: model.version }, `dropped: ${reason}`);
    return pool.unload(model.key);
  }
}

/** Changes whenever a file is written, replaced or gone. */
const stampOf = (path: string): Promise<string> =>
  stat(path).then(
    ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
    () => "gone",
  );

/** 400 where a client sends a model or its configuration with the request to load it: models come from
 *  files. */
export function requireNoOverride(parameters: Readonly<Record<string, unknown>> | null | undefined): void {
  const name = Object.keys(parameters ?? {}).find((key) => key === "config" || key.startsWith("file:"));
  if (name !== undefined) {
    throw badRequest(`parameters[${quoted(name)}] is not supported: models come from the server's files`);
  }
}
