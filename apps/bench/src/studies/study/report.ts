import { writeWhole } from "@stiffnet/base/files";
import type { Model } from "@stiffnet/core";
import { csvOf } from "@stiffnet/report";
import {
  type ExaminedNetwork,
  mapsFigure,
  riskScatterFigure,
  seriesCount,
  spectraFigure,
  writeReport,
} from "@stiffnet/report/charts";
import { stability } from "@stiffnet/stiffness";
import { formatNumber } from "@stiffnet/terminal";
import {
  factsOf,
  freshModel,
  labelOf,
  labelsOf,
  type ModelSpec,
  networkFor,
  proxyTable,
  type Results,
  type StudyConfig,
  type StudyData,
  slugOf,
  standIn,
  type TrainedTrial,
  trialData,
  troubleOf,
} from "@stiffnet/trials";
import { answerFigure, courseFigure, otherProxiesFigure } from "@stiffnet/trials/figures";
import { type Exported, exportModel } from "@stiffnet/trials/surrogate";
import { answer } from "./answer.ts";
import { comparisons, modelStatistics, type Steps } from "./compare.ts";
import { pathFigure } from "./path-figures.ts";
import { sweepPaths } from "./paths.ts";
import { shown } from "./shown.ts";
import { surfaceFigure } from "./surface.ts";
import {
  comparisonTable,
  intervalText,
  mainTable,
  medianText,
  outputsTable,
  pathTable,
  type StudySummary,
  spectraTable,
  spreadTable,
  the,
  trialsTable,
} from "./tables.ts";
import { verdicts } from "./words.ts";

/** Test samples of the maps and spectra. */
const examined = 40;

export async function concludeStudy(results: Results): Promise<StudySummary> {
  const { config, data, folder, run, trials, summary } = results;
  const finished = trials.filter(({ record }) => record.status === "finished");
  const records = trials.map(({ record }) => record);
  const steps = stepsOf(config, data);
  const models = modelStatistics(config, records, steps);
  const paths = sweepPaths(config, data.train.count);
  const exported = await exportModels(results);
  const result: StudySummary = {
    ...summary,
    files: { ...summary.files, ...exported.files },
    statistics: { models, comparisons: comparisons(config, records, steps), paths },
  };
  const seen = shown(result);
  const { networks, trial } = examine(config, data, finished);
  const facts = factsOf(summary);
  await writeReport(folder, {
    title: `${data.name}: ${titleOf(config)}`,
    lead: [
      ...answer(result),
      ...verdicts(result),
      ...standIn(config.data),
      ...exported.missing,
      ...troubleOf(run),
    ],
    tables: [
      mainTable(seen),
      comparisonTable(seen),
      ...seen.statistics.paths.map((path) => pathTable(path, seen.statistics.models)),
      outputsTable(seen, seriesCount),
      spreadTable(seen),
      proxyTable(seen),
      ...(networks.length > 0 ? [spectraTable(networks, trial)] : []),
    ],
    figures:
      finished.length === 0
        ? []
        : [
            answerFigure(config, finished),
            courseFigure(config, finished),
            riskScatterFigure(
              finished.map(({ record }) => ({ ...record, model: labelsOf(config)(record.model) })),
              config.models.map(labelOf),
            ),
            ...seen.statistics.paths.map((path) => pathFigure(path, seen.statistics.models)),
            otherProxiesFigure(config, finished),
            ...surfaceFigure(config.data, finished, config.models[0]!.name),
            ...(networks.length > 0 ? [mapsFigure(networks, trial), spectraFigure(networks, trial)] : []),
          ],
    ...facts,
    facts: [
      [
        "data",
        `${data.name}, ${data.train.count} training and ${data.test.count} test rows, digest ${data.digest}`,
      ],
      ...facts.facts,
      [
        "a step",
        `on the processor: ${seen.statistics.models
          .map(({ name, figures: { millisecondsPerStep } }) => {
            const around = intervalText(millisecondsPerStep.interval);
            return `${name} ${medianText(millisecondsPerStep)} ms (${around})`;
          })
          .join(", ")}`,
      ],
    ],
  });
  writeWhole(folder.file("tables", "trials.csv"), csvOf(trialsTable(records)));
  return result;
}

