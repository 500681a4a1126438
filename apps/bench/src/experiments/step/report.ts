import * as Plot from "@observablehq/plot";
import { formatNumber, textTable } from "../../format.ts";
import { commandLine } from "../../repeat.ts";
import { drawSvg, logTicks, type Panel, powerTick, seriesColour } from "../../report/canvas.ts";
import { commonFacts } from "../../report/facts.ts";
import { reportPage } from "../../report/page.ts";
import type { ReportTable } from "../../report/table.ts";
import type { machine } from "../../versions.ts";
import type { MissingEngine, StepCase } from "./compare.ts";
import { trainedSteps } from "./contender.ts";
import type { StepEngine } from "./engine-protocol.ts";
import type { StepModel, StepSizes } from "./problem.ts";

export interface StepSummary {
  readonly command: "step";
  readonly config: StepSizes & {
    readonly format: 1;
    readonly command: "step";
    readonly seed: number;
    readonly models: readonly StepModel[];
    readonly engines: readonly StepEngine[];
    readonly threads: number;
    readonly rounds: number;
    readonly secondsPerRound: number;
  };
  readonly digest: string;
  readonly engine: "wasm";
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: ReturnType<typeof machine>;
  readonly seconds: number;
  /** Nothing is trained to the end here. */
  readonly models: readonly [];
  readonly cases: readonly StepCase[];
  readonly missing: readonly MissingEngine[];
  readonly files: Readonly<Record<string, string>>;
}

export function printStep(summary: StepSummary): string {
  const { header, rows } = table(summary);
  return [textTable(header, rows), "", ...sentences(summary), `report ${summary.files.report}`].join("\n");
}

export function stepPage(summary: StepSummary): string {
  const { config } = summary;
  return reportPage({
    title: "Milliseconds per training step",
    lead: sentences(summary),
    tables: [table(summary)],
    figures: [
      {
        title: "Time of a step",
        caption:
          "Median and the range from the 10th to the 90th percentile over all steps of all rounds; logarithmic.",
        panels: [figure(summary)],
      },
    ],
    facts: [
      [
        "sizes",
        `${config.inputs} inputs, ${config.outputs} outputs, width ${config.width}, depth ${config.depth}, batch ${config.batch}`,
      ],
      [
        "rounds",
        `${config.rounds} of ${config.secondsPerRound} s an engine, in turns, ${config.threads} thread(s)`,
      ],
      ["digest", summary.digest],
      ...commonFacts(summary),
    ],
    repeat: commandLine(["stiffnet", ...process.argv.slice(2)]),
    configuration: config,
  });
}

function table({ cases, missing }: StepSummary): ReportTable {
  const error = (value: number | null): string => value?.toExponential(1) ?? "–";
  return {
    caption: `A step is forward, backward and Adam on one batch. Gradient and loss: relative difference from a float64 reference at the initial parameters; for RES stiff from the exact spectral radius, which Arnoldi iteration approximates by design. Loss after: after ${[...new Set(cases.map(({ model }) => trainedSteps(model)))].join(" or ")} steps from there (fewer by Gelfand's formula).`,
    header: ["model", "engine", "ms", "p10", "p90", "times stiffnet", "gradient", "loss", "loss after"],
    rows: [
      ...cases.map((entry) => {
        const own = ownTime(cases, entry.model);
        return [
          entry.model,
          `${entry.engine} ${entry.version}`,
          formatNumber(entry.ms.median),
          formatNumber(entry.ms.p10),
          formatNumber(entry.ms.p90),
          own === undefined ? "" : formatNumber(entry.ms.median / own),
          error(entry.gradientError),
          error(entry.lossError),
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

function ownTime(cases: readonly StepCase[], model: StepModel): number | undefined {
  return cases.find((entry) => entry.model === model && entry.engine === "stiffnet-wasm")?.ms.median;
}

function sentences({ cases, config }: StepSummary): string[] {
  const plain = ownTime(cases, "RES");
  const times = config.models.flatMap((model) => {
    const own = ownTime(cases, model);
    if (own === undefined) return [];
    const ratios = cases
      .filter((entry) => entry.model === model && entry.engine !== "stiffnet-wasm")
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
    return [`${model}: ${[`${formatNumber(own)} ms a step`, ...penalised, ...ratios].join("; ")}.`];
  });
  return [...times, ...partial(cases)];
}

function figure({ cases }: StepSummary): Panel {
  const models = [...new Set(cases.map((entry) => entry.model))];
  const rows = cases.map(({ model, engine, ms }) => ({ model, engine, ...ms }));
  return drawSvg("step", "milliseconds per training step", {
    width: 700,
    height: 60 + 26 * rows.length + 14 * models.length,
    marginLeft: 110,
    marginRight: 180,
    x: {
      type: "log",
      label: "ms a step",
      labelAnchor: "center",
      grid: true,
      ticks: logTicks(Math.min(...rows.map((row) => row.p10)), Math.max(...rows.map((row) => row.p90))),
      tickFormat: powerTick,
    },
    y: { label: null, domain: [...new Set(cases.map((entry) => entry.engine))] },
    fy: { axis: null, domain: models },
    marks: [
      Plot.ruleY(rows, {
        fy: "model",
        y: "engine",
        x1: "p10",
        x2: "p90",
        strokeWidth: 2,
        stroke: seriesColour(0),
      }),
      Plot.axisFy({ anchor: "right", label: null, dx: 52, fontWeight: 600 }),
      Plot.dot(rows, { fy: "model", y: "engine", x: "median", r: 4, fill: seriesColour(0) }),
      Plot.text(rows, {
        fy: "model",
        y: "engine",
        x: "p90",
        text: (row: { median: number }) => formatNumber(row.median),
        textAnchor: "start",
        dx: 8,
      }),
    ],
  });
}
