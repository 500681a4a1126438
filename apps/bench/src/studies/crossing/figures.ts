import { type Figure, type Line, lineChart, type Panel } from "@stiffnet/report/charts";
import { formatNumber } from "@stiffnet/terminal";
import type { CrossingModel, Paths } from "./models.ts";
import type { CrossingConfig, CrossingResult } from "./words.ts";

export interface CrossingDrawn {
  /** Of the first trial. */
  readonly paths: ReadonlyMap<string, Paths>;
  readonly losses: readonly { readonly model: CrossingModel; readonly points: Line["points"] }[];
}

export function crossingFigures(
  { bestWithoutCrossing }: CrossingResult,
  { models }: CrossingConfig,
  { paths, losses }: CrossingDrawn,
): Figure[] {
  const drawn = models.flatMap((model) => {
    const own = paths.get(model);
    return own ? [{ model, own }] : [];
  });
  return [
    {
      title: "Paths of nine samples",
      caption:
        "x(t) from x(0) at the left to x(T) at the right, of the first initialisation; the flip ends at -x(0). Neural ODEs by error control, the ResNet at its layers.",
      panels: drawn.map(({ model, own }) => pathPanel(model, own)),
    },
    ...drawn
      .filter(({ own }) => own.dimension > 1)
      .map(({ model, own }) => ({
        title: "In two dimensions",
        caption:
          "The same paths over x and the added dimension a, which begins with 0: they go round each other.",
        panels: [planePanel(model, own)],
      })),
    {
      title: "Error over the epochs",
      caption: `Every initialisation; the dotted line is ${formatNumber(bestWithoutCrossing)}, the best without crossing.`,
      panels: [
        lineChart(
          losses.map(({ model, points }, k) => ({
            // One name a model.
            name: losses.findIndex((loss) => loss.model === model) === k ? model : "",
            colour: models.indexOf(model),
            points,
          })),
          {
            name: "losses",
            title: "training error over the epochs",
            x: { label: "epoch" },
            y: { label: "error", logarithmic: true },
            marks: [{ y: bestWithoutCrossing, text: "" }],
          },
        ),
      ],
    },
  ];
}

function coordinates(
  { times, dimension, states }: Paths,
  of: (at: number, k: number) => { x: number; y: number },
) {
  const count = states.length / (times.length * dimension);
  return Array.from({ length: count }, (_, sample) => ({
    name: "",
    colour: sample % 6,
    points: times.map((_, k) => of((sample * times.length + k) * dimension, k)),
  }));
}

function pathPanel(model: CrossingModel, own: Paths): Panel {
  return lineChart(
    coordinates(own, (at, k) => ({ x: own.times[k]!, y: own.states[at]! })),
    {
      name: `paths-${model.replaceAll(" ", "-")}`,
      title: `paths of the samples, ${model}`,
      ...{ width: 320, height: 280, dots: model === "ResNet" },
      x: { label: `t (${model})` },
      y: { label: "x" },
    },
  );
}

function planePanel(model: CrossingModel, own: Paths): Panel {
  return lineChart(
    coordinates(own, (at) => ({ x: own.states[at]!, y: own.states[at + 1]! })),
    {
      name: `plane-${model}`,
      title: `paths in the plane, ${model}`,
      ...{ width: 420, height: 340 },
      x: { label: "x" },
      y: { label: "a" },
    },
  );
}
