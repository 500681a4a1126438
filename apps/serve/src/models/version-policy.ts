import { ServeError } from "../errors.ts";
import type { ModelFile } from "./files.ts";

/** Which versions of each model are loaded: all, the newest few, or those that are named. */
export type VersionPolicy =
  | { readonly kind: "all" }
  | { readonly kind: "latest"; readonly count: number }
  | { readonly kind: "specific"; readonly versions: readonly string[] };

/** Reads "all", "latest", "latest:2" or "specific:1,3". */
export function readVersionPolicy(text: string): VersionPolicy {
  const [kind, rest] = text.split(":", 2);
  if (kind === "all" && rest === undefined) return { kind };
  if (kind === "latest" && /^[1-9]\d{0,8}$/.test(rest ?? "1")) return { kind, count: Number(rest ?? 1) };
  const versions = rest?.split(",") ?? [];
  if (kind === "specific" && versions.length > 0 && versions.every((one) => /^[1-9]\d{0,8}$/.test(one))) {
    return { kind, versions };
  }
  throw new ServeError(
    `--version-policy is '${text}', expected all, latest, latest:NUMBER or specific:VERSION,VERSION`,
    { code: "bad_option" },
  );
}

export function filesUnder(policy: VersionPolicy, files: readonly ModelFile[]): ModelFile[] {
  if (policy.kind === "all") return [...files];
  if (policy.kind === "specific") return files.filter(({ version }) => policy.versions.includes(version));
  const newer = (than: ModelFile): number =>
    files.filter(({ name, version }) => name === than.name && Number(version) > Number(than.version)).length;
  return files.filter((file) => newer(file) < policy.count);
}
