import { kernelsName } from "@stiffnet/core";
import { type Figure, type NamedTable, tableOf } from "@stiffnet/report";
import { narrowChart } from "@stiffnet/report/charts";
import { formatNumber, list, row, seeded, whole } from "@stiffnet/terminal";
import { experimentCommand, labelOf, labelsOf } from "@stiffnet/trials";
import { askFresh } from "../peers/json-process.ts";
import { type CostCase, type CostFigures, costAxes, costCase, costModels } from "./cases.ts";

const sizes = list(whole(1));

export const cost = experimentCommand("cost", {
  help: `Each case is a study in a fresh process, with a plain model and one with a stiffness penalty. The command varies one size at a
time. The rest stay at 1 trial, 20 epochs, 400 rows, 15 inputs, width 20, depth 8 and batches of 20.

Examples:
  $ stiffnet-bench cost                                   some minutes
  $ stiffnet-bench cost --rows 1000,10000 --trials 1,8 --epochs 10,100 --width 20 --depth 8
  $ stiffnet-bench cost --json > cost.json`,
  options: {
    trials: row("<list>", "numbers of trials to measure", sizes, [1, 4, 16, 64]),
    epochs: row("<list>", "numbers of epochs to measure", sizes, [10, 100, 1000, 10_000]),
    rows: row(
      "<list>",
      "numbers of training rows to measure, with one epoch each",
      sizes,
      [1e3, 1e4, 1e5, 1e6],
    ),
    width: row("<list>", "widths to measure", sizes, [10, 20, 50, 100, 200, 512]),
    depth: row("<list>", "depths to measure", sizes, [4, 8, 16, 32, 64]),
    ...seeded,
  },
  engine: kernelsName,
  async compute(config, watch): Promise<{ result: { cases: CostCase[] } }> {
    const plan = costAxes.flatMap((axis) =>
      config[axis].flatMap((value) => costModels.map((model) => ({ axis, value, model }))),
    );
    const cases: CostCase[] = [];
    for (const { axis, value, model } of plan) {
      const figures = await askFresh<CostFigures>(
        new URL("./trial-main.js", import.meta.url),
        costCase(axis, value, model, config.seed),
        `${axis} ${value}, ${model.name}`,
        watch.signal,
      );
      cases.push({ axis, value, model: model.name, ...figures });
      watch.note(
        `${cases.length} of ${plan.length}: ${axis} ${value}, ${model.name}: ${formatNumber(figures.millisecondsPerStep)} ms a step, ${formatNumber(figures.peakMiB)} MiB`,
      );
    }
    return { result: { cases } };
  },
  // Results are times and memory, so the digest is taken of the cases.
  digested: ({ cases }) => cases.map(({ axis, value, model, steps }) => [axis, value, model, steps]),
  present: ({ cases }) => ({
    title: "What a study costs",
    lead: ["Each panel varies one size of a study. The other sizes stay the same."],
    tables: [costTable({ cases })],
    figures: [
      figure(cases, "time", "Time of a step", "Processor time of a training step", "step (ms)", (one) => {
        return one.millisecondsPerStep;
      }),
      figure(
        cases,
        "study",
        "Time of a study",
        "Processor time of the whole study: data, training, checkpoints, five measurements of the stiffness proxies and the final evaluation",
        "study (s)",
        ({ processorSeconds }) => processorSeconds,
      ),
      figure(
        cases,
        "memory",
        "Memory",
        "Largest memory of the process",
        "memory (MiB)",
        ({ peakMiB }) => peakMiB,
      ),
    ],
  }),
});

export function costTable({ cases }: { readonly cases: readonly CostCase[] }): NamedTable {
  const caption =
    "Each row is a study in a fresh process. ms a step: processor time of a training step, once its code is compiled. Seconds: processor time of the whole study, with its data and measurements. Peak MiB: largest memory of the process.";
  return tableOf({ name: "cost", caption }, cases, [
    ["varied", ({ axis }) => axis],
    ["value", ({ value }) => String(value)],
    ["model", ({ model }) => labelsOf({ models: costModels })(model)],
    ["steps", ({ steps }) => String(steps)],
    ["ms a step", ({ millisecondsPerStep }) => formatNumber(millisecondsPerStep)],
    ["seconds", ({ processorSeconds }) => formatNumber(processorSeconds)],
    ["peak MiB", ({ peakMiB }) => formatNumber(peakMiB)],
  ]);
}

/** A panel for each axis, all with one upright scale. */
function figure(
  cases: readonly CostCase[],
  name: string,
  title: string,
  what: string,
  y: string,
  of: (entry: CostCase) => number,
): Figure {
  const all = cases.map(of);
  const domain = [Math.min(...all) / 1.25, 1.25 * Math.max(...all)] as const;
  return {
    title,
    caption: `${what}. Both axes are logarithmic. All panels have the same vertical axis.`,
    panels: costAxes.flatMap((axis) => {
      const own = cases.filter((entry) => entry.axis === axis);
      if (own.length === 0) return [];
      const lines = costModels.map((model) => ({
        name: labelOf(model),
        points: own
          .filter((entry) => entry.model === model.name)
          .map((entry) => ({ x: entry.value, y: of(entry) })),
      }));
      return narrowChart(lines, { name: `${name}-${axis}`, heading: axis, x: axis, y, domain });
    }),
  };
}
