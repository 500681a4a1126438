import { type NamedTable, quoted } from "@stiffnet/report";
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
import type { ConfigOf } from "@stiffnet/trials";
import { type SlidesRow, slides } from "./slides.ts";
import { exhausted, type IntroRun, introMethods, type WorkCount } from "./two-rates.ts";

const usual = [
  ...["euler", "bogackiShampine32", "dopri5", "tsit5"],
  ...["backwardEuler", "trapezoidal", "esdirk43", "rodas5P", "radau", "auto"],
];

export const introOptions = {
  rate: row("<x>", "decay rate of the fast component; the slow one has 1", above(1), 100),
  horizon: row("<x>", "end of the time span", above(0), 10),
  rtol: row("<x>", "relative tolerance", between(0, 1), 1e-3),
  atol: row("<x>", "absolute tolerance (default: a tenth of --rtol)", above(0)),
  methods: row("<list>", `some of ${introMethods.join(", ")}`, listOf(introMethods), usual),
  rates: row("<list>", "rates for the work against the stiffness ratio", list(above(1, true)), [
    ...[1, 10, 100, 1e3, 1e4, 1e5],
  ]),
  rtols: row("<list>", "relative tolerances for the work against tolerance", list(between(0, 1)), [
    ...[1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8],
  ]),
};

export type IntroConfig = ConfigOf<"intro", typeof introOptions> & { readonly atol: number };

export interface IntroResult {
  /** At the rate and tolerance asked for. */
  readonly runs: readonly IntroRun[];
  readonly slides: readonly SlidesRow[];
  readonly byRate: readonly WorkCount[];
  readonly byTolerance: readonly IntroRun[];
}

export function introTables({ runs, slides: rows }: IntroResult, config: IntroConfig): NamedTable[] {
  return [
    {
      name: "methods",
      caption: `Rates 1 and ${formatNumber(config.rate)}, to t = ${formatNumber(config.horizon)}, relative tolerance ${formatNumber(config.rtol)}, absolute ${formatNumber(config.atol)}. Later: median step once |x2| < ${exhausted}. Stable: the largest step at which the method damps the fast component. Error: largest difference from the exact solution at any step.`,
      header: [
        ...["method", "kind", "steps", "rejected", "evaluations", "LU"],
        ...["first step", "largest", "later", "stable", "error"],
      ],
      rows: runs.map((run) => [
        run.status === "finished" ? run.method : `${run.method} (${run.status})`,
        run.kind,
        ...[run.steps, run.rejected, run.evaluations, run.factorisations].map(String),
        ...[run.firstStep, run.largestStep, run.laterStep].map((step) => formatNumber(step)),
        formatStep(run.stableStep),
        formatNumber(run.error, 2),
      ]),
    },
    {
      name: "slides",
      caption: `The slides' figures at rates 1 and ${slides.rate}: for each explicit method the relative tolerance at which its step control begins with ${formatNumber(slides.firstStep)} by itself (a dash: at none from 1e-12 to 0.1, and the first step is then given, at ${formatNumber(config.rtol)}), and its median step once |x2| < ${exhausted}.`,
      header: ["method", "tolerance", "first step", "later", "stable", "steps", "both agree"],
      rows: [
        ...rows.map(({ method, rtol, run, agrees }) => [
          method,
          formatNumber(rtol, 2),
          formatNumber(run.firstStep),
          formatNumber(run.laterStep),
          formatNumber(run.stableStep),
          String(run.steps),
          agrees ? "yes" : "no",
        ]),
        [
          `${quoted}not named`,
          "",
          formatNumber(slides.firstStep),
          formatNumber(slides.laterStep),
          "",
          "",
          "",
        ],
      ],
    },
  ];
}

export function introSentences({ runs, slides: rows }: IntroResult, config: IntroConfig): string[] {
  const finished = runs.filter(({ status }) => status === "finished");
  const fewest = (kind: IntroRun["kind"]): IntroRun | undefined =>
    finished.filter((run) => run.kind === kind).sort((a, b) => a.steps - b.steps)[0];
  const explicit = fewest("explicit");
  const implicit = fewest("implicit");
  const dead = Math.log(1 / exhausted) / config.rate;
  return [
    explicit &&
      `The fast component is below ${exhausted} from t = ${formatNumber(dead)} on, ${formatPercent(dead / config.horizon)} of the time span. ${explicit.method}, which of the explicit methods takes the fewest steps, goes on with steps of ${formatNumber(explicit.laterStep)}; ${formatNumber(explicit.stableStep)} is what its stability allows at rate ${formatNumber(config.rate)}.`,
    explicit &&
      implicit &&
      `It takes ${explicit.steps} steps and ${explicit.evaluations} evaluations at an error of ${formatNumber(explicit.error, 2)}; ${implicit.method}, implicit, ${implicit.steps} steps and ${implicit.evaluations} evaluations (and ${implicit.factorisations} factorisations) at ${formatNumber(implicit.error, 2)}, with steps of up to ${formatNumber(implicit.largestStep)}.`,
    slidesSentence(rows),
  ].filter((sentence) => sentence !== undefined);
}

function slidesSentence(rows: readonly SlidesRow[]): string {
  const both = rows.filter(({ agrees }) => agrees);
  const later = rows.filter(
    ({ agrees, run }) => !agrees && Number(run.laterStep.toPrecision(1)) === slides.laterStep,
  );
  const euler = rows.find(({ method }) => method === "euler");
  const parts = [
    both.length === 0
      ? "No explicit method here gives both by its own step control."
      : `Both follow, to the digit given, from ${both.map(({ method, rtol, run }) => `${method} at a relative tolerance of ${formatNumber(rtol!, 2)} (later ${formatNumber(run.laterStep)})`).join(", ")}.`,
    later.length > 0 &&
      `${later.map(({ method, run }) => `${method} (${formatNumber(run.laterStep)})`).join(", ")} ${later.length === 1 ? "has" : "have"} the later step too, but ${later.length === 1 ? "begins" : "begin"} with ${formatNumber(slides.firstStep)} only where told to.`,
    euler !== undefined &&
      euler.run.stableStep < slides.laterStep &&
      `Explicit Euler it was not: ${formatNumber(slides.laterStep)} is beyond its limit of ${formatNumber(euler.run.stableStep)}.`,
  ].filter(Boolean);
  return `The slides tell of steps of ${formatNumber(slides.firstStep)} at first and ${formatNumber(slides.laterStep)} later, and name neither method nor tolerance. ${parts.join(" ")}`;
}
