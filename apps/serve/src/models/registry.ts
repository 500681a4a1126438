import { notFound } from "../errors.ts";
import { quoted } from "../json/parse.ts";
import type { ServedModel } from "./files.ts";

/** The models that can be asked, by name and version. */
export class Registry {
  /** Oldest first. */
  private readonly models = new Map<string, readonly ServedModel[]>();

  get names(): readonly string[] {
    return [...this.models.keys()].sort();
  }

  versions(name: string): string[] {
    return this.of(name).map(({ version }) => version);
  }

  /** The given version or the newest one; throws 404 for an unknown one. */
  get(name: string, version?: string): ServedModel {
    const models = this.of(name);
    const found = version === undefined ? models.at(-1) : models.find((model) => model.version === version);
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
    return [...this.models.values()].flat();
  }

  of(name: string): readonly ServedModel[] {
    return this.models.get(name) ?? [];
  }

  /** Returns what it takes the place of. */
  set(model: ServedModel): ServedModel | undefined {
    const { name, version } = model;
    const previous = this.of(name).find((one) => one.version === version);
    const others = this.of(name).filter((one) => one !== previous);
    this.models.set(
      name,
      [...others, model].sort((a, b) => Number(a.version) - Number(b.version)),
    );
    return previous;
  }

  remove({ name, version }: Pick<ServedModel, "name" | "version">): void {
    const left = this.of(name).filter((one) => one.version !== version);
    if (left.length > 0) this.models.set(name, left);
    else this.models.delete(name);
  }
}
