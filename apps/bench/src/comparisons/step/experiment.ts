import { createHash } from "node:crypto";
import { counted } from "@stiffnet/base";
import { kernelsName } from "@stiffnet/core";
import { type NamedTable, tableOf } from "@stiffnet/report";
import { above, formatNumber, listOf, row, seeded, whole } from "@stiffnet/terminal";
import { missingPackages } from "@stiffnet/tfjs";
import { experimentCommand, labelOf } from "@stiffnet/trials";
import type { FoundPython } from "../peers/python.ts";
import { compareEngines, type MissingEngine, type StepCase, trainedSteps } from "./compare.ts";
import { hasModel, type StepEngine, stepEngines } from "./engine-protocol.ts";
import { penaltyWeight, type StepModel, stepModels, stepProblem, stiffnessModels } from "./problem.ts";
import { findPythonEngine } from "./python-engines.ts";

interface StepResult {
  readonly cases: readonly StepCase[];
  readonly missing: readonly MissingEngine[];
}

const engineNames = Object.keys(stepEngines) as StepEngine[];

export const step = experimentCommand("step", {
  help: `Every engine trains the same network from the same weights on the same batches. The engines run one after the other, each in its
own process. Engines that train alike have the same loss after the first steps. The command searches the Python libraries in
$STIFFNET_PYTHON, then in the environment of apps/bench/peers/setup, python3 and /usr/bin/python3.

Examples:
  $ stiffnet-bench step
  $ stiffnet-bench step --models "RES,RES stiff (gelfand)" --rounds 4
  $ stiffnet-bench step --engines stiffnet-native,torch-compile --width 512 --depth 8 --batch 256 --threads 2
  $ stiffnet-bench step --engines stiffnet-wasm,torch-compile --width 100 --batch 64 --json`,
  options: {
    models: row("<list>", "models to train", listOf(stepModels), ["RES", "RES L2", "RES stiff"]),
    engines: row("<list>", "engines to compare", listOf(engineNames), engineNames),
    inputs: row("<n>", "number of inputs", whole(1), 15),
    outputs: row("<n>", "number of outputs", whole(1), 10),
    width: row("<n>", "units in each layer", whole(1), 50),
    depth: row("<n>", "number of layers", whole(1), 16),
    batch: row("<n>", "samples in each training step", whole(1), 20),
    threads: row(
      "<n>",
      "threads of every engine; with more than one, stiffnet-wasm is left out",
      whole(1, 256),
      1,
    ),
    rounds: row("<n>", "number of turns of each engine", whole(1), 8),
    secondsPerRound: row("<x>", "length of a turn", above(0), 0.5),
    ...seeded,
  },
  engine: kernelsName,
  async compute(config, watch): Promise<{ result: StepResult }> {
    const { engines, pythons, missing } = await presentEngines(config.engines);
    const problem = stepProblem(config, config.seed);
    const cases: StepCase[] = [];
    for (const model of config.models) {
      const able = engines.filter((engine) => hasModel(engine, model));
      const compared = await compareEngines(problem, model, able, {
        threads: config.threads,
        rounds: config.rounds,
        seconds: config.secondsPerRound,
        pythons,
        signal: watch.signal,
        onProgress: watch.note,
      });
      cases.push(...compared.cases);
      missing.push(...compared.missing);
    }
    for (const { engine, reason, model } of missing)
      watch.note(`${model ? `${stepLabel(model)}, ` : ""}${engine}: ${reason}`);
    return { result: { cases, missing } };
  },
  digested: ({ cases }) => digestOf(cases),
  present: ({ config, ...result }) => {
    const { inputs, outputs, width, depth, batch, rounds, secondsPerRound, threads } = config;
    return {
      title: "Milliseconds per training step",
      lead: sentences(result.cases, config.models),
      tables: [stepTable(result)],
      figures: [],
      facts: [
        [
          "sizes",
          `${counted(inputs, "input")}, ${counted(outputs, "output")}, width ${width}, depth ${depth}, batch ${batch}`,
        ],
        [
          "rounds",
          `${counted(rounds, "round")}; each engine runs ${secondsPerRound} s in each, on ${counted(threads, "thread")}`,
        ],
      ],
    };
  },
  failed: ({ cases, missing }) => cases.length === 0 || missing.some(({ model }) => model !== undefined),
});

