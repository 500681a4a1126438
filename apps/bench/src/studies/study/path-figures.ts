import type { Estimate, Figure } from "@stiffnet/report";
import { narrowChart } from "@stiffnet/report/charts";
import type { ModelStatistics, Quantity } from "./compare.ts";
import type { SweepPath } from "./paths.ts";

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
