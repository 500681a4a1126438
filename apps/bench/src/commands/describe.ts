import type { Json } from "@stiffnet/onnx";
import { formatDuration } from "../format.ts";
import { commandLine } from "../repeat.ts";
import { commonFacts } from "../report/facts.ts";
import type { Report } from "../report/page.ts";
import type { TrainedTrial } from "../runner/results.ts";
import type { StudyRun } from "../runner/study.ts";
import { median } from "../statistics.ts";
import type { Summary } from "../summary.ts";

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
    repeat: commandLine(["stiffnet", ...argumentsThatMatter(process.argv.slice(2))]),
    configuration: config,
  };
}

/** A command line without what changes nothing in the results; an address may carry a password. */
export function argumentsThatMatter(words: readonly string[]): string[] {
  const withValue = ["--queue", "--lost-after"];
  return words.filter(
    (word, i) =>
      word !== "--force" &&
      word !== "--resume" &&
      !withValue.includes(words[i - 1] ?? "") &&
      !withValue.some((option) => word === option || word.startsWith(`${option}=`)),
  );
}

function sameBits(engine: string): string {
  return engine === "wasm"
    ? "the same bits on every machine and for any number of workers"
    : "the same bits on every machine only where wasm trained; TensorFlow.js depends on its version, backend and processor";
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

/** Points of the training history that an exported file carries: enough for a curve. */
const longestHistory = 300;

/** What an exported file says of its making: medians over the trials it is made of. */
export function metadataOf(summary: Summary, trials: readonly TrainedTrial[]): Record<string, Json> {
  const of = (field: "riskTrain" | "riskTest" | "stiffness"): number =>
    median(trials.map(({ record }) => record[field]));
  const epochs = Math.min(...trials.map(({ history }) => history.length)) - 1;
  const points = Math.min(epochs, longestHistory);
  const epoch = Array.from({ length: points + 1 }, (_, k) => Math.round((k * epochs) / Math.max(points, 1)));
  const curve = (field: "riskTrain" | "riskTest"): number[] =>
    epoch.map((at) => median(trials.map(({ history }) => history[at]![field] ?? Number.NaN)));
  return {
    study: summary.command,
    studyDigest: summary.digest,
    seed: summary.config.seed,
    trials: trials.map(({ record }) => record.id),
    riskTrain: of("riskTrain"),
    riskTest: of("riskTest"),
    stiffness: of("stiffness"),
    history: { epoch, riskTrain: curve("riskTrain"), riskTest: curve("riskTest") },
  };
}
