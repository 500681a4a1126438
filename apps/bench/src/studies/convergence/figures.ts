import { type Figure, type Line, lineChart } from "@stiffnet/report/charts";
import { formatNumber } from "@stiffnet/terminal";
import type { ConvergencePoint } from "./measure.ts";
import type { ConvergenceResult } from "./words.ts";

/** One component of the state over time, by one number of layers or by the equation. */
export interface DepthPath extends Line {
  readonly component: number;
}

export function convergenceFigures({ solvers }: ConvergenceResult, paths: readonly DepthPath[]): Figure[] {
  const panel = (name: string, label: string, of: (point: ConvergencePoint) => number) =>
    lineChart(
      solvers.map(({ solver, points }) => ({
        name: solver,
        points: points.map((point) => ({ x: point.steps, y: of(point) })),
      })),
      {
        name: `error-${name}`,
        title: `error against the number of steps, ${name}`,
        dots: true,
        width: 480,
        x: { label: "N", logarithmic: true },
        y: { label, logarithmic: true },
      },
    );
  const component = paths[0]?.component;
  return [
    {
      title: "Error against the number of steps",
      caption: `Distance of the outputs from the neural ODE's, relative to their standard deviation; left as the network computes, right the same steps in float64. Slopes: ${solvers.map(({ solver, slope, slopeExact }) => `${solver} ${formatNumber(slope)}, in float64 ${formatNumber(slopeExact)}`).join("; ")}.`,
      panels: [
        panel("float32", "error, float32", ({ error }) => error),
        panel("float64", "error, float64", ({ exactArithmetic }) => exactArithmetic),
      ],
    },
    {
      title: "From layers to a curve",
      caption: `Component ${component} of the state along one sample, by N Euler steps of the trained field and by its equation.`,
      panels: [
        lineChart(paths, {
          name: "layers-to-curve",
          title: "a component of the state over time for several numbers of layers",
          x: { label: "t" },
          y: { label: `h, component ${component}` },
        }),
      ],
    },
  ];
}
