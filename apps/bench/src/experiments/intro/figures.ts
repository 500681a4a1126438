import { formatNumber } from "../../format.ts";
import type { Figure } from "../../report/canvas.ts";
import { type Line, lineChart } from "../../report/line-chart.ts";
import { exhausted, type StepTrace } from "./two-rates.ts";
import type { IntroConfig, IntroResult } from "./words.ts";

export function introFigures(
  result: IntroResult,
  config: IntroConfig,
  traces: readonly StepTrace[],
): Figure[] {
  return [
    solutionFigure(config),
    stepsFigure(result, config, traces),
    rateFigure(result, config),
    toleranceFigure(result, config),
  ];
}

function solutionFigure({ rate, horizon }: IntroConfig): Figure {
  const curve = (r: number): Line["points"] =>
    Array.from({ length: 400 }, (_, k) => {
      const t = 1e-3 * (1 / rate) * (horizon * rate * 1e3) ** (k / 399);
      return { x: t, y: Math.exp(-r * t) };
    });
  return {
    title: "The two components",
    caption: `exp(-t) and exp(-${formatNumber(rate)} t) over a logarithmic time; the dotted line is ${exhausted}, below which the slides call the fast process exhausted.`,
    panels: [
      lineChart(
        [
          { name: "x1", points: curve(1) },
          { name: "x2", points: curve(rate) },
        ],
        {
          name: "solution",
          title: "the solution over time",
          x: { label: "t", logarithmic: true },
          y: { label: "x", domain: [0, 1.05] },
          marks: [{ y: exhausted, text: "" }],
        },
      ),
    ],
  };
}

function stepsFigure({ runs }: IntroResult, config: IntroConfig, traces: readonly StepTrace[]): Figure {
  const lines = traces.map(({ method, t, h }, colour) => ({
    name: method,
    colour,
    explicit: runs[colour]!.kind === "explicit",
    // At its end, because a logarithm has no place for the first one's beginning; the last one is cut to fit.
    points: h.slice(0, -1).map((size, k) => ({ x: t[k]! + size, y: size })),
  }));
  const points = lines.flatMap((line) => line.points);
  const spanOf = (axis: "x" | "y"): readonly [number, number] => [
    points.reduce((low, point) => Math.min(low, point[axis]), 1) / 1.3,
    points.reduce((high, point) => Math.max(high, point[axis]), 1e-3) * 1.3,
  ];
  const axes = {
    x: { label: "t", logarithmic: true, domain: spanOf("x") },
    y: { label: "step", logarithmic: true, domain: spanOf("y") },
  };
  const limits = runs.filter(({ kind }) => kind === "explicit").map(({ stableStep }) => stableStep);
  return {
    title: "The step over time",
    caption: `Accepted steps at relative tolerance ${formatNumber(config.rtol)} on one scale: explicit methods above, with the largest steps that their stability allows (dotted: real stability interval over the rate; Euler's is 2 / ${formatNumber(config.rate)}), implicit and switching ones below.`,
    panels: [true, false].flatMap((explicit) => {
      const own = lines.filter((line) => line.explicit === explicit);
      if (own.length === 0) return [];
      const kind = explicit ? "explicit" : "implicit";
      return [
        lineChart(own, {
          name: `steps-${kind}`,
          title: `step over time, ${kind} methods`,
          width: 760,
          ...axes,
          marks: explicit ? limits.map((y) => ({ y, text: "" })) : [],
        }),
      ];
    }),
  };
}

function rateFigure({ byRate }: IntroResult, config: IntroConfig): Figure {
  return {
    title: "Work against the stiffness ratio",
    caption: `Steps to t = ${formatNumber(config.horizon)} against the ratio of the two rates, at relative tolerance ${formatNumber(config.rtol)}.`,
    panels: [
      lineChart(
        config.methods.map((method) => ({
          name: method,
          points: byRate
            .filter((run) => run.method === method && run.status === "finished")
            .map(({ rate, steps }) => ({ x: rate, y: steps })),
        })),
        {
          name: "work-rate",
          title: "steps against the stiffness ratio",
          dots: true,
          width: 700,
          x: { label: "stiffness ratio", logarithmic: true },
          y: { label: "steps", logarithmic: true },
        },
      ),
    ],
  };
}

function toleranceFigure({ byTolerance }: IntroResult, config: IntroConfig): Figure {
  return {
    title: "Work against tolerance",
    caption: `Steps at rates 1 and ${formatNumber(config.rate)} against the relative tolerance: where stability holds the step, a looser tolerance saves nothing.`,
    panels: [
      lineChart(
        config.methods.map((method) => ({
          name: method,
          points: byTolerance
            .filter((run) => run.method === method && run.status === "finished")
            .map(({ rtol, steps }) => ({ x: rtol, y: steps })),
        })),
        {
          name: "work-tolerance",
          title: "steps against tolerance",
          dots: true,
          width: 700,
          x: { label: "relative tolerance", logarithmic: true },
          y: { label: "steps", logarithmic: true },
        },
      ),
    ],
  };
}
