import type { Experiment } from "@stiffnet/trials";
import { introFigures } from "./figures.ts";
import { reproduceSlides } from "./slides.ts";
import { count, integrate, type StepTrace } from "./two-rates.ts";
import { type IntroConfig, type IntroResult, introSentences, introTables } from "./words.ts";

export const introExperiment: Experiment<IntroConfig, IntroResult, readonly StepTrace[]> = {
  engine: "integrators",
  async compute(config, watch) {
    const { methods, rate, horizon, rtol, atol, rates, rtols } = config;
    const main = methods.map((method) => integrate(method, rate, horizon, { rtol, atol }));
    const byTolerance = [];
    for (const r of rtols) {
      for (const method of methods) {
        if (await watch.interrupted()) break;
        byTolerance.push(integrate(method, rate, horizon, { rtol: r, atol: (atol / rtol) * r }).run);
      }
    }
    const byRate = [];
    for (const each of rates) {
      for (const method of methods) {
        if (await watch.interrupted()) break;
        byRate.push(count(method, each, horizon, { rtol, atol }));
      }
    }
    const rows = reproduceSlides(horizon, { rtol, atol });
    return {
      result: { runs: main.map(({ run }) => run), slides: rows, byRate, byTolerance },
      drawn: main.map(({ trace }) => trace),
    };
  },
  // Errors are left out: the exact solution takes the platform's exponential function.
  digested: ({ runs, slides, byRate, byTolerance }) => [
    [...runs, ...byTolerance].map(({ error, ...rest }) => rest),
    slides.map(({ method, rtol }) => [method, rtol]),
    byRate,
  ],
  present: (summary, traces) => ({
    title: "What stiffness is: two rates in one equation",
    lead: introSentences(summary, summary.config),
    tables: introTables(summary, summary.config),
    figures: introFigures(summary, summary.config, traces),
  }),
  failed: ({ runs }) => runs.some(({ status }) => status !== "finished"),
};
