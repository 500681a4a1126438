import { type Circumstances, machine, median } from "@stiffnet/report";
import type { StudyConfig } from "../configuration/config.ts";
import type { FailedTrial } from "../run/pool.ts";
import type { ProxySummary, TrialRecord } from "../run/record.ts";
import { studyDigest } from "../run/results.ts";
import { versions } from "../versions.ts";

type ProxyFigure = keyof Omit<ProxySummary, "layers" | "samples">;

/** A figure over the finished trials, in their order. `median` is null where there is none. */
interface Spread {
  readonly median: number | null;
  readonly values: readonly number[];
}

const figures = ["riskTrain", "riskTest", "stiffness", "penalty", "seconds", "processorSeconds"] as const;
type ModelFigures = Readonly<Record<(typeof figures)[number], Spread>>;

export interface ModelSummary extends ModelFigures {
  readonly name: string;
  /** Finished ones: a diverged trial is in no figure. */
  readonly trials: number;
  readonly diverged: number;
  /** Proxies over layers and test samples: medians over the trials. */
  readonly proxies: Readonly<Record<string, Readonly<Record<ProxyFigure, number>>>>;
}

/** The one document of a study: printed with --json and written as summary.json. */
export interface Summary extends Circumstances {
  readonly command: string;
  readonly config: StudyConfig;
  readonly digest: string;
  /** The engine: "kernels: native", "tfjs (cpu backend)", or several, separated by commas. All kernels
   *  give the same digest. */
  readonly engine: string;
  /** Time of the command that wrote this, without trials that an earlier command trained before an
   *  interruption. */
  readonly seconds: number;
  /** Summed over the trials, which train side by side. */
  readonly trainingSeconds: number;
  readonly models: readonly ModelSummary[];
  readonly failed: readonly FailedTrial[];
  readonly files: Readonly<Record<string, string>>;
}

export function summarise(
  config: StudyConfig,
  records: readonly TrialRecord[],
  failed: readonly FailedTrial[],
  files: Readonly<Record<string, string>>,
): Summary {
  return {
    command: config.command,
    config,
    digest: studyDigest(config, records),
    engine: enginesOf(records),
    versions: versions(),
    machine: machine(),
    seconds: process.uptime(),
    trainingSeconds: records.reduce((sum, { seconds }) => sum + seconds, 0),
    models: config.models.map(({ name }) =>
      modelSummary(
        name,
        records.filter((record) => record.model === name),
      ),
    ),
    failed,
    files,
  };
}

export function enginesOf(records: readonly TrialRecord[]): string {
  return [...new Set(records.map(({ engine }) => engine))].join(", ");
}

function modelSummary(name: string, records: readonly TrialRecord[]): ModelSummary {
  const finished = records.filter((record) => record.status === "finished");
  const spread = (figure: (typeof figures)[number]): Spread => {
    const values = finished.map((record) => record[figure]);
    return { median: values.length === 0 ? null : median(values), values };
  };
  const proxies = Object.keys(finished[0]?.proxies ?? {}).map((proxy) => {
    const over = (field: ProxyFigure): number =>
      median(finished.map((record) => record.proxies[proxy]![field]));
    const fields = ["mean", "sum", "median", "max", "meanSquare", "sumSquare"] as const;
    return [proxy, Object.fromEntries(fields.map((field) => [field, over(field)]))];
  });
  return {
    name,
    trials: finished.length,
    diverged: records.length - finished.length,
    ...(Object.fromEntries(figures.map((figure) => [figure, spread(figure)])) as ModelFigures),
    proxies: Object.fromEntries(proxies),
  };
}
