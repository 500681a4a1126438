import { labelOf, labelsOf } from "@stiffnet/trials";
import type { StudySummary } from "./tables.ts";

/** The summary with the models' labels for readers where it has their names. */
export function shown(summary: StudySummary): StudySummary {
  const { config, models, statistics } = summary;
  const label = labelsOf(config);
  const named = <T extends { readonly name: string }>(all: readonly T[]): T[] =>
    all.map((one) => ({ ...one, name: label(one.name) }));
  const penaltyOf = (name: string) => config.models.find((model) => model.name === name)?.penalty;
  return {
    ...summary,
    config: { ...config, models: named(config.models) },
    models: named(models),
    statistics: {
      models: named(statistics.models),
      comparisons: statistics.comparisons.map((one) => ({
        ...one,
        model: label(one.model),
        against: label(one.against),
      })),
      paths: statistics.paths.map((path) => ({
        ...path,
        lines: path.lines.map(({ name, points, without, ...line }) => {
          const penalty = penaltyOf(points[0]!.model);
          return {
            ...line,
            name: labelOf({ name, ...(penalty && { penalty }) }),
            points: points.map((point) => ({ ...point, model: label(point.model) })),
            ...(without !== undefined && { without: label(without) }),
          };
        }),
      })),
    },
  };
}
