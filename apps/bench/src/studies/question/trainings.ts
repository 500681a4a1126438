import { csvOf } from "@stiffnet/report";
import type { TrialRecord } from "@stiffnet/trials";
import type { Outcomes } from "./outcomes.ts";

/** One training: a line of trainings.csv. */
export interface Training extends Outcomes {
  readonly cell: string;
  readonly model: string;
  readonly trial: number;
  readonly status: TrialRecord["status"];
  readonly riskTrain: number;
  readonly riskValidation: number;
  readonly riskTest: number;
  readonly stiffness: number;
  readonly steps: number;
  /** On the processor. */
  readonly seconds: number;
  /** The first sixteen digits of that of its parameters. */
  readonly digest: string;
}

const texts = ["cell", "model", "status", "digest"] as const;
const columns = [
  "cell",
  "model",
  "trial",
  "status",
  "riskTrain",
  "riskValidation",
  "riskTest",
  "stiffness",
  "step",
  "coarse",
  "float16",
  "noisy",
  "outside",
  "growth",
  "steps",
  "seconds",
  "digest",
] as readonly (keyof Training)[];

export function trainingOf(cell: string, record: TrialRecord, steps: number, outcomes: Outcomes): Training {
  const { model, trial, riskTrain, riskTest, riskValidation = Number.NaN, stiffness, digest } = record;
  // A network of the last good state may answer with what is no number, on other rows than it was trained on.
  const sound = record.status === "finished" && [riskTest, riskValidation].every(Number.isFinite);
  return {
    cell,
    model,
    trial,
    status: sound ? "finished" : "diverged",
    riskTrain,
    riskValidation,
    riskTest,
    stiffness,
    ...outcomes,
    steps,
    seconds: record.processorSeconds,
    digest: digest.slice(0, 16),
  };
}

/** Numbers have five digits. */
export function writeTrainings(trainings: readonly Training[]): string {
  // The first study did not ask for growth.
  const asked = columns.filter(
    (name) => name !== "growth" || trainings.some(({ growth }) => Number.isFinite(growth)),
  );
  const rows = trainings.map((training) =>
    asked.map((name) => {
      const value = training[name];
      return typeof value === "number" ? String(Number(value.toPrecision(5))) : value;
    }),
  );
  return csvOf({ caption: "", header: asked, rows }).replaceAll("\r\n", "\n");
}

export function readTrainings(text: string): Training[] {
  const [header, ...lines] = text.trim().split("\n");
  const names = header!.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    const entries = columns.map((name) => {
      const value = cells[names.indexOf(name)] ?? "NaN";
      return [name, (texts as readonly string[]).includes(name) ? value : Number(value)];
    });
    return Object.fromEntries(entries) as Training;
  });
}
