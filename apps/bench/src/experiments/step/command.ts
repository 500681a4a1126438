import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { missingPackages } from "@stiffnet/tfjs";
import { Command } from "commander";
import { above, addCommonOptions, type CommonOptions, listOf, whole } from "../../options.ts";
import { createOutput } from "../../output.ts";
import { writeJson, writeWhole } from "../../runner/files.ts";
import { openPlainFolder } from "../../runner/plain-folder.ts";
import { machine, versions } from "../../versions.ts";
import { compareEngines, type MissingEngine, type StepCase } from "./compare.ts";
import { hasModel, type StepEngine, stepEngines, tfjsBackendOf } from "./engine-protocol.ts";
import { type StepModel, type StepSizes, stepModels, stepProblem } from "./problem.ts";
import type { StepSummary } from "./report.ts";
import { findTorch } from "./torch-environment.ts";

interface StepOptions extends CommonOptions, StepSizes {
  readonly models: readonly StepModel[];
  readonly engines: readonly StepEngine[];
  readonly threads: number;
  readonly rounds: number;
  readonly secondsPerRound: number;
}

export function stepCommand(done: (exitCode: number) => void): Command {
  const command = new Command("step")
    .description(
      "Milliseconds per training step, against TensorFlow.js and PyTorch on the same model in the same run.",
    )
    .option("--models <list>", `some of: ${stepModels.join(", ")}`, listOf(stepModels), [
      "RES",
      "RES L2",
      "RES stiff",
    ])
    .option("--engines <list>", `some of: ${stepEngines.join(", ")}`, listOf(stepEngines), [...stepEngines])
    .option("--inputs <n>", "inputs", whole(1), 15)
    .option("--outputs <n>", "outputs", whole(1), 10)
    .option("--width <n>", "dimension of the state", whole(1), 50)
    .option("--depth <n>", "number of residual blocks", whole(1), 16)
    .option("--batch <n>", "samples a step", whole(1), 20)
    .option("--threads <n>", "threads of every engine (stiffnet-wasm has one)", whole(1, 256), 1)
    .option("--rounds <n>", "rounds in which the engines take turns", whole(1), 8)
    .option("--seconds-per-round <x>", "time of an engine's turn", above(0), 0.5);
  addCommonOptions(command, { out: "results/step" });
  return command
    .addHelpText(
      "after",
      `
Every engine trains the same network from the same parameters on the same batches, in a process of its own; loss and
gradient are compared with a float64 reference. The engines run one after the other, whatever --workers says.
PyTorch is looked for in $STIFFNET_PYTHON, else python3, else /usr/bin/python3.

Examples:
  $ stiffnet step
  $ stiffnet step --models "RES,RES stiff (gelfand)" --rounds 4
  $ stiffnet step --engines stiffnet-wasm,torch-compile --width 100 --batch 64 --json`,
    )
    .action(async (options: StepOptions) => {
      done(await step(options));
    });
}

async function step(options: StepOptions): Promise<number> {
  const output = createOutput(options.json);
  const folder = resolve(options.out);
  const config = configOf(options);
  const files = openPlainFolder(folder, config);
  const began = performance.now();
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, onSignal);

  const { engines, python, missing } = await presentEngines(options.engines);
  const problem = stepProblem(options, options.seed);
  const cases: StepCase[] = [];
  for (const model of options.models) {
    const able = engines.filter((engine) => hasModel(engine, model));
    const compared = await compareEngines(problem, model, able, {
      threads: options.threads,
      rounds: options.rounds,
      seconds: options.secondsPerRound,
      python,
      signal: stop.signal,
      onProgress: (text) => output.note(`step: ${text}`),
    });
    if (stop.signal.aborted) break;
    cases.push(...compared.cases);
    missing.push(...compared.missing);
  }
  if (stop.signal.aborted) {
    output.note("stiffnet: interrupted; timings cannot be resumed, nothing was written");
    return 130;
  }
  for (const { engine, reason, model } of missing)
    output.note(`step: ${model ? `${model}, ` : ""}${engine}: ${reason}`);
  const summary: StepSummary = {
    command: "step",
    config,
    digest: digestOf(cases),
    engine: "wasm",
    versions: versions(),
    machine: machine(),
    seconds: (performance.now() - began) / 1000,
    models: [],
    cases,
    missing,
    files,
  };
  const { printStep, stepPage } = await import("./report.ts");
  writeWhole(files.report, stepPage(summary));
  writeJson(files.summary, summary);
  output.document(summary);
  output.result(printStep(summary));
  const failed = missing.some(({ model }) => model !== undefined);
  return failed || cases.length === 0 ? 1 : 0;
}

function configOf(options: StepOptions): StepSummary["config"] {
  const { models, engines, inputs, outputs, width, depth, batch, threads, rounds, secondsPerRound, seed } =
    options;
  return {
    format: 1,
    command: "step",
    seed,
    models,
    engines,
    inputs,
    outputs,
    width,
    depth,
    batch,
    threads,
    rounds,
    secondsPerRound,
  };
}

/** Leaves out what is not installed, and says so. */
async function presentEngines(asked: readonly StepEngine[]): Promise<{
  engines: StepEngine[];
  python: Awaited<ReturnType<typeof findTorch>>;
  missing: MissingEngine[];
}> {
  const needsTorch = asked.some((engine) => engine.startsWith("torch"));
  const python = needsTorch ? await findTorch() : undefined;
  const missing: MissingEngine[] = [];
  const engines = asked.filter((engine) => {
    const backend = tfjsBackendOf(engine);
    const packages = backend === undefined ? [] : missingPackages(backend);
    const reason =
      engine.startsWith("torch") && python === undefined
        ? "no Python with torch and numpy was found (set STIFFNET_PYTHON to one)"
        : packages.length > 0
          ? `not installed (npm install ${packages.join(" ")})`
          : undefined;
    if (reason !== undefined) missing.push({ engine, reason });
    return reason === undefined;
  });
  return { engines, python, missing };
}

/** Over what our own engine computed: its losses, which no clock enters. */
function digestOf(cases: readonly StepCase[]): string {
  const hash = createHash("sha256");
  for (const { engine, model, lossAfter } of cases) {
    if (engine === "stiffnet-wasm") hash.update(`${model} ${lossAfter}\n`);
  }
  return hash.digest("hex");
}
