import { proxyFigure, riskFigure } from "../report/study_figures.ts";
import { writeReport } from "../report/write.ts";
import type { Summary } from "../summary.ts";
import { factsOf, troubleOf } from "./describe.ts";
import type { Results } from "./study_command.ts";
import { modelTable } from "./train_words.ts";

export async function concludeStudy({
  config,
  data,
  folder,
  run,
  trials,
  summary,
}: Results<Summary>): Promise<Summary> {
  const finished = trials.filter(({ record }) => record.status === "finished");
  await writeReport(folder, {
    title: `${data.name}: ${config.models.map(({ name }) => name).join(", ")}`,
    lead: troubleOf(run),
    tables: [modelTable(summary)],
    figures: [riskFigure(config, finished), proxyFigure(config, finished)],
    ...factsOf(summary),
  });
  return summary;
}
