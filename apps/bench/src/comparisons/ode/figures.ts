import * as Plot from "@observablehq/plot";
import {
  centred,
  drawSvg,
  type Figure,
  lineChart,
  logScale,
  margins,
  type Panel,
  seriesColour,
} from "@stiffnet/report/charts";
import type { OdeResult } from "./precision.ts";

export function odeFigures(result: OdeResult): Figure[] {
  const problems = [...new Set(result.points.filter(drawable).map(({ problem }) => problem))];
  return [...ratioFigure(result), ...problems.map((problem) => precisionFigure(result, problem))];
}

/** At least so many times faster than SciPy. */
const aim = 2;

/** Every comparison on one scale. */
function ratioFigure({ rows, own }: OdeResult): Figure[] {
  const all = rows.flatMap((row) =>
    Object.entries(row.ratios)
      .filter(([name]) => !own.includes(name))
      .map(([name, ratio]) => ({ name, ratio, at: `${row.problem} ${row.error.toExponential(0)}` })),
  );
  if (all.length === 0) return [];
  return [
    {
      title: "Time of other libraries at equal error",
      caption: `Processor time of the other libraries, divided by that of stiffnet's fastest method. Dotted: equal times. Dashed: stiffnet is ${aim} times as fast.`,
      panels: [ratioPanel(all)],
    },
  ];
}

function ratioPanel(all: readonly { name: string; ratio: number; at: string }[]): Panel {
  const names = [...new Set(all.map(({ name }) => name))];
  const rows = [...new Set(all.map(({ at }) => at))];
  const ratios = [...all.map(({ ratio }) => ratio), 1, aim];
  const domain = [Math.min(...ratios) / 1.3, Math.max(...ratios) * 1.3] as const;
  const line = (x: number, strokeDasharray: string): Plot.Markish =>
    Plot.ruleX([x], { stroke: "currentColor", strokeOpacity: 0.6, strokeDasharray });
  return drawSvg("ratios", "times faster at equal error", {
    width: 820,
    height: 80 + 19 * rows.length,
    ...margins(30, 150, 40, 120),
    x: { ...logScale("their time / stiffnet's time", domain), ...centred, grid: true },
    y: { label: null, domain: rows, type: "point" },
    symbol: { domain: names },
    marks: [
      line(aim, "6 3"),
      line(1, "1 3"),
      ...names.map((name, k) =>
        Plot.dot(
          all.filter((each) => each.name === name),
          { x: "ratio", y: "at", ...looks(k) },
        ),
      ),
      // The key, in place of a legend of its own.
      ...names.flatMap((name, k) => [
        Plot.dot([name], { frameAnchor: "top-right", dx: 16, dy: 6 + 17 * k, ...looks(k) }),
        Plot.text([name], {
          ...{ frameAnchor: "top-right", textAnchor: "start", dx: 26, dy: 6 + 17 * k },
          ...{ fill: seriesColour(k), fontWeight: 600 },
        }),
      ]),
    ],
  });
}

const symbols = ["circle", "square", "triangle", "diamond", "times", "star"] as const;

/** Looks of the k-th contestant's points. */
function looks(k: number) {
  return {
    symbol: symbols[(k + Math.floor(k / symbols.length)) % symbols.length]!,
    r: 4,
    stroke: seriesColour(k),
    strokeWidth: 1.6,
  };
}

/** Beyond an error of 1 nothing is left of the solution. */
function drawable({ ok, error }: OdeResult["points"][number]): boolean {
  return ok && error < 1;
}

function precisionFigure({ points, own }: OdeResult, problem: string): Figure {
  const here = points.filter(drawable).filter((point) => point.problem === problem);
  const names = [...new Set(here.map(({ contestant }) => contestant))];
  const errors = here.map(({ error }) => error).filter((error) => error > 0);
  const fastest = Math.min(
    ...here.filter(({ contestant }) => own.includes(contestant)).map(({ seconds }) => seconds),
  );
  return {
    title: problem,
    caption:
      "Processor time against the error at the end; each dot is a tolerance. The time is a multiple of stiffnet's fastest run. Lower and further left is better.",
    panels: [
      lineChart(
        names.map((name) => ({
          name,
          points: here
            .filter(({ contestant }) => contestant === name)
            .map(({ error, seconds }) => ({ x: error, y: seconds / fastest })),
        })),
        {
          name: `precision-${problem.toLowerCase()}`,
          title: `work and precision on ${problem}`,
          dots: true,
          width: 760,
          height: 360,
          x: {
            label: "relative error at the end",
            logarithmic: true,
            domain: [Math.min(1, ...errors) / 1.3, Math.min(1, 1.3 * Math.max(...errors))],
          },
          y: { label: "time / stiffnet's fastest", logarithmic: true },
        },
      ),
    ],
  };
}
