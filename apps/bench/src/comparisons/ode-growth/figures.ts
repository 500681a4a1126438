import { type Figure, narrowChart, type Panel } from "@stiffnet/report/charts";
import { type Grown, type GrowthConfig, type GrowthResult, grown } from "./words.ts";

export function growthFigures(summary: GrowthResult & { readonly config: GrowthConfig }): Figure[] {
  const all = grown(summary);
  const fastest = Math.min(...all.flatMap(({ seconds }) => seconds ?? []));
  return [
    {
      title: "Time",
      caption: `Processor time at an error of ${summary.config.error}, as a multiple of the shortest of all, against the number of unknowns.`,
      panels: panels(all, "time", "time", ({ seconds }) => (seconds ?? Number.NaN) / fastest),
    },
    {
      title: "Memory",
      caption: "The most memory that a process ever held, against the number of unknowns.",
      panels: panels(all, "memory", "MiB", ({ peakMiB }) => peakMiB),
    },
  ];
}

function panels(all: readonly Grown[], name: string, label: string, of: (each: Grown) => number): Panel[] {
  const values = all.map(of).filter(Number.isFinite);
  const domain = [Math.min(...values) / 1.25, 1.25 * Math.max(...values)] as const;
  const contestants = [...new Set(all.map(({ contestant }) => contestant))];
  return [...new Set(all.map(({ plane }) => plane))].map((plane) =>
    narrowChart(
      contestants.map((contestant) => ({
        name: contestant,
        points: all
          .filter((each) => each.plane === plane && each.contestant === contestant)
          // Round numbers fit below the axis, and are off by less than a mark.
          .map((each) => ({ x: Number(each.unknowns.toPrecision(1)), y: of(each) })),
      })),
      { name: `${name}-${plane.toLowerCase()}`, heading: plane, x: "unknowns", y: label, domain },
    ),
  );
}
