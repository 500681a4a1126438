import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { writeJson, writeWhole } from "@stiffnet/base/files";
import {
  addComputing,
  addOut,
  addWorkers,
  type CommandDefinition,
  interruptedCode,
  list,
  type Outcome,
  text,
} from "@stiffnet/terminal";
import { addQueueOptions, type FailedTrial, part, type QueueOptions, type Shard } from "@stiffnet/trials";
import type { CellRun } from "./run.ts";
import type { Training } from "./trainings.ts";

interface QuestionOptions extends QueueOptions {
  readonly plan: string;
  readonly out: string;
  readonly tables?: string;
  readonly workers: number;
  readonly part?: Shard;
  readonly cells?: readonly string[];
}

export const questionCommand: CommandDefinition<QuestionOptions> = {
  help: `Trains the networks of docs/research/question/plan.json and answers by the rule of plan.md. An interrupted run continues.
With --part i/n, the command trains one of n equal parts. It then compares the checksums of these networks with those in
trainings.csv. Some benchmark problems need tables; without --tables, the command skips them.

Examples:
  $ stiffnet-bench question --part 1/10                      a tenth of what needs no tables: are the bits the same?
  $ stiffnet-bench question --tables ../tables               the whole, on all cores
  $ stiffnet-bench question --tables ../tables --queue redis://localhost:6379    beside some 'stiffnet-bench work'`,
  declare(command) {
    command
      .option("--plan <dir>", "folder with plan.json and plan.md", "docs/research/question")
      .option("--tables <dir>", "folder with the tables that some benchmark problems need")
      .option("--part <i/n>", "train only this part, and compare its checksums with the published ones", part)
      .option("--cells <list>", "train only these benchmark problems of the plan", list(text));
    addQueueOptions(addComputing(addWorkers(addOut(command, "results/question"))), ["workers"]);
  },
  async run({ plan: folder, ...options }) {
    const { planDigest, readPlan } = await import("./plan.ts");
    const { runPlan } = await import("./run.ts");
    const plan = readPlan(folder);
    const out = resolve(options.out);
    const runs = await runPlan(plan, { ...options, out });
    const trainings = runs.flatMap((run) => run.trainings);
    const failed = failuresOf(runs);
    if (options.part !== undefined) return comparedWith(folder, options.part, runs, trainings);
    const { writeTrainings } = await import("./trainings.ts");
    const { answerOf } = await import("./answer.ts");
    const { resultsPage, verdictSentence } = await import("./words.ts");
    const { answerFigure } = await import("./figure.ts");
    const answer = answerOf(plan, trainings);
    writeWhole(join(out, "trainings.csv"), writeTrainings(trainings));
    writeJson(join(out, "summary.json"), { command: "question", plan: planDigest(plan), ...answer });
    writeWhole(join(out, "results.md"), resultsPage(plan, answer, trainings));
    if (answer.complete.length > 0) writeWhole(join(out, "answer.svg"), answerFigure(plan, answer).svg);
    const interrupted = runs.some((run) => run.interrupted);
    return {
      document: { command: "question", out, failed, ...answer },
      text: [
        verdictSentence(plan, answer),
        ...failureLines(failed),
        `results ${join(out, "results.md")}`,
      ].join("\n"),
      exitCode: interrupted ? interruptedCode : failed.length > 0 || answer.diverged.length > 0 ? 1 : 0,
    };
  },
};

type Failure = FailedTrial & { readonly cell: string };

function failuresOf(runs: readonly CellRun[]): Failure[] {
  return runs.flatMap(({ cell, failed }) => failed.map((one) => ({ cell, ...one })));
}

function failureLines(failed: readonly Failure[]): string[] {
  return failed.map(({ cell, id, reason }) => `${cell}: ${id} failed: ${reason}`);
}

/** The digests of a part beside those that are committed. */
async function comparedWith(
  folder: string,
  { index, of }: Shard,
  runs: readonly CellRun[],
  trainings: readonly Training[],
): Promise<Outcome> {
  const { readTrainings } = await import("./trainings.ts");
  const file = join(folder, "trainings.csv");
  const committed = existsSync(file) ? readTrainings(readFileSync(file, "utf8")) : [];
  const keyOf = ({ cell, model, trial }: Training): string => `${cell} ${model} ${trial}`;
  const digests = new Map(committed.map((training) => [keyOf(training), training.digest]));
  const unknown = trainings.filter((training) => !digests.has(keyOf(training))).map(keyOf);
  const different = trainings
    .filter((training) => digests.has(keyOf(training)) && digests.get(keyOf(training)) !== training.digest)
    .map(keyOf);
  const same = trainings.length - unknown.length - different.length;
  const interrupted = runs.some((run) => run.interrupted);
  const failed = failuresOf(runs);
  const lines = [
    `part ${index} of ${of}: ${trainings.length} trainings, ${same} with the digests of ${file}, ${different.length} with others, ${unknown.length} that it does not have`,
    ...different.slice(0, 20).map((key) => `another digest: ${key}`),
    ...unknown.slice(0, 20).map((key) => `not in ${file}: ${key}`),
    ...failureLines(failed),
  ];
  return {
    document: {
      ...{ command: "question", part: { index, of }, trainings: trainings.length, same, different, unknown },
      failed,
    },
    text: lines.join("\n"),
    exitCode: interrupted ? interruptedCode : same < trainings.length || failed.length > 0 ? 1 : 0,
  };
}
