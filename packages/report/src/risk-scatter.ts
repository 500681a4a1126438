import * as Plot from "@observablehq/plot";
import { formatNumber } from "@stiffnet/terminal";
import {
  centred,
  drawSvg,
  logScale,
  margins,
  normalRange,
  seriesColour,
  seriesCount,
  seriesSymbol,
} from "./canvas.ts";
import { hollow, legend, nameWidth } from "./legend.ts";
import type { Figure } from "./page.ts";
import { rangeOf } from "./statistics.ts";

export interface RiskPoint {
  readonly model: string;
  readonly riskTrain: number;
  readonly riskTest: number;
}

/** Test error against training error, a point a trial. */
export function riskScatterFigure(all: readonly RiskPoint[], models: readonly string[]): Figure {
  const series = models.slice(0, seriesCount);
  const points = all.filter(
    ({ model, riskTrain, riskTest }) =>
      series.includes(model) && [riskTrain, riskTest].every((risk) => risk > 0 && Number.isFinite(risk)),
  );
  const domain = (values: readonly number[]): [number, number] => {
    const [low, high] = rangeOf(values);
    return low <= high ? normalRange([low / 1.08, high * 1.08]) : [0.1, 1];
  };
  const x = domain(points.map(({ riskTrain }) => riskTrain));
  const y = domain(points.map(({ riskTest }) => riskTest));
  const diagonal = [Math.max(x[0], y[0]), Math.min(x[1], y[1])];
  return {
    title: "Test error against training error",
    caption:
      "Each point is a trial after its last epoch. Errors are root mean square errors (RMSE). Both are equal on the dotted line.",
    panels: [
      drawSvg("risks", "test error against training error of every trial", {
        width: 560,
        height: 380,
        ...margins(26, 26 + nameWidth(series), 40, 58),
        x: { ...logScale("training error (RMSE)", x), ...centred },
        y: { ...logScale("test error (RMSE)", y), grid: true },
        marks: [
          ...(diagonal[0]! < diagonal[1]!
            ? [
                Plot.line(
                  diagonal.map((value) => [value, value]),
                  { stroke: "currentColor", strokeOpacity: 0.5, strokeDasharray: "1 3" },
                ),
              ]
            : []),
          ...series.map((name, k) =>
            Plot.dot(
              points.filter(({ model }) => model === name),
              {
                x: "riskTrain",
                y: "riskTest",
                r: 4,
                symbol: seriesSymbol(k),
                stroke: seriesColour(k),
                fill: seriesColour(k),
                ...hollow,
                title: ({ model, riskTrain, riskTest }: RiskPoint) =>
                  `${model}: test error ${formatNumber(riskTest)}, training error ${formatNumber(riskTrain)}`,
              },
            ),
          ),
          ...legend(
            series.map((name, style) => ({ name, style })),
            "right",
            "hollow",
          ),
          Plot.frame({ strokeOpacity: 0.3 }),
        ],
      }),
    ],
  };
}
