import * as Plot from "@observablehq/plot";
import type { Panel } from "@stiffnet/report";
import { centred, drawSvg, logScale, margins, seriesColour } from "@stiffnet/report/charts";
import type { Answer } from "./answer.ts";
import type { Plan } from "./plan.ts";

/** The ratio of test errors in every cell, and over all: left of 1 the stiffness penalty predicts better. */
export function answerFigure(plan: Plan, { primary, better, worse }: Answer): Panel {
  const rowOf = (name: string, { median, interval }: Answer["primary"]["ratio"], kind: number) => ({
    name,
    kind,
    median: median!,
    low: interval?.low ?? median!,
    high: interval?.high ?? median!,
  });
  const sure = new Set([...better, ...worse]);
  const rows = [
    ...[...primary.cells]
      .sort((a, b) => a.ratio.median! - b.ratio.median!)
      .map(({ cell, ratio }) => rowOf(cell, ratio, sure.has(cell) ? 0 : 2)),
    rowOf("all cells", primary.ratio, 1),
  ];
  const low = Math.min(0.5, ...rows.map((row) => row.low)) / 1.05;
  const high = Math.max(2, ...rows.map((row) => row.high)) * 1.05;
  const { effect } = plan;
  const label = `Test error of ${primary.model} over that of ${primary.against}, both tuned, in every cell`;
  return drawSvg("answer", label, {
    width: 640,
    height: 70 + 22 * rows.length,
    ...margins(34, 14, 42, 170),
    x: { ...logScale(`test error, ${primary.model} / ${primary.against}`, [low, high]), ...centred },
    y: { type: "band", domain: rows.map(({ name }) => name), label: null },
    marks: [
      Plot.rectX([0], { x1: 1 - effect, x2: 1 / (1 - effect), fill: "currentColor", fillOpacity: 0.08 }),
      Plot.ruleX([1], { stroke: "currentColor", strokeOpacity: 0.6 }),
      Plot.ruleY(rows, { y: "name", x1: "low", x2: "high", stroke: ({ kind }) => seriesColour(kind) }),
      Plot.dot(rows, {
        x: "median",
        y: "name",
        r: ({ kind }) => (kind === 1 ? 6 : 4),
        // Hollow: not sure after correction.
        fill: ({ kind }) => (kind === 2 ? "none" : seriesColour(kind)),
        stroke: ({ kind }) => seriesColour(kind),
        symbol: ({ kind }: (typeof rows)[number]) => (kind === 1 ? "diamond" : "circle"),
      }),
      Plot.text([low], {
        x: (x) => x,
        frameAnchor: "top-left",
        dy: -22,
        text: () => "← stiffness penalty better",
      }),
      Plot.text([high], {
        x: (x: number) => x,
        frameAnchor: "top-right" as const,
        dy: -22,
        text: () => `${primary.against} better →`,
      }),
    ],
  });
}
