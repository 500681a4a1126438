import { quoted, rangeOf, tableOf } from "@stiffnet/report";
import { type Line, lineChart } from "@stiffnet/report/charts";
import {
  above,
  between,
  formatNumber,
  formatPercent,
  formatStep,
  list,
  listOf,
  row,
} from "@stiffnet/terminal";
import { type ConfigOf, experimentCommand } from "@stiffnet/trials";
import { reproduceSlides, type SlidesRow, slides } from "./slides.ts";
import {
  count,
  exhausted,
  type IntroRun,
  integrate,
  introMethods,
  type StepTrace,
  type WorkCount,
} from "./two-rates.ts";

const options = {
  rate: row("<x>", "decay rate of the fast component; the rate of the slow component is 1", above(1), 100),
  horizon: row("<x>", "end time of the solution", above(0), 10),
  rtol: row("<x>", "relative tolerance", between(0, 1), 1e-3),
  atol: row("<x>", "absolute tolerance", above(0), undefined, "a tenth of --rtol"),
  methods: row("<list>", "methods to compare", listOf(introMethods), [
    "euler",
    "bogackiShampine32",
    "dopri5",
    "tsit5",
    "backwardEuler",
    "trapezoidal",
    "esdirk43",
    "rodas5P",
    "radau",
    "auto",
  ]),
  rates: row(
    "<list>",
    "decay rates for the plot of work against stiffness",
    list(above(1, true)),
    [1, 10, 100, 1e3, 1e4, 1e5],
  ),
};
type Config = ConfigOf<"intro", typeof options> & { readonly atol: number };

export interface IntroResult {
  /** At the rate and tolerance asked for. */
  readonly runs: readonly IntroRun[];
  readonly slides: readonly SlidesRow[];
  readonly byRate: readonly WorkCount[];
}

export const intro = experimentCommand("intro", {
  help: `Solves x' = diag(-1, -100) x. Each method chooses its steps from its own error estimate. The report compares the steps of all
explicit methods with those that Hudson et al. (2022) give: 1e-4 at first, and 0.03 once |x2| < 0.01.

Examples:
  $ stiffnet-bench intro
  $ stiffnet-bench intro --rate 1000 --rtol 1e-6
  $ stiffnet-bench intro --methods dopri5,radau --rates 1,10,100,1e3,1e4,1e5,1e6 --json`,
  options,
  settings: (chosen): Config => ({ ...chosen, atol: chosen.atol ?? chosen.rtol / 10 }),
  engine: "integrators",
  async compute(config, watch): Promise<{ result: IntroResult; drawn: readonly StepTrace[] }> {
    const { methods, rate, horizon, rtol, atol, rates } = config;
    const main = methods.map((method) => integrate(method, rate, horizon, { rtol, atol }));
    const byRate = [];
    for (const each of rates) {
      for (const method of methods) {
        if (await watch.interrupted()) break;
        byRate.push(count(method, each, horizon, { rtol, atol }));
      }
    }
    const rows = reproduceSlides(horizon, { rtol, atol });
    return {
      result: { runs: main.map(({ run }) => run), slides: rows, byRate },
      drawn: main.map(({ trace }) => trace),
    };
  },
  // Errors are left out: the exact solution takes the platform's exponential function.
  digested: ({ runs, slides: rows, byRate }) => [
    runs.map(({ error, ...rest }) => rest),
    rows.map(({ method, rtol }) => [method, rtol]),
    byRate,
  ],
  present: (summary, traces) => ({
    title: "What is stiffness? Two rates in one equation",
    lead: sentences(summary, summary.config),
    tables: [methodsTable(summary, summary.config), slidesTable(summary)],
    figures: [
      solutionFigure(summary.config),
      stepsFigure(summary, summary.config, traces),
      workFigure(summary, summary.config),
    ],
  }),
  failed: ({ runs }) => runs.some(({ status }) => status !== "finished"),
});

function methodsTable({ runs }: IntroResult, { rate, horizon, rtol, atol }: Config) {
  const caption = `Rates 1 and ${formatNumber(rate)}, up to t = ${formatNumber(horizon)}, with relative tolerance ${formatNumber(rtol)} and absolute tolerance ${formatNumber(atol)}. Evaluations: of the right-hand side. Late step: the median step after |x2| has fallen below ${exhausted}. Stable step: the largest step at which the method damps the fast component. Error: the largest difference from the exact solution at any step. LU: matrix factorisations.`;
  return tableOf({ name: "methods", caption }, runs, [
    ["method", ({ method, status }) => (status === "finished" ? method : `${method} (${status})`)],
    ["kind", ({ kind }) => kind],
    ["steps", ({ steps }) => String(steps)],
    ["evaluations", ({ evaluations }) => String(evaluations)],
    ["late step", ({ laterStep }) => formatNumber(laterStep)],
    ["stable step", ({ stableStep }) => formatStep(stableStep)],
    ["error", ({ error }) => formatNumber(error, 2)],
    ["first step", ({ firstStep }) => formatNumber(firstStep)],
    ["largest step", ({ largestStep }) => formatNumber(largestStep)],
    ["rejected", ({ rejected }) => String(rejected)],
    ["LU", ({ factorisations }) => String(factorisations)],
  ]);
}

