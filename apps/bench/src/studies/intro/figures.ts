import { rangeOf } from "@stiffnet/report";
import { type Figure, type Line, lineChart, type Panel } from "@stiffnet/report/charts";
import { formatNumber } from "@stiffnet/terminal";
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
  const spanOf = (axis: "x" | "y"): readonly [number, number] => {
    const [low, high] = rangeOf(points.map((point) => point[axis]));
    return [Math.min(low, 1) / 1.3, Math.max(high, 1e-3) * 1.3];
  };
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

function rateFigure({ byRate }: IntroResult, { methods, horizon, rtol }: IntroConfig): Figure {
  const label = "stiffness ratio";
  return {
    title: "Work against the stiffness ratio",
    caption: `Steps to t = ${formatNumber(horizon)} against the ratio of the two rates, at relative tolerance ${formatNumber(rtol)}.`,
    panels: [
      stepsAgainst(methods, byRate, ({ rate }) => rate, { name: "rate", title: `the ${label}`, label }),
    ],
  };
}

function toleranceFigure({ byTolerance }: IntroResult, { methods, rate }: IntroConfig): Figure {
  const words = { name: "tolerance", title: "tolerance", label: "relative tolerance" };
  return {
    title: "Work against tolerance",
    caption: `Steps at rates 1 and ${formatNumber(rate)} against the relative tolerance: where stability holds the step, a looser tolerance saves nothing.`,
    panels: [stepsAgainst(methods, byTolerance, ({ rtol }) => rtol, words)],
  };
}

/** The steps of every method's finished runs. */
function stepsAgainst<Run extends IntroResult["byRate"][number]>(
  methods: readonly string[],
  runs: readonly Run[],
  of: (run: Run) => number,
  { name, title, label }: { name: string; title: string; label: string },
): Panel {
  return lineChart(
    methods.map((method) => ({
      name: method,
      points: runs
        .filter((run) => run.method === method && run.status === "finished")
        .map((run) => ({ x: of(run), y: run.steps })),
    })),
    {
      ...{ name: `work-${name}`, title: `steps against ${title}`, dots: true, width: 700 },
      x: { label, logarithmic: true },
      y: { label: "steps", logarithmic: true },
    },
  );
}
