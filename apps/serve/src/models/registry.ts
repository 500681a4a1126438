import { notFound } from "../errors.ts";
import { quoted } from "../json/parse.ts";
import type { ServedModel } from "./files.ts";

/** The models that can be asked, by name and version. */
export class Registry {
  private readonly models = new Map<string, Map<string, ServedModel>>();
  /** The newest version of each name, looked up once instead of with every request. */
  private readonly newest = new Map<string, ServedModel>();

  get names(): readonly string[] {
    return [...this.models.keys()].sort();
  }

  versions(name: string): string[] {
    return [...(this.models.get(name)?.keys() ?? [])].sort((a, b) => Number(a) - Number(b));
  }

  /** The given version or the newest one; throws 404 for an unknown one. */
  get(name: string, version?: string): ServedModel {
    const found = version === undefined ? this.newest.get(name) : this.models.get(name)?.get(version);
    if (found) return found;
    const versions = this.versions(name).reverse().join(", ");
    const known = this.names.map(quoted).join(", ") || "none";
    throw notFound(
      versions === ""
        ? `there is no model ${quoted(name)}; there is ${known}`
        : `model ${quoted(name)} has no version ${quoted(version!)}; it has ${versions}`,
    );
  }

  all(): readonly ServedModel[] {
    return [...this.models.values()].flatMap((versions) => [...versions.values()]);
  }

  /** Returns what it takes the place of. */
  set(model: ServedModel): ServedModel | undefined {
    const versions = this.models.get(model.name) ?? new Map<string, ServedModel>();
    const previous = versions.get(model.version);
    this.models.set(model.name, versions.set(model.version, model));
    this.findNewest(model.name);
    return previous;
  }

  remove(name: string, version: string): void {
    const versions = this.models.get(name);
    versions?.delete(version);
    if (versions?.size === 0) this.models.delete(name);
    this.findNewest(name);
  }

  private findNewest(name: string): void {
    const model = this.models.get(name)?.get(this.versions(name).at(-1) ?? "");
    if (model) this.newest.set(name, model);
    else this.newest.delete(name);
  }
}
