import { type Figure, lineChart } from "@stiffnet/report/charts";
import { formatNumber } from "@stiffnet/terminal";
import type { Adjoint } from "./compare.ts";
import type { GradientsResult } from "./words.ts";

export function gapFigure({ cases }: GradientsResult): Figure {
  return {
    title: "The gap against the step",
    caption: `The ResNet's gradient to the neural ODE's by each adjoint, and both to the gradient at infinite depth, over its norm. Slopes of the gap by Euler steps: ${cases.map(({ name, slopes }) => `${formatNumber(slopes.Euler, 4)} (${name})`).join("; ")}.`,
    panels: cases.map(({ name, width, rows, slopes }) =>
      lineChart(
        [
          ...Object.keys(slopes).map((kind) => ({
            name: `gap, ${kind}`,
            points: rows.map(({ step, gaps }) => ({ x: step, y: gaps[kind as Adjoint] })),
          })),
          { name: "ResNet to limit", points: rows.map((row) => ({ x: row.step, y: row.resnetToLimit })) },
          { name: "ODE to limit", points: rows.map((row) => ({ x: row.step, y: row.odeToLimit })) },
        ],
        {
          name: `gap-${width}`,
          title: `gap between the gradients against the step: ${name}`,
          dots: true,
          width: 700,
          height: 340,
          x: { label: `step (${name})`, logarithmic: true },
          y: { label: "relative difference", logarithmic: true },
        },
      ),
    ),
  };
}