function slidesTable({ slides: rows }: IntroResult) {
  const caption = `Explicit methods that could have made the steps of the slides, at rates 1 and ${slides.rate}. Tolerance: the relative tolerance at which the step control chooses ${formatNumber(slides.firstStep)} as the first step. A dash: no tolerance from 1e-12 to 0.1 does, so this first step was given. Late step: the median step after |x2| has fallen below ${exhausted}. Stable step: the largest step at which the method damps the fast component.`;
  const table = tableOf({ name: "slides", caption }, rows, [
    ["method", ({ method }) => method],
    ["tolerance", ({ rtol }) => formatNumber(rtol, 2)],
    ["first step", ({ run }) => formatNumber(run.firstStep)],
    ["late step", ({ run }) => formatNumber(run.laterStep)],
    ["stable step", ({ run }) => formatNumber(run.stableStep)],
    ["steps", ({ run }) => String(run.steps)],
    ["both agree", ({ agrees }) => (agrees ? "yes" : "no")],
  ]);
  const [first, later] = [slides.firstStep, slides.laterStep].map((step) => formatNumber(step));
  return { ...table, rows: [...table.rows, [`${quoted}not named`, "", first!, later!, "", "", ""]] };
}

function sentences({ runs, slides: rows }: IntroResult, { rate, horizon }: Config): string[] {
  const fewest = (kind: IntroRun["kind"]): IntroRun | undefined =>
    runs.filter((run) => run.kind === kind && run.status === "finished").sort((a, b) => a.steps - b.steps)[0];
  const [explicit, implicit] = [fewest("explicit"), fewest("implicit")];
  const dead = Math.log(1 / exhausted) / rate;
  const work = ({ method, kind, steps, evaluations }: IntroRun): string =>
    `${method} (${kind}) takes ${steps} steps and ${evaluations} evaluations`;
  const agreeing = rows.filter(({ agrees }) => agrees).map(({ method }) => method);
  return [
    `The fast component has fallen below ${exhausted} at t = ${formatNumber(dead)}, after ${formatPercent(dead / horizon)} of the time span.${explicit === undefined ? "" : ` Even so, ${explicit.method} must take steps of ${formatNumber(explicit.laterStep)} to the end, because steps above ${formatNumber(explicit.stableStep)} are unstable.`}`,
    ...(explicit && implicit ? [`The least work: ${work(explicit)}. ${work(implicit)}.`] : []),
    `The slides give steps of ${formatNumber(slides.firstStep)} at first and ${formatNumber(slides.laterStep)} later, but neither the method nor the tolerance. Both steps come out with ${agreeing.join(", ") || "no explicit method"}.`,
  ];
}

function solutionFigure({ rate, horizon }: Config) {
  const curve = (r: number): Line["points"] =>
    Array.from({ length: 400 }, (_, k) => {
      const t = 1e-3 * (1 / rate) * (horizon * rate * 1e3) ** (k / 399);
      return { x: t, y: Math.exp(-r * t) };
    });
  const lines = [
    { name: "x1", points: curve(1) },
    { name: "x2", points: curve(rate) },
  ];
  return {
    title: "The two components",
    caption: `x1 = exp(-t) and x2 = exp(-${formatNumber(rate)} t) against time (logarithmic). Below the dotted line at ${exhausted}, the slides call the fast process exhausted.`,
    panels: [
      lineChart(lines, {
        name: "solution",
        title: "the solution over time",
        x: { label: "time t", logarithmic: true },
        y: { label: "component", domain: [0, 1.05] },
        marks: [{ y: exhausted, text: "" }],
      }),
    ],
  };
}

function stepsFigure({ runs }: IntroResult, { rate, rtol }: Config, traces: readonly StepTrace[]) {
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
  const limits = runs.filter(({ kind }) => kind === "explicit").map(({ stableStep }) => stableStep);
  return {
    title: "Steps over time",
    caption: `Accepted steps at relative tolerance ${formatNumber(rtol)}: explicit methods above, implicit and switching methods below, on one scale. Dotted: the largest stable step of each explicit method, which is its real stability interval over the rate (2 / ${formatNumber(rate)} for Euler).`,
    panels: (["explicit", "implicit"] as const).flatMap((kind) => {
      const own = lines.filter((line) => line.explicit === (kind === "explicit"));
      if (own.length === 0) return [];
      return lineChart(own, {
        name: `steps-${kind}`,
        title: `step over time, ${kind} methods`,
        width: 760,
        x: { label: "time t", logarithmic: true, domain: spanOf("x") },
        y: { label: "step in t", logarithmic: true, domain: spanOf("y") },
        marks: kind === "explicit" ? limits.map((y) => ({ y, text: "" })) : [],
      });
    }),
  };
}

/** The steps of every method's finished runs. */
function workFigure({ byRate }: IntroResult, { methods, horizon, rtol }: Config) {
  const lines = methods.map((method) => ({
    name: method,
    points: byRate
      .filter((run) => run.method === method && run.status === "finished")
      .map((run) => ({ x: run.rate, y: run.steps })),
  }));
  return {
    title: "Steps against stiffness",
    caption: `Steps up to t = ${formatNumber(horizon)} against the stiffness ratio (the ratio of the two rates), at relative tolerance ${formatNumber(rtol)}. Both axes are logarithmic.`,
    panels: [
      lineChart(lines, {
        name: "work-stiffness-ratio",
        title: "steps against the stiffness ratio",
        dots: true,
        width: 700,
        x: { label: "stiffness ratio", logarithmic: true },
        y: { label: "steps", logarithmic: true },
      }),
    ],
  };
}
