import type { Report } from "@stiffnet/report/charts";
import { commonFacts } from "@stiffnet/report";
import { calledAs, commandLine, formatDuration } from "@stiffnet/terminal";
import type { StudyRun } from "../run/study.ts";
import type { Summary } from "./summary.ts";

/** The closing sections of a report. */
export function factsOf(summary: Summary): Pick<Report, "facts" | "repeat" | "configuration"> {
  const { config } = summary;
  return {
    facts: [
      ["digest", summary.digest],
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
      word !== "--resume" &&
      !withValue.includes(words[i - 1] ?? "") &&
      !withValue.some((option) => word === option || word.startsWith(`${option}=`)),
  );
}

function sameBits(engine: string): string {
  return /^kernels: [^(]+$/.test(engine)
    ? "the same bits on every machine and for any number of workers"
    : "the same bits on every machine only where the kernels trained; TensorFlow.js depends on its version, backend and processor";
}

/** What went wrong, in sentences. */
export function troubleOf(run: StudyRun): string[] {
  return [
    ...run.records
      .filter((record) => record.status === "diverged")
      .map((record) => `${record.id} diverged and is in no average: ${record.reason}.`),
    ...run.failed.map(({ id, reason }) => `${id} failed: ${reason}.`),
  ];
}
