import type { Trajectory } from "@stiffnet/core";
import { type Figure, type Line, lineChart } from "@stiffnet/report/charts";
import { type LearntCurves, species } from "./learn.ts";

export interface StiffNodeDrawn {
  readonly fine: Trajectory;
  readonly data: Trajectory;
  readonly curves: readonly LearntCurves[];
}

export function stiffNodeFigures({ fine, data, curves }: StiffNodeDrawn): Figure[] {
  const along = ({ times }: Trajectory, states: ArrayLike<number>, i: number): Line["points"] =>
    Array.from(times, (x, k) => ({ x, y: states[k * species.length + i]! }));
  return [
    {
      title: "The species over time",
      caption:
        "Robertson's problem and the learnt systems from the same start, over a logarithmic time. Each panel spans one and a half times the range of its species: what leaves it is cut.",
      panels: species.map((name, i) => {
        const truth = along(fine, fine.states, i);
        const high = Math.max(...truth.map(({ y }) => y));
        return lineChart(
          [
            { name: "Robertson", points: truth },
            ...curves.map(({ scaling, states }) => ({ name: scaling, points: along(fine, states, i) })),
          ],
          {
            name: `species-${name}`,
            title: `${name} over time`,
            ...{ width: 440, height: 280 },
            x: { label: "t", logarithmic: true },
            y: { label: name, domain: [-0.25 * high, 1.25 * high] },
          },
        );
      }),
    },
    {
      title: "Errors over the epochs",
      caption: `Mean distance from the ${data.times.length} times of the data, over the range of each species.`,
      panels: species.map((name, i) =>
        lineChart(
          curves.map(({ scaling, history }, k) => ({
            name: scaling,
            colour: k + 1,
            points: history.map(({ epoch, errors }) => ({ x: epoch, y: errors[i]! })),
          })),
          {
            name: `errors-${name}`,
            title: `error of ${name} over the epochs`,
            ...{ width: 440, height: 280 },
            x: { label: "epoch" },
            y: { label: `error of ${name}`, logarithmic: true },
          },
        ),
      ),
    },
  ];
}
