import { join } from "node:path";
import { writeWhole } from "@stiffnet/base/files";
import { kernelsName } from "@stiffnet/core";
import { toAxes } from "@stiffnet/datasets";
import { cellOf, tableColumns } from "@stiffnet/preparation";
import { csvLine, quantile } from "@stiffnet/report";
import type { Experiment, Watch } from "@stiffnet/trials";
import type { Surrogate } from "@stiffnet/trials/surrogate";
import {
  type CalibratedInputs,
  type Calibration,
  type ChainState,
  calibrateInputs,
} from "@stiffnet/uncertainty";
import { type Column, calibrateFigures } from "./figures.ts";
import { asPriors, type InputPrior } from "./priors.ts";
import {
  type CalibrateConfig,
  type CalibratedInput,
  type CalibrateResult,
  calibrateSentences,
  disagrees,
  inputsTable,
  outputsTable,
} from "./words.ts";

/** Milliseconds between two states that are kept to go on from. */
const savedEvery = 10_000;

export function calibrateExperiment(
  surrogate: Surrogate & { readonly intervals: Calibration },
): Experiment<CalibrateConfig, CalibrateResult, Column> {
  return {
    engine: kernelsName,
    async compute(config, watch) {
      const { priors, observations } = config;
      const problem = {
        surrogate: surrogate.differentiable(),
        priors: asPriors(priors),
        observations: observations.map(({ name, value, error }) => ({
          output: surrogate.outputNames.indexOf(name),
          value,
          error,
        })),
        calibration: surrogate.intervals,
      };
      const found = await calibrateInputs(problem, sampling(config, watch));
      if (found === undefined) throw new Error("interrupted");
      const column: Column = (name) => {
        const at = priors.findIndex((prior) => prior.name === name);
        return found.draws.filter((_, k) => k % priors.length === at);
      };
      const samples = join(watch.folder, "samples.csv");
      writeWhole(samples, samplesCsv(config, surrogate, found));
      const result = {
        inputs: priors.flatMap((prior, i) => inputOf(prior, found.diagnostics[i], column)),
        outputs: observations.map((observed, k) => ({ ...observed, ...found.predicted[k]! })),
        divergences: found.divergences,
        deepest: found.deepest,
        evaluations: found.evaluations,
        samples: found.digest,
      };
      return { result, drawn: column, files: { samples } };
    },
    digested: ({ samples }) => samples,
    present(result, column) {
      const { config } = result;
      return {
        title: "Inputs that explain the observations",
        lead: calibrateSentences(result, config, tableColumns(surrogate.inputNames, surrogate)),
        tables: [inputsTable(result, config), outputsTable(result)],
        figures: calibrateFigures(result, config, column),
        facts: [
          ["model", `sha256 ${config.model}`],
          ["draws", `${config.chains} chains of ${config.draws} after ${config.warmup} of warm-up`],
          ["evaluations", String(result.evaluations)],
          [
            "method",
            "no-U-turn sampler (Hoffman and Gelman 2014, Betancourt 2017), R-hat of Vehtari et al. 2021",
          ],
        ],
      };
    },
    failed: disagrees,
  };
}

function sampling({ warmup, draws, chains, seed }: CalibrateConfig, watch: Watch) {
  let kept = performance.now();
  return {
    warmup,
    draws,
    chains,
    seed,
    ...(watch.saved !== undefined && { resume: watch.saved as ChainState[] }),
    async watch({ done, total, states }: { done: number; total: number; states: () => ChainState[] }) {
      const ends = await watch.interrupted();
      if (ends || performance.now() - kept > savedEvery) {
        watch.save(states());
        kept = performance.now();
      }
      const chain = Math.floor((done * chains) / total) + 1;
      watch.progress({ done, total, details: [`chain ${chain} of ${chains}`] });
      return !ends;
    },
  };
}

function inputOf(
  prior: InputPrior,
  diagnostics: CalibratedInputs["diagnostics"][number],
  column: Column,
): CalibratedInput[] {
  const [axis] = asPriors([prior]);
  if (diagnostics === undefined || typeof axis === "number") return [];
  const { name, low, high, ends } = prior;
  const before = toAxes(
    Float64Array.from({ length: 2000 }, (_, k) => (k + 0.5) / 2000),
    [axis!],
  );
  const after = column(name);
  const all = [...after];
  const near = (values: Float64Array, end: "low" | "high") => {
    const edge = 0.05 * (high - low);
    return values.filter((x) => (end === "low" ? x < low + edge : x > high - edge)).length / values.length;
  };
  const leans = (["low", "high"] as const).filter(
    (end, k) => ends[k] && near(after, end) > Math.max(0.1, 3 * near(before, end)),
  );
  const { mean, deviation } = momentsOf(after);
  return [
    {
      name,
      mean,
      deviation,
      left: deviation / momentsOf(before).deviation,
      leans,
      ...diagnostics,
      low: quantile(all, 0.05),
      median: quantile(all, 0.5),
      high: quantile(all, 0.95),
    },
  ];
}

function momentsOf(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length) };
}

function samplesCsv({ draws }: CalibrateConfig, surrogate: Surrogate, found: CalibratedInputs): string {
  const width = surrogate.inputNames.length;
  const columns = tableColumns(surrogate.inputNames, surrogate);
  const lines = [csvLine(["chain", "draw", ...columns.map(({ name }) => name)])];
  for (let i = 0; i < found.draws.length / width; i++) {
    const row = found.draws.subarray(i * width, (i + 1) * width);
    const cells = columns.map((column) => `${cellOf(column, row)}`);
    lines.push(csvLine([`${Math.floor(i / draws) + 1}`, `${(i % draws) + 1}`, ...cells]));
  }
  return lines.join("");
}