/** Leaves out what is not installed, and says so. */
async function presentEngines(asked: readonly StepEngine[]) {
  const missing: MissingEngine[] = [];
  const engines: StepEngine[] = [];
  const pythons = new Map<StepEngine, FoundPython>();
  for (const engine of asked) {
    const { backend, python } = stepEngines[engine];
    const packages = backend === undefined ? [] : missingPackages(backend);
    const found = python && (await findPythonEngine(python));
    if (packages.length > 0) {
      missing.push({ engine, reason: `not installed (npm install ${packages.join(" ")})` });
    } else if (found !== undefined && "reason" in found) missing.push({ engine, reason: found.reason });
    else {
      engines.push(engine);
      if (found !== undefined) pythons.set(engine, found);
    }
  }
  return { engines, pythons, missing };
}

/** Over what our own engine computed: its losses, which neither clock nor kernels enter. */
function digestOf(cases: readonly StepCase[]): string {
  const own = cases.filter(({ engine }) => stepEngines[engine].kernels);
  const lines = new Set(own.map(({ model, lossAfter }) => `${model} ${lossAfter}\n`));
  return createHash("sha256")
    .update([...lines].join(""))
    .digest("hex");
}

/** The name of a model for readers. */
export function stepLabel(model: StepModel): string {
  const kind = model === "RES L2" ? "l2" : stiffnessModels.get(model)?.[0];
  return labelOf({ name: model, ...(kind && { penalty: { kind, weight: penaltyWeight(model) } }) });
}

function stepTable({ cases, missing }: StepResult): NamedTable {
  const times = ({ model, ms }: StepCase): string => {
    const own = ownCase(cases, model)?.ms.median;
    return own === undefined ? "" : formatNumber(ms.median / own);
  };
  const caption = `A step is the forward pass, the backward pass and Adam on one batch. The times are the median and the 10th and 90th percentile. Loss after: the loss after ${[...new Set(cases.map(({ model }) => trainedSteps(model)))].join(" or ")} steps (fewer with Gelfand's formula).`;
  const table = tableOf({ name: "step", caption }, cases, [
    ["model", ({ model }) => stepLabel(model)],
    ["engine", ({ engine, version }) => `${engine} ${version}`],
    ["ms", ({ ms }) => formatNumber(ms.median)],
    ["p10", ({ ms }) => formatNumber(ms.p10)],
    ["p90", ({ ms }) => formatNumber(ms.p90)],
    ["times stiffnet", times],
    ["loss after", ({ lossAfter }) => formatNumber(lossAfter, 6)],
  ]);
  const left = missing.map(({ model, engine, reason }) => [
    model === undefined ? "all" : stepLabel(model),
    engine,
    reason,
    ...new Array<string>(4).fill(""),
  ]);
  return { ...table, rows: [...table.rows, ...left] };
}

/** The case of our own engine, native if that was timed. */
function ownCase(cases: readonly StepCase[], model: StepModel): StepCase | undefined {
  const own = cases.filter((entry) => entry.model === model && stepEngines[entry.engine].kernels);
  return own.find(({ engine }) => stepEngines[engine].kernels === "native") ?? own[0];
}

function sentences(cases: readonly StepCase[], models: readonly StepModel[]): string[] {
  const plain = ownCase(cases, "RES")?.ms.median;
  return models.flatMap((model) => {
    const own = ownCase(cases, model);
    if (own === undefined) return [];
    const { median } = own.ms;
    const slides = model.startsWith("RES stiff") ? " (Hudson et al. 2022: 103 times)" : "";
    const penalised =
      plain === undefined || model === "RES"
        ? ""
        : `, ${formatNumber(median / plain)} times a step without penalty${slides}`;
    return [`${stepLabel(model)}: ${formatNumber(median)} ms a step by ${own.engine}${penalised}.`];
  });
}
