import { randomStream } from "@stiffnet/base";
import { formatNumber, textTable } from "@stiffnet/terminal";
import type { Experiment } from "@stiffnet/trials";
import { compareGradients } from "./compare.ts";
import { gapFigure } from "./figures.ts";
import type { LinearLayers } from "./linear-layers.ts";
import {
  capital,
  type GradientsConfig,
  type GradientsResult,
  gradientsSentences,
  gradientsTables,
  slopesOf,
} from "./words.ts";

export const gradientsExperiment: Experiment<GradientsConfig, GradientsResult, undefined> = {
  engine: "integrators",
  async compute(config, watch) {
    const { weight, width, depths, horizon } = config;
    const cases: GradientsResult["cases"][number][] = [];
    for (const [name, layers] of [
      [`one unknown, W = ${formatNumber(weight)}`, scalarLayers(config)],
      [`${width} unknowns, W drawn`, drawnLayers(config)],
    ] as const) {
      if (await watch.interrupted()) break;
      const found = compareGradients(name, layers, depths);
      cases.push({ ...found, slopes: slopesOf(found) });
    }
    const deepest = Math.max(...depths);
    const factors = [...new Set([0.5, 1, 2, horizon])]
      .sort((a, b) => a - b)
      .map((each) => {
        const layers = { ...scalarLayers(config), horizon: each };
        const [row] = compareGradients("", layers, [deepest]).rows;
        return { horizon: each, ...row!.overSlides! };
      });
    return { result: { cases, factors }, drawn: undefined };
  },
  // What fitting takes logarithms of is in; the fit itself takes the platform's.
  digested: ({ cases, factors }) => [cases.map(({ rows }) => rows), factors],
  present: (summary) => ({
    title: "Two gradients of one network: discretise then optimise, optimise then discretise",
    lead: gradientsSentences(summary, summary.config),
    tables: gradientsTables(summary),
    figures: [gapFigure(summary)],
    printed: [
      ...gradientsTables(summary).map(
        ({ header, rows }, k) =>
          `${summary.cases[k] ? `${capital(summary.cases[k].name)}\n` : "Over the slides' formulas\n"}${textTable(header, rows)}\n`,
      ),
      ...gradientsSentences(summary, summary.config),
    ].join("\n"),
  }),
};

function scalarLayers({ weight, input, target, horizon }: GradientsConfig): LinearLayers {
  return {
    width: 1,
    weight: Float64Array.of(weight),
    input: Float64Array.of(input),
    target: Float64Array.of(target),
    horizon,
  };
}

/** Weights of the size that layers begin with, U(-1, 1) / sqrt(width) times 2; input and target from U(-1,
 *  1). */
function drawnLayers({ width, seed, horizon }: GradientsConfig): LinearLayers {
  const random = randomStream(seed, 0);
  const draw = (length: number, size: number): Float64Array =>
    Float64Array.from({ length }, () => size * (2 * random.uniform() - 1));
  return {
    width,
    weight: draw(width * width, 2 / Math.sqrt(width)),
    input: draw(width, 1),
    target: draw(width, 1),
    horizon,
  };
}
