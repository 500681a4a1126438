import * as Plot from "@observablehq/plot";
import { toAxes } from "@stiffnet/datasets";
import type { Figure, Panel } from "@stiffnet/report";
import { centred, drawSvg, heading, margins, seriesColour, thinned } from "@stiffnet/report/charts";
import { asPriors } from "./priors.ts";
import { type CalibrateConfig, type CalibrateResult, leftSorted } from "./words.ts";

const mostPanels = 12;
const mostPairs = 6;
const bins = 30;

/** Draws of one input. */
export type Column = (name: string) => Float64Array;

export function calibrateFigures(result: CalibrateResult, config: CalibrateConfig, column: Column): Figure[] {
  const names = leftSorted(result.inputs).map(({ name }) => name);
  const shown = names.slice(0, mostPanels);
  const pairs = pairsOf(names, column).slice(0, mostPairs);
  return [
    {
      title: "What the observations say about the inputs",
      caption: `Posterior (bars) and prior (line) of each input, as densities over the prior's range.${shown.length < names.length ? ` The ${shown.length} of ${names.length} inputs that the observations determine best.` : ""}`,
      panels: shown.map((name, k) => marginal(name, config, column, `marginal-${k + 1}`)),
    },
    {
      title: "Observations beside the posterior",
      caption:
        "Distances from the observed value, in units of its error. Line: 90 % interval of a repeated observation, with the error of the model. Dot: its median. Band: the observed value and its error.",
      panels: [predictive(result)],
    },
    ...(pairs.length > 0
      ? [
          {
            title: "Inputs that depend on each other",
            caption: "Draws of the pairs of inputs with the strongest correlation (r) in the posterior.",
            panels: pairs.map(([a, b, r], k) => pair(a, b, r, column, `pair-${k + 1}`)),
          },
        ]
      : []),
  ];
}

function marginal(name: string, { priors }: CalibrateConfig, column: Column, file: string): Panel {
  const prior = priors.find((one) => one.name === name)!;
  const { low, high } = prior;
  const width = (high - low) / bins;
  const share = (values: Float64Array) => {
    const counts = new Array<number>(bins).fill(0);
    for (const value of values) counts[Math.min(bins - 1, Math.floor((value - low) / width))]!++;
    return counts.map((count, k) => ({
      x: low + (k + 0.5) * width,
      x1: low + k * width,
      x2: low + (k + 1) * width,
      y: (count * bins) / values.length,
    }));
  };
  const [axis] = asPriors([prior]);
  const points = Float64Array.from({ length: 6000 }, (_, k) => (k + 0.5) / 6000);
  const before = typeof axis === "number" ? [] : share(toAxes(points, [axis!]));
  return drawSvg(file, `prior and posterior of ${name}`, {
    width: 215,
    height: 170,
    ...margins(30, 12, 36, 12),
    x: { label: null, domain: [low, high], ticks: 4, ...centred },
    y: { axis: null },
    marks: [
      Plot.rectY(share(column(name)), {
        x1: "x1",
        x2: "x2",
        y: "y",
        fill: seriesColour(0),
        fillOpacity: 0.75,
      }),
      Plot.line(before, { x: "x", y: "y", stroke: seriesColour(1), strokeWidth: 1.8 }),
      heading(name),
      Plot.frame({ strokeOpacity: 0.3 }),
    ],
  });
}

function predictive({ outputs }: CalibrateResult): Panel {
  const rows = outputs.map(({ name, value, error, low, median, high }) => ({
    name,
    low: (low - value) / error,
    median: (median - value) / error,
    high: (high - value) / error,
  }));
  const widest = Math.max(...rows.map(({ name }) => name.length));
  return drawSvg("predictive", "observations beside the posterior", {
    width: 640,
    height: 70 + 22 * rows.length,
    ...margins(12, 16, 40, Math.min(260, 20 + 6.6 * widest)),
    x: { label: "from the observed value, in its errors", grid: true, ...centred },
    y: { label: null, domain: rows.map(({ name }) => name), tickSize: 0 },
    marks: [
      Plot.rect([{}], { x1: () => -1, x2: () => 1, fill: "currentColor", fillOpacity: 0.12 }),
      Plot.ruleX([0], { strokeOpacity: 0.5 }),
      Plot.ruleY(rows, { y: "name", x1: "low", x2: "high", stroke: seriesColour(0), strokeWidth: 2 }),
      Plot.dot(rows, { x: "median", y: "name", r: 4, fill: seriesColour(0) }),
      Plot.frame({ strokeOpacity: 0.3 }),
    ],
  });
}

/** Pairs of parameters with their correlation, the strongest first. Weak ones are left out. */
function pairsOf(names: readonly string[], column: Column): [string, string, number][] {
  const scores = names.map((name) => {
    const values = column(name);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const size = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0));
    return values.map((x) => (x - mean) / size);
  });
  return names
    .flatMap((a, i) =>
      names
        .slice(0, i)
        .map((b, j): [string, string, number] => [
          b,
          a,
          scores[i]!.reduce((sum, x, k) => sum + x * scores[j]![k]!, 0),
        ]),
    )
    .filter(([, , r]) => Math.abs(r) > 0.2)
    .sort(([, , a], [, , b]) => Math.abs(b) - Math.abs(a));
}

function pair(a: string, b: string, r: number, column: Column, file: string): Panel {
  const [x, y] = [column(a), column(b)];
  const points = thinned(
    Array.from(x, (value, k) => ({ x: value, y: y[k]! })),
    800,
  );
  return drawSvg(file, `draws of ${a} and ${b}`, {
    width: 215,
    height: 215,
    ...margins(28, 12, 40, 52),
    x: { label: a, ticks: 4, ...centred },
    y: { label: b, ticks: 4, ...centred },
    marks: [
      Plot.dot(points, { x: "x", y: "y", r: 1.4, fill: seriesColour(0), fillOpacity: 0.5 }),
      heading(`r = ${r.toFixed(2)}`),
      Plot.frame({ strokeOpacity: 0.3 }),
    ],
  });
}
