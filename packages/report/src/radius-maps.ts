import * as Plot from "@observablehq/plot";
import type { Spectra } from "@stiffnet/stiffness";
import { drawSvg, type Figure, heading, margins, type Panel, thinned } from "./canvas.ts";
import type { ExaminedNetwork } from "./spectrum-plane.ts";
import { rangeOf } from "./statistics.ts";
import { colourBar } from "./surface.ts";

/** The spectral radius of every layer and sample as tiles, all on one logarithmic colour scale. The samples
 *  stand in the order of their totals in the first map. */
export function mapsFigure(networks: readonly ExaminedNetwork[], trial: string): Figure {
  const maps = networks.map(({ stability }) => radiiOf(stability.spectra));
  const positive = maps.flatMap(({ values }) => [...values].filter((value) => value > 0));
  const [low, high] = rangeOf(positive);
  const range: [number, number] = positive.length === 0 ? [-1, 0] : [Math.log10(low), Math.log10(high)];
  const order = orderOf(maps[0]!);
  return {
    title: "Stiffness by layer and sample",
    caption: `Spectral radius (1/time) of the Jacobians at ${order.length} test samples, of ${trial}. A column is a sample; samples are sorted by their sum over the layers in the first map. All maps share one logarithmic colour scale.`,
    panels: [
      ...maps.map((map, k) => tiles(`map-${k + 1}`, networks[k]!.title, map, order, range)),
      colourBar("map-scale", range, "log10"),
    ],
  };
}

/** values[n * samples + i] of layer n, sample i. */
interface RadiusMap {
  readonly values: Float64Array;
  readonly depth: number;
  readonly samples: number;
}

function radiiOf({ re, im, depth, samples, width }: Spectra): RadiusMap {
  // The largest comes first.
  const values = Float64Array.from({ length: depth * samples }, (_, at) =>
    Math.hypot(re[at * width]!, im[at * width]!),
  );
  return { values, depth, samples };
}

function tiles(
  name: string,
  title: string,
  { values, depth, samples }: RadiusMap,
  order: readonly number[],
  range: readonly [number, number],
): Panel {
  const cells = Array.from({ length: depth * samples }, (_, at) => ({
    layer: Math.floor(at / samples) + 1,
    column: at % samples,
    level: Math.log10(
      Math.max(values[Math.floor(at / samples) * samples + order[at % samples]!]!, 10 ** range[0]),
    ),
  }));
  return drawSvg(name, `spectral radius by layer and sample, ${title}`, {
    width: 420,
    height: 250,
    ...margins(26, 8, 26, 42),
    x: { axis: null, domain: [0, samples] },
    y: {
      label: "layer",
      domain: [depth + 0.5, 0.5],
      ticks: thinned(
        Array.from({ length: depth }, (_, n) => n + 1),
        8,
      ),
      tickFormat: String,
      labelArrow: "none",
    },
    color: { type: "linear", scheme: "viridis", domain: [...range], clamp: true },
    marks: [
      Plot.rect(cells, {
        x1: "column",
        x2: (cell: { column: number }) => cell.column + 1,
        y1: (cell: { layer: number }) => cell.layer - 0.5,
        y2: (cell: { layer: number }) => cell.layer + 0.5,
        fill: "level",
        inset: -0.2,
      }),
      Plot.text(["samples"], { frameAnchor: "bottom", dy: 18 }),
      heading(title),
    ],
  });
}

function orderOf({ values, depth, samples }: RadiusMap): number[] {
  const total = (i: number): number => {
    let sum = 0;
    for (let n = 0; n < depth; n++) sum += values[n * samples + i]!;
    return sum;
  };
  const totals = Array.from({ length: samples }, (_, i) => total(i));
  return totals.map((_, i) => i).sort((a, b) => totals[a]! - totals[b]! || a - b);
}