function titleOf({ models, network, training, trials }: StudyConfig): string {
  const names = models.length > 4 ? `${models.length} models` : models.map(labelOf).join(", ");
  return `${names}; ${trials} ${trials === 1 ? "trial" : "trials"} of width ${network.width}, depth ${network.depth}, ${training.epochs} epochs`;
}

function stepsOf(config: StudyConfig, data: StudyData): Steps {
  const models = new Map(config.models.map((model) => [model.name, model]));
  return ({ model, trial, epochs, id }) => {
    const spec = models.get(model)!;
    const rows = trialData(config, data, { id, model: spec, trial }).train.count;
    return epochs * Math.ceil(rows / (spec.training?.batchSize ?? config.training.batchSize));
  };
}

/** The mean of each model's networks as a file, and the first model's again as model.onnx. */
async function exportModels(results: Results): Promise<Exported> {
  const { config, data, trials } = results;
  const files: Record<string, string> = {};
  const missing: string[] = [];
  for (const [k, spec] of config.models.entries()) {
    const own = trials.filter(({ record }) => record.status === "finished" && record.model === spec.name);
    const of = `Surrogate of ${data.name} (${labelOf(spec)})`;
    const written = await exportModel(results, own, { name: `model-${slugOf(spec.name)}`, of });
    Object.assign(files, written.files);
    missing.push(...written.missing);
    if (k === 0 && written.missing.length === 0)
      Object.assign(files, (await exportModel(results, own, { of })).files);
  }
  return { files, missing };
}

/** One trial's networks, before training and after, at the same test samples. */
function examine(
  config: StudyConfig,
  data: StudyData,
  finished: readonly TrainedTrial[],
): { networks: ExaminedNetwork[]; trial: string } {
  const specs = config.models.slice(0, seriesCount);
  const chosen = typicalTrial(specs, finished);
  if (chosen === undefined) return { networks: [], trial: "" };
  const { number, model: first } = chosen;
  const look = (title: string, model: Model): ExaminedNetwork => ({
    title,
    stability: stability(model, data.test, { most: examined }),
  });
  const sizes = new Map<string, ModelSpec>();
  for (const spec of specs) {
    const size = JSON.stringify(networkFor(config, spec));
    if (!sizes.has(size)) sizes.set(size, spec);
  }
  const before = [...sizes.values()].map((spec) =>
    look(
      sizes.size > 1 ? `${labelOf(spec)}, before training` : "before training",
      freshModel(config, { model: spec, trial: number }, data),
    ),
  );
  const after = specs.flatMap((spec) => {
    const own = finished.find(({ record }) => record.model === spec.name && record.trial === number);
    return own === undefined ? [] : [look(labelOf(spec), own.model)];
  });
  return {
    networks: [...before, ...after],
    trial: `trial ${number}, whose spectral radius with ${the(first)} (${formatNumber(chosen.stiffness)}) is nearest the median`,
  };
}

/** The trial whose stiffness is nearest the median of the first model with finished trials, among the trials
 *  that most models finished. */
function typicalTrial(
  specs: readonly ModelSpec[],
  finished: readonly TrainedTrial[],
): { number: number; model: string; stiffness: number } | undefined {
  const first = specs.find(({ name }) => finished.some(({ record }) => record.model === name));
  if (first === undefined) return undefined;
  const shared = (trial: number): number => finished.filter(({ record }) => record.trial === trial).length;
  const own = finished.map(({ record }) => record).filter(({ model }) => model === first.name);
  const most = Math.max(...own.map(({ trial }) => shared(trial)));
  const sorted = own.filter(({ trial }) => shared(trial) === most).sort((a, b) => a.stiffness - b.stiffness);
  const { trial, stiffness } = sorted[Math.floor((sorted.length - 1) / 2)]!;
  return { number: trial, model: labelOf(first), stiffness };
}
