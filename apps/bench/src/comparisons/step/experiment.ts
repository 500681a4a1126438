import { createHash } from "node:crypto";
import { kernelsName } from "@stiffnet/core";
import { missingPackages } from "@stiffnet/tfjs";
import type { Experiment } from "@stiffnet/trials";
import { compareEngines, type MissingEngine, type StepCase } from "./compare.ts";
import { hasModel, kernelsOf, type StepEngine, tfjsBackendOf } from "./engine-protocol.ts";
import { stepFigure } from "./figures.ts";
import { stepProblem } from "./problem.ts";
import { findPythonEngines, type PythonEngine } from "./python-engines.ts";
import { type StepConfig, type StepResult, stepSentences, stepTable } from "./words.ts";

export const stepExperiment: Experiment<StepConfig, StepResult, undefined> = {
  engine: kernelsName,
  async compute(config, watch) {
    const { engines, pythons, missing } = await presentEngines(config.engines);
    const problem = stepProblem(config, config.seed);
    const cases: StepCase[] = [];
    for (const model of config.models) {
      const able = engines.filter((engine) => hasModel(engine, model));
      const compared = await compareEngines(problem, model, able, {
        ...{ threads: config.threads, rounds: config.rounds, seconds: config.secondsPerRound, pythons },
        ...{ signal: watch.signal, onProgress: watch.note },
      });
      cases.push(...compared.cases);
      missing.push(...compared.missing);
    }
    for (const { engine, reason, model } of missing)
      watch.note(`${model ? `${model}, ` : ""}${engine}: ${reason}`);
    return { result: { cases, missing }, drawn: undefined };
  },
  digested: ({ cases }) => digestOf(cases),
  present: (summary) => ({
    title: "Milliseconds per training step",
    lead: stepSentences(summary, summary.config),
    tables: [stepTable(summary)],
    figures: [stepFigure(summary.cases)],
    facts: factsOf(summary.config),
  }),
  failed: ({ cases, missing }) => cases.length === 0 || missing.some(({ model }) => model !== undefined),
};

function factsOf({ inputs, outputs, width, depth, batch, rounds, secondsPerRound, threads }: StepConfig) {
  return [
    ["sizes", `${inputs} inputs, ${outputs} outputs, width ${width}, depth ${depth}, batch ${batch}`],
    ["rounds", `${rounds} of ${secondsPerRound} s an engine, in turns, ${threads} thread(s)`],
  ] as const;
}

/** Leaves out what is not installed, and says so. */
async function presentEngines(asked: readonly StepEngine[]): Promise<{
  engines: StepEngine[];
  pythons: ReadonlyMap<StepEngine, PythonEngine>;
  missing: MissingEngine[];
}> {
  const python = await findPythonEngines(asked);
  const missing: MissingEngine[] = [];
  const engines = asked.filter((engine) => {
    const backend = tfjsBackendOf(engine);
    const packages = backend === undefined ? [] : missingPackages(backend);
    const reason =
      python.missing.get(engine) ??
      (packages.length > 0 ? `not installed (npm install ${packages.join(" ")})` : undefined);
    if (reason !== undefined) missing.push({ engine, reason });
    return reason === undefined;
  });
  return { engines, pythons: python.found, missing };
}

/** Over what our own engine computed: its losses, which neither clock nor kernels enter. */
function digestOf(cases: readonly StepCase[]): string {
  const own = cases.filter(({ engine }) => kernelsOf(engine) !== undefined);
  const lines = new Set(own.map(({ model, lossAfter }) => `${model} ${lossAfter}\n`));
  return createHash("sha256")
    .update([...lines].join(""))
    .digest("hex");
}
