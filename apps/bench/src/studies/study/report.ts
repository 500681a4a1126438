import { readFileSync } from "node:fs";
import { counted } from "@stiffnet/base";
import { writeWhole } from "@stiffnet/base/files";
import { csvOf } from "@stiffnet/report";
import { riskScatterFigure, seriesCount, writeReport } from "@stiffnet/report/charts";
import {
  factsOf,
  labelOf,
  labelsOf,
  proxyTable,
  type Results,
  type StudyConfig,
  type StudyData,
  slugOf,
  standIn,
  trialData,
  troubleOf,
} from "@stiffnet/trials";
import { answerFigure, courseFigure, otherProxiesFigure } from "@stiffnet/trials/figures";
import { type Exported, exportModel } from "@stiffnet/trials/surrogate";
import { comparisons, modelStatistics, type Steps } from "./compare.ts";
import { pathFigure, sweepPaths } from "./paths.ts";
import { shown } from "./shown.ts";
import { spectraFigure } from "./spectra.ts";
import { surfaceFigure } from "./surface.ts";
import {
  comparisonTable,
  mainTable,
  outputsTable,
  pathTable,
  type StudySummary,
  spreadTable,
  trialsTable,
} from "./tables.ts";
import { answer, verdicts } from "./words.ts";

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
            spectraFigure(config, data, finished),
            ...surfaceFigure(config.data, finished, config.models[0]!.name),
          ],
    ...facts,
    facts: [
      [
        "data",
        `${data.name}, ${data.train.count} training and ${data.test.count} test rows, digest ${data.digest}`,
      ],
      ...facts.facts,
    ],
  });
  writeWhole(folder.file("tables", "trials.csv"), csvOf(trialsTable(records)));
  return result;
}

function titleOf({ models, network, training, trials }: StudyConfig): string {
  const names = models.length > 4 ? `${models.length} models` : models.map(labelOf).join(", ");
  return `${names}; ${counted(trials, "trial")} of width ${network.width}, depth ${network.depth}, ${training.epochs} epochs`;
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
    const [path] = Object.values(written.files);
    if (k > 0 || path === undefined) continue;
    files.model = results.folder.file("model.onnx");
    writeWhole(files.model, readFileSync(path));
  }
  return { files, missing };
}
