import type { Json } from "@stiffnet/onnx";
import { formatDuration } from "../format.ts";
import { commandLine } from "../repeat.ts";
import type { Report } from "../report/page.ts";
import type { TrialRecord } from "../runner/record.ts";
import type { StudyRun } from "../runner/study.ts";
import { median } from "../statistics.ts";
import type { Summary } from "../summary.ts";

/** The closing sections of a report. */
export function factsOf(summary: Summary): Pick<Report, "facts" | "repeat" | "configuration"> {
  const { machine, versions, config } = summary;
  return {
    facts: [
      ["digest", summary.digest],
      ["engine", `${summary.engine}: float32, the same bits on every machine and for any number of workers`],
      ["training time", `${formatDuration(summary.seconds)} over all trials`],
      ["seed", String(config.seed)],
      [
        "machine",
        `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}`,
      ],
      [
        "versions",
        Object.entries(versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(", "),
      ],
    ],
    repeat: commandLine([
      "stiffnet",
      ...process.argv.slice(2).filter((word) => word !== "--force" && word !== "--resume"),
    ]),
    configuration: config,
  };
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

/** What an exported file says of its making. */
export function metadataOf(summary: Summary, records: readonly TrialRecord[]): Record<string, Json> {
  const of = (field: "riskTrain" | "riskTest" | "stiffness"): number => median(records.map((r) => r[field]));
  return {
    study: summary.command,
    studyDigest: summary.digest,
    seed: summary.config.seed,
    trials: records.map((record) => record.id),
    riskTrain: of("riskTrain"),
    riskTest: of("riskTest"),
    stiffness: of("stiffness"),
  };
}
