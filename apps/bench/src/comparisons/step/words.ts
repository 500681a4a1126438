import type { NamedTable } from "@stiffnet/report";
import { above, formatNumber, formatScientific, listOf, row, seeded, whole } from "@stiffnet/terminal";
import type { ConfigOf } from "@stiffnet/trials";
import type { MissingEngine, StepCase } from "./compare.ts";
import { trainedSteps } from "./contender.ts";
import { kernelsOf, stepEngines } from "./engine-protocol.ts";
import { type StepModel, stepModels } from "./problem.ts";

export const stepOptions = {
  models: row("<list>", `some of: ${stepModels.join(", ")}`, listOf(stepModels), [
    "RES",
    "RES L2",
    "RES stiff",
  ]),
  engines: row("<list>", `some of: ${stepEngines.join(", ")}`, listOf(stepEngines), [...stepEngines]),
  inputs: row("<n>", "inputs", whole(1), 15),
  outputs: row("<n>", "outputs", whole(1), 10),
  width: row("<n>", "dimension of the state", whole(1), 50),
  depth: row("<n>", "number of residual blocks", whole(1), 16),
  batch: row("<n>", "samples a step", whole(1), 20),
  threads: row(
    "<n>",
    "threads of every engine (stiffnet-wasm has one, and is left out where there are more)",
    whole(1, 256),
    1,
  ),
  rounds: row("<n>", "rounds in which the engines take turns", whole(1), 8),
  secondsPerRound: row("<x>", "time of an engine's turn", above(0), 0.5),
  ...seeded,
};

export type StepConfig = ConfigOf<"step", typeof stepOptions>;

export interface StepResult {
  readonly cases: readonly StepCase[];
  readonly missing: readonly MissingEngine[];
}

export function stepTable({ cases, missing }: StepResult): NamedTable {
  return {
    name: "step",
    caption: `A step is forward, backward and Adam on one batch. Gradient and loss: relative difference from a float64 reference at the initial parameters, of the gradient along random directions; for RES stiff from the exact spectral radius, which Arnoldi iteration approximates by design. Loss after: after ${[...new Set(cases.map(({ model }) => trainedSteps(model)))].join(" or ")} steps from there (fewer by Gelfand's formula).`,
    header: ["model", "engine", "ms", "p10", "p90", "times stiffnet", "gradient", "loss", "loss after"],
    rows: [
      ...cases.map((entry) => {
        const own = ownCase(cases, entry.model)?.ms.median;
        return [
          entry.model,
          `${entry.engine} ${entry.version}`,
          formatNumber(entry.ms.median),
          formatNumber(entry.ms.p10),
          formatNumber(entry.ms.p90),
          own === undefined ? "" : formatNumber(entry.ms.median / own),
          formatScientific(entry.gradientError),
          formatScientific(entry.lossError),
          formatNumber(entry.lossAfter, 6),
        ];
      }),
      ...missing.map(({ model, engine, reason }) => [model ?? "all", engine, reason, "", "", "", "", "", ""]),
    ],
  };
}

/** Which models were compared with the reference in part only, or not at all. */
function partial(cases: readonly StepCase[]): string[] {
  return [...new Set(cases.map(({ model }) => model))].flatMap((model) => {
    const { compared, batch, depth } = cases.find((entry) => entry.model === model)!;
    if (compared === null)
      return [
        `${model}: not compared with float64; the reference takes too long for one block of one sample.`,
      ];
    const { samples, blocks } = compared;
    const of = [
      ...(samples < batch ? [`${samples} of ${batch} samples`] : []),
      ...(blocks < depth ? [`the first ${blocks} of ${depth} blocks`] : []),
    ];
    return of.length === 0
      ? []
      : [
          `${model}: gradient and loss are compared on ${of.join(" and ")}; the reference takes too long for more.`,
        ];
  });
}

/** Of our own engine: natively where that was timed. */
function ownCase(cases: readonly StepCase[], model: StepModel): StepCase | undefined {
  const own = cases.filter((entry) => entry.model === model && kernelsOf(entry.engine) !== undefined);
  return own.find(({ engine }) => kernelsOf(engine) === "native") ?? own[0];
}

export function stepSentences({ cases }: StepResult, config: StepConfig): string[] {
  const plain = ownCase(cases, "RES")?.ms.median;
  const times = config.models.flatMap((model) => {
    const best = ownCase(cases, model);
    if (best === undefined) return [];
    const own = best.ms.median;
    const ratios = cases
      .filter((entry) => entry.model === model && entry.engine !== best.engine)
      .map(({ engine, ms }) => {
        const ratio = ms.median / own;
        return ratio >= 1
          ? `${formatNumber(ratio)} times faster than ${engine}`
          : `${formatNumber(1 / ratio)} times slower than ${engine}`;
      });
    const slides = model.startsWith("RES stiff") ? " (the slides: 103 times)" : "";
    const penalised =
      plain === undefined || model === "RES"
        ? []
        : [`${formatNumber(own / plain)} times the plain step${slides}`];
    return [
      `${model}: ${[`${formatNumber(own)} ms a step by ${best.engine}`, ...penalised, ...ratios].join("; ")}.`,
    ];
  });
  return [...times, ...partial(cases)];
}
