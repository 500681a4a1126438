import * as Plot from "@observablehq/plot";
import type { Figure, Panel } from "@stiffnet/report";
import { centred, drawSvg, margins, seriesColour } from "@stiffnet/report/charts";
import { formatPercent } from "@stiffnet/terminal";
import type { SobolAnalysis, SobolOutput } from "@stiffnet/uncertainty";
import { byTotal } from "./words.ts";

const mostPanels = 12;
const mostInputs = 20;

/** First and total indices with their intervals, one panel an output, the inputs that matter most on top. */
export function sensitivityFigure({ inputs, outputs, confidence }: SobolAnalysis): Figure {
  const shown = outputs.filter(({ total }) => total.length > 0).slice(0, mostPanels);
  const left = [
    ...(shown.length < outputs.length ? [`${shown.length} of ${outputs.length} outputs`] : []),
    ...(inputs.length > mostInputs ? [`the ${mostInputs} inputs of the largest total index`] : []),
  ];
  return {
    title: "What the outputs depend on",
    caption: `Sobol indices of the model; its inputs are drawn uniformly and independently from their ranges. Filled: total index. Hollow: first order. Bars: ${formatPercent(confidence)} intervals.${left.length > 0 ? ` Shown: ${left.join(", ")}.` : ""}`,
    panels: shown.map((output, k) => panelOf(output, inputs, `sensitivity-${k + 1}`)),
  };
}

function panelOf({ name, first, total }: SobolOutput, inputs: readonly string[], file: string): Panel {
  const order = byTotal(total).slice(0, mostInputs);
  const labels = order.map((i) => inputs[i]!);
  const of = (indices: SobolOutput["first"]): { input: string; value: number; low: number; high: number }[] =>
    order.map((i) => ({ input: inputs[i]!, ...indices[i]! }));
  const widest = Math.max(...labels.map((label) => label.length));
  const highest = Math.max(1, ...total.map(({ high }) => high));
  const lowest = Math.min(0, ...order.map((i) => first[i]!.low));
  return drawSvg(file, `Sobol indices of ${name}`, {
    width: 320,
    height: 62 + 20 * order.length,
    ...margins(30, 14, 32, Math.min(150, 20 + 6.4 * widest)),
    x: { domain: [lowest, highest], ticks: 5, grid: true, label: "share of variance", ...centred },
    y: { domain: labels, label: null, tickSize: 0 },
    marks: [
      Plot.ruleY(of(total), { y: "input", x1: "low", x2: "high", stroke: seriesColour(0), strokeWidth: 2 }),
      Plot.dot(of(total), { x: "value", y: "input", r: 4, fill: seriesColour(0) }),
      Plot.dot(of(first), {
        x: "value",
        y: "input",
        r: 4,
        stroke: seriesColour(1),
        strokeWidth: 1.8,
        fill: "none",
      }),
      Plot.text([name], { frameAnchor: "top", dy: -20, fontWeight: 600 }),
      Plot.frame({ strokeOpacity: 0.3 }),
    ],
  });
}
