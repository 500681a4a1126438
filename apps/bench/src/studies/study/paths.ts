import { type Estimate, type Figure, groupedBy } from "@stiffnet/report";
import { narrowChart } from "@stiffnet/report/charts";
import { type ModelSpec, networkFor, type StudyConfig, trainingFor } from "@stiffnet/trials";
import type { ModelStatistics, Quantity } from "./compare.ts";

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

/** Every setting that is a number, and in which models of the study differ while all others are equal. */
export function sweepPaths(
  config: StudyConfig,
  /** Training rows of a model without a limit. */
  trainRows: number,
): SweepPath[] {
  const all = config.models.map((spec) => entryOf(config, { trainRows, ...spec }));
  const numbers = new Set(
    all.flatMap(({ fields }) => Object.keys(fields).filter((key) => typeof fields[key] === "number")),
  );
  return [...numbers].flatMap((field) => {
    const groups = groupedBy(
      all.filter(({ fields }) => typeof fields[field] === "number"),
      (entry) => fieldsBut(entry, (key) => key === field),
    );
    const lines = [...groups.values()].flatMap((group) => lineOf(field, group, all) ?? []);
    return lines.length === 0 ? [] : { field, label: labels[field] ?? lastOf(field), lines };
  });
}

interface Entry {
  readonly model: string;
  /** As "network.width" and so on, with the study's values filled in. */
  readonly fields: Readonly<Record<string, unknown>>;
}

function entryOf(config: StudyConfig, spec: ModelSpec): Entry {
  const { name, ...own } = spec;
  const all = { ...own, network: networkFor(config, spec), training: trainingFor(config, spec) };
  return { model: name, fields: Object.fromEntries(flat(all).sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function flat(value: object, path = ""): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]): [string, unknown][] =>
    typeof inner === "object" && inner !== null ? flat(inner, `${path}${key}.`) : [[`${path}${key}`, inner]],
  );
}

function fieldsBut({ fields }: Entry, isLeft: (key: string) => boolean): string {
  return JSON.stringify(Object.entries(fields).filter(([key]) => !isLeft(key)));
}

function lineOf(field: string, group: readonly Entry[], all: readonly Entry[]): SweepLine | undefined {
  const points = group
    .map(({ fields, model }) => ({ value: fields[field] as number, model }))
    .sort((a, b) => a.value - b.value);
  if (points[0]!.value === points.at(-1)!.value) return undefined;
  const bare = (entry: Entry): string => fieldsBut(entry, (key) => key.startsWith("penalty."));
  const isPlain = (entry: Entry): boolean => !(field in entry.fields) && bare(entry) === bare(group[0]!);
  const without = field === "penalty.weight" ? all.find(isPlain) : undefined;
  // The words that all names have at the same place, without the field's own.
  const [first, ...others] = points.map(({ model }) => model.split(" "));
  const shared = first!.filter(
    (word, k) => word !== lastOf(field) && others.every((other) => other[k] === word),
  );
  return {
    name: shared.join(" ") || points[0]!.model,
    points,
    ...(without && { without: without.model }),
  };
}

function lastOf(field: string): string {
  return field.split(".").at(-1)!;
}

const drawn: readonly (readonly [Quantity, string])[] = [
  ["riskTest", "test error (RMSE)"],
  ["riskTrain", "training error (RMSE)"],
  ["stiffness", "spectral radius, 1/time"],
];

export function pathFigure(
  { field, label, lines: swept }: SweepPath,
  models: readonly ModelStatistics[],
): Figure {
  const of = (name: string, quantity: Quantity): Estimate =>
    models.find((model) => model.name === name)!.figures[quantity];
  const median = (name: string, quantity: Quantity): number => of(name, quantity).median ?? Number.NaN;
  const plain = [...new Set(swept.flatMap(({ without }) => without ?? []))];
  return {
    title: `Against ${label}`,
    caption:
      "Medians over trials with their 95 % bootstrap intervals; both axes are logarithmic." +
      (plain.length > 0 ? " Dotted: the same without a penalty." : ""),
    panels: drawn.map(([quantity, text]) =>
      narrowChart(
        swept.map(({ name, points }) => ({
          name,
          points: points.map(({ value, model }) => ({
            x: value,
            y: median(model, quantity),
            ...of(model, quantity).interval,
          })),
        })),
        {
          name: `path-${field.replaceAll(".", "-")}-${quantity}`,
          heading: text,
          x: label,
          y: text,
          // One alone is named: the names of several would lie on each other.
          marks: plain
            .map((model) => ({ y: median(model, quantity), text: plain.length === 1 ? model : "" }))
            .filter(({ y }) => y > 0),
        },
      ),
    ),
  };
}
