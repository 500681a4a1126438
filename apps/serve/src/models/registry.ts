import { notFound } from "../errors.ts";
import { quoted } from "../json/parse.ts";
import type { ServedModel } from "./files.ts";

/** The models that can be asked, by name and version. */
export interface Registry {
  readonly names: readonly string[];
  versions(name: string): readonly string[];
  /** The given version or the newest one; 404 when there is none. */
  get(name: string, version?: string): ServedModel;
  all(): readonly ServedModel[];
  set(model: ServedModel): ServedModel | undefined;
  remove(name: string, version: string): ServedModel | undefined;
}

export function createRegistry(): Registry {
  const models = new Map<string, Map<string, ServedModel>>();
  const newestFirst = (name: string): string[] =>
    [...(models.get(name)?.keys() ?? [])].sort((a, b) => Number(b) - Number(a));
  /** Of each name, looked up once and not with every request. */
  const newest = new Map<string, ServedModel>();
  const remember = (name: string): void => {
    const model = models.get(name)?.get(newestFirst(name)[0] ?? "");
    if (model) newest.set(name, model);
    else newest.delete(name);
  };
  return {
    get names() {
      return [...models.keys()].sort();
    },
    versions: (name) => newestFirst(name).reverse(),
    get(name, version) {
      const found = version === undefined ? newest.get(name) : models.get(name)?.get(version);
      if (found) return found;
      const versions = newestFirst(name).join(", ");
      const known = [...models.keys()].sort().map(quoted).join(", ") || "none";
      throw notFound(
        versions === ""
          ? `there is no model ${quoted(name)}; there is ${known}`
          : `model ${quoted(name)} has no version ${quoted(version!)}; it has ${versions}`,
      );
    },
    all: () => [...models.values()].flatMap((versions) => [...versions.values()]),
    set(model) {
      const versions = models.get(model.name) ?? new Map<string, ServedModel>();
      const previous = versions.get(model.version);
      models.set(model.name, versions.set(model.version, model));
      remember(model.name);
      return previous;
    },
    remove(name, version) {
      const versions = models.get(name);
      const previous = versions?.get(version);
      versions?.delete(version);
      if (versions?.size === 0) models.delete(name);
      remember(name);
      return previous;
    },
  };
}
