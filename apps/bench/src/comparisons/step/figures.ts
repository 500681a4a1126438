import * as Plot from "@observablehq/plot";
import { drawSvg, type Figure, logTicks, type Panel, powerTick, seriesColour } from "@stiffnet/report/charts";
import { formatNumber } from "@stiffnet/terminal";
import type { StepCase } from "./compare.ts";

export function stepFigure(cases: readonly StepCase[]): Figure {
  const caption =
    "Time of a training step on a logarithmic axis. Dots: median over all steps of all rounds. Lines: 10th to 90th percentile.";
  return { title: "Time of a step", caption, panels: [panel(cases)] };
}

function panel(cases: readonly StepCase[]): Panel {
  const models = [...new Set(cases.map((entry) => entry.model))];
  const rows = cases.map(({ model, engine, ms }) => ({ model, engine, ...ms }));
  return drawSvg("step", "milliseconds per training step", {
    width: 700,
    height: 60 + 26 * rows.length + 14 * models.length,
    marginLeft: 110,
    marginRight: 180,
    x: {
      type: "log",
      label: "time of a step (ms)",
      labelAnchor: "center",
      grid: true,
      ticks: logTicks(Math.min(...rows.map((row) => row.p10)), Math.max(...rows.map((row) => row.p90))),
      tickFormat: powerTick,
    },
    y: { label: null, domain: [...new Set(cases.map((entry) => entry.engine))] },
    fy: { axis: null, domain: models },
    marks: [
      Plot.ruleY(rows, {
        ...{ fy: "model", y: "engine", x1: "p10", x2: "p90", strokeWidth: 2, stroke: seriesColour(0) },
      }),
      Plot.axisFy({ anchor: "right", label: null, dx: 52, fontWeight: 600 }),
      Plot.dot(rows, { fy: "model", y: "engine", x: "median", r: 4, fill: seriesColour(0) }),
      Plot.text(rows, {
        ...{ fy: "model", y: "engine", x: "p90", textAnchor: "start", dx: 8 },
        text: (row: { median: number }) => formatNumber(row.median),
      }),
    ],
  });
}
