import { commonFacts, isRatio, type NamedTable, proxyLabel, proxyText, type Report } from "@stiffnet/report";
import { calledAs, commandLine, formatDuration, textTable } from "@stiffnet/terminal";
import type { StudyRun } from "../run/study.ts";
import type { Summary } from "./summary.ts";

/** The closing sections of a report. */
export function factsOf(summary: Summary): Pick<Report, "facts" | "repeat" | "configuration"> {
  const { config } = summary;
  return {
    facts: [
      ["checksum", summary.digest],
      ["engine", `${summary.engine}: float32, ${sameBits(summary.engine)}`],
      ["training time", `${formatDuration(summary.trainingSeconds)} over all trials`],
      ["seed", String(config.seed)],
      ...commonFacts(summary),
    ],
    repeat: commandLine(argumentsThatMatter(calledAs())),
    configuration: config,
  };
}

/** A command line without what changes nothing in the results; an address may carry a password. */
export function argumentsThatMatter(words: readonly string[]): string[] {
  const withValue = ["--queue", "--lost-after", "--kernels", "--threads"];
  return words.filter(
    (word, i) =>
      word !== "--force" &&
      !withValue.includes(words[i - 1] ?? "") &&
      !withValue.some((option) => word === option || word.startsWith(`${option}=`)),
  );
}

function sameBits(engine: string): string {
  return /^kernels: [^(]+$/.test(engine)
    ? "the same bits on every machine and for any number of workers"
    : "the same bits on every machine only where the kernels trained; TensorFlow.js depends on its version, backend and processor";
}

/** Problems, in sentences. */
export function troubleOf(run: StudyRun): string[] {
  return [
    ...run.records
      .filter((record) => record.status === "diverged")
      .map((record) => `${record.id} diverged and is left out of all averages: ${record.reason}.`),
    ...run.failed.map(({ id, reason }) => `${id} failed: ${reason}.`),
  ];
}

const readings = ["mean", "sum", "median", "meanSquare", "sumSquare", "max"] as const;

/** Every proxy of every model in all its readings. */
export function proxyTable({ models }: Pick<Summary, "models">): NamedTable {
  const ratios = models.some(({ proxies }) => Object.keys(proxies).some(isRatio));
  return {
    name: "proxies",
    caption: `All stiffness measures, as medians over trials. A measure has one value for each layer and test point. The columns have their mean, their sum over the layers (mean over points), their median, the mean and sum of their squares, and the largest.${ratios ? " Ratios have only median and largest value, because one tiny eigenvalue dominates their mean." : ""}`,
    header: ["proxy", "mean", "sum over layers", "median", "mean of squares", "sum of squares", "largest"],
    rows: models.flatMap(({ name, proxies }) =>
      Object.entries(proxies).map(([proxy, value]) => [
        models.length > 1 ? `${name}: ${proxyLabel(proxy)}` : proxyLabel(proxy),
        ...readings.map((reading) =>
          isRatio(proxy) && reading !== "median" && reading !== "max" ? "" : proxyText(proxy, value[reading]),
        ),
      ]),
    ),
  };
}

/** A study in a terminal: its tables, the sentences, and where the rest lies. */
export function printed(
  { digest, files }: Summary,
  tables: readonly NamedTable[],
  sentences: readonly string[],
): string {
  return [
    ...tables.flatMap(({ header, rows }) => (rows.length > 0 ? [textTable(header, rows), ""] : [])),
    ...sentences,
    "",
    `checksum ${digest}`,
    `report   ${files.report}`,
    `tables   ${files.tables}`,
    ...(files.model ? [`model    ${files.model}`] : []),
  ].join("\n");
}
