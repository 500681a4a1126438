import type { Figure } from "@stiffnet/report";
import { lineChart } from "@stiffnet/report/charts";
import type { OdeResult } from "./precision.ts";

export function odeFigures(result: OdeResult): Figure[] {
  const problems = [...new Set(result.points.filter(drawable).map(({ problem }) => problem))];
  return problems.map((problem) => precisionFigure(result, problem));
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
