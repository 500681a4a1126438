import { kernelsName } from "@stiffnet/core";
import type { NamedTable } from "@stiffnet/report";
import { type Figure, narrowChart } from "@stiffnet/report/charts";
import { formatNumber } from "@stiffnet/terminal";
import type { Experiment } from "@stiffnet/trials";
import { inFreshProcess } from "../peers/fresh-process.ts";
import {
  type CostAxis,
  type CostCase,
  type CostConfig,
  type CostFigures,
  costAxes,
  costCase,
  costModels,
} from "./cases.ts";

export interface CostResult {
  readonly cases: readonly CostCase[];
}

export const costExperiment: Experiment<CostConfig, CostResult, undefined> = {
  engine: kernelsName,
  async compute({ values, seed }, watch) {
    const plan = costAxes.flatMap((axis) =>
      values[axis].flatMap((value) => costModels.map((model) => ({ axis, value, model }))),
    );
    const cases: CostCase[] = [];
    for (const { axis, value, model } of plan) {
      const figures = await inFreshProcess<CostFigures>(
        new URL("./trial-main.js", import.meta.url),
        costCase(axis, value, model, seed),
        `${axis} ${value}, ${model.name}`,
        watch.signal,
      );
      if (figures === undefined) break;
      cases.push({ axis, value, model: model.name, ...figures });
      watch.note(
        `${cases.length} of ${plan.length}: ${axis} ${value}, ${model.name}: ${formatNumber(figures.millisecondsPerStep)} ms a step, ${formatNumber(figures.peakMiB)} MiB`,
      );
    }
    return { result: { cases }, drawn: undefined };
  },
  // All of it is time and memory: the digest is that of what was run.
  digested: ({ cases }) => cases.map(({ axis, value, model, steps }) => [axis, value, model, steps]),
  present: (summary) => ({
    title: "What a study costs",
    lead: sentences(summary),
    tables: [costTable(summary)],
    figures: costFigures(summary),
  }),
};

export function costTable({ cases }: CostResult): NamedTable {
  return {
    name: "cost",
    caption:
      "Each row a study in a fresh process. Milliseconds: processor time of a training step, once its code is compiled; seconds: processor time of the study, with its data and its measuring; peak: the most memory that the process ever held.",
    header: ["varied", "value", "model", "steps", "ms a step", "seconds", "peak MiB"],
    rows: cases.map(({ axis, value, model, steps, millisecondsPerStep, processorSeconds, peakMiB }) => [
      axis,
      String(value),
      model,
      String(steps),
      formatNumber(millisecondsPerStep),
      formatNumber(processorSeconds),
      formatNumber(peakMiB),
    ]),
  };
}

function costFigures({ cases }: CostResult): Figure[] {
  const panels = (name: string, label: string, of: (entry: CostCase) => number) => {
    const all = cases.map(of);
    const domain = [Math.min(...all) / 1.25, 1.25 * Math.max(...all)] as const;
    return costAxes
      .filter((axis) => cases.some((entry) => entry.axis === axis))
      .map((axis) =>
        narrowChart(
          costModels.map((model) => ({
            name: model.name,
            points: cases
              .filter((entry) => entry.axis === axis && entry.model === model.name)
              .map((entry) => ({ x: entry.value, y: of(entry) })),
          })),
          { name: `${name}-${axis}`, heading: axis, x: axis, y: label, domain },
        ),
      );
  };
  return [
    {
      title: "Time of a step",
      caption:
        "Processor time of a training step; both axes are logarithmic, the upright one of all panels the same.",
      panels: panels("time", "ms a step", ({ millisecondsPerStep }) => millisecondsPerStep),
    },
    {
      title: "Time of a study",
      caption:
        "Processor time of the whole: data, training, checkpoints, five looks at the stiffness proxies, the last evaluation; both axes are logarithmic, the upright one of all panels the same.",
      panels: panels("study", "s", ({ processorSeconds }) => processorSeconds),
    },
    {
      title: "Memory",
      caption:
        "The most memory that the process ever held; both axes are logarithmic, the upright one of all panels the same.",
      panels: panels("memory", "MiB", ({ peakMiB }) => peakMiB),
    },
  ];
}

/** How much more memory, and time a step, the largest value of an axis takes than the smallest. */
function sentences({ cases }: CostResult): string[] {
  return costAxes.flatMap((axis) => {
    const own = cases.filter((entry) => entry.axis === axis);
    const first = own[0];
    const last = own.at(-1);
    if (first === undefined || last === undefined || last.value === first.value) return [];
    const parts = costModels.map(({ name }) => {
      const [a, b] = [first.value, last.value].map(
        (value) => own.find((e) => e.model === name && e.value === value)!,
      );
      const memory = b!.peakMiB / a!.peakMiB;
      const time = b!.millisecondsPerStep / a!.millisecondsPerStep;
      return `${name} takes ${formatNumber(memory, 2)} times the memory and ${formatNumber(time, 2)} times the time a step`;
    });
    return [`From ${first.value} to ${last.value} ${words[axis]}: ${parts.join("; ")}.`];
  });
}

const words: Readonly<Record<CostAxis, string>> = {
  trials: "trials",
  epochs: "epochs",
  rows: "training rows",
  width: "in width",
  depth: "in depth",
};
