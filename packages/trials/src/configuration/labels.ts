import { penalisedProxies } from "@stiffnet/stiffness";
import type { ModelSpec, StudyConfig } from "./config.ts";
import type { PenaltyKind } from "./fields.ts";

/** The name of a model in files and checksums, as Hudson et al. (2022) abbreviate it: "RES stiff". */
export function nameOf(kind?: PenaltyKind): string {
  if (kind === undefined) return "RES";
  return `RES ${kind === "l2" ? "L2" : penalisedProxies[kind].label}`;
}

/** The name of a model for readers: "spectral-radius penalty 0.01" for "RES stiff 0.01". A name that the
 *  user chose stays. */
export function labelOf({ name, penalty }: Pick<ModelSpec, "name" | "penalty">): string {
  const given = nameOf(penalty?.kind);
  const own = name.replace(/^NODE\b/, "RES");
  if (!own.startsWith(given) || /^\w/.test(own.slice(given.length))) return name;
  const kind = penalty?.kind;
  const title =
    kind === undefined ? "no penalty" : kind === "l2" ? "L2 penalty" : penalisedProxies[kind].title;
  return title + own.slice(given.length);
}

/** The labels of a study's models by their names. */
export function labelsOf({ models }: Pick<StudyConfig, "models">): (name: string) => string {
  const labels = new Map(models.map((model) => [model.name, labelOf(model)]));
  return (name) => labels.get(name) ?? name;
}
