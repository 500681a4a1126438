import { type ModelSpec, networkFor, type StudyConfig, trainingFor } from "@stiffnet/trials";

/** Models that differ in one number alone, in its order. */
export interface SweepLine {
  readonly name: string;
  readonly points: readonly { readonly value: number; readonly model: string }[];
  /** For a penalty's weight: the same model without a penalty. */
  readonly without?: string;
}

export interface SweepPath {
  /** As in the configuration: penalty.weight, network.width, trainRows... */
  readonly field: string;
  readonly label: string;
  readonly lines: readonly SweepLine[];
}

const labels: Readonly<Record<string, string>> = {
  "penalty.weight": "penalty weight λ",
  trainRows: "training rows",
};

/** Every number by which models of the study differ while all else is equal. */
export function sweepPaths(
  config: StudyConfig,
  /** Training rows of a model without a limit. */
  trainRows: number,
): SweepPath[] {
  const all = config.models.map((spec) => ({
    fields: fieldsOf(config, { trainRows, ...spec }),
    model: spec.name,
  }));
  const numbers = new Set(
    all.flatMap(({ fields }) =>
      [...fields].flatMap(([key, value]) => (typeof value === "number" ? [key] : [])),
    ),
  );
  return [...numbers].flatMap((field) => {
    const groups = new Map<string, typeof all>();
    for (const entry of all) {
      if (typeof entry.fields.get(field) !== "number") continue;
      const rest = restOf(entry.fields, field);
      groups.set(rest, [...(groups.get(rest) ?? []), entry]);
    }
    const lines = [...groups.values()].flatMap((group) => lineOf(field, group, all) ?? []);
    return lines.length === 0 ? [] : { field, label: labels[field] ?? lastOf(field), lines };
  });
}

interface Entry {
  readonly fields: ReadonlyMap<string, unknown>;
  readonly model: string;
}

function lineOf(field: string, group: readonly Entry[], all: readonly Entry[]): SweepLine | undefined {
  const points = group
    .map(({ fields, model }) => ({ value: fields.get(field) as number, model }))
    .sort((a, b) => a.value - b.value);
  if (new Set(points.map(({ value }) => value)).size < 2) return undefined;
  const bare = (fields: ReadonlyMap<string, unknown>): string =>
    JSON.stringify([...fields].filter(([key]) => !key.startsWith("penalty.")));
  const without =
    field === "penalty.weight"
      ? all.find(({ fields }) => !fields.has(field) && bare(fields) === bare(group[0]!.fields))
      : undefined;
  return {
    name: sharedName(
      points.map(({ model }) => model),
      lastOf(field),
    ),
    points,
    ...(without === undefined ? {} : { without: without.model }),
  };
}

/** Fields of a model as "network.width" and so on, with the study's values filled in. */
function fieldsOf(config: StudyConfig, spec: ModelSpec): Map<string, unknown> {
  const { name: _, ...own } = spec;
  return new Map(
    flat({ ...own, network: networkFor(config, spec), training: trainingFor(config, spec) }).sort(
      ([a], [b]) => (a < b ? -1 : 1),
    ),
  );
}

function flat(value: object, path = ""): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]): [string, unknown][] =>
    typeof inner === "object" && inner !== null ? flat(inner, `${path}${key}.`) : [[`${path}${key}`, inner]],
  );
}

function restOf(fields: ReadonlyMap<string, unknown>, field: string): string {
  return JSON.stringify([...fields].filter(([key]) => key !== field));
}

function lastOf(field: string): string {
  return field.split(".").at(-1)!;
}

/** The words that all names have at the same place, without the field's own. */
function sharedName(names: readonly string[], field: string): string {
  const words = names.map((name) => name.split(" "));
  const shared = words[0]!.filter((word, k) => word !== field && words.every((other) => other[k] === word));
  return shared.join(" ") || names[0]!;
}
