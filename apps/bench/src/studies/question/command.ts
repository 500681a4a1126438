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
  text,
} from "@stiffnet/terminal";
import { addQueueOptions, part, type Shard } from "@stiffnet/trials";
import type { Plan } from "./plan.ts";
import type { Where } from "./run.ts";
import type { Training } from "./trainings.ts";

export const questionCommand: CommandDefinition<Where & { readonly plan: string }> = {
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
    const { readPlan } = await import("./plan.ts");
    const { runPlan } = await import("./run.ts");
    const plan = readPlan(folder);
    const where = { ...options, out: resolve(options.out) };
    const { trainings, failed, interrupted } = await runPlan(plan, where);
    const { document, lines, good } =
      where.part === undefined
        ? await answered(plan, trainings, where.out)
        : await compared(folder, trainings, where.part);
    const failures = failed.map(({ cell, id, reason }) => `${cell}: ${id} failed: ${reason}`);
    return {
      document: { command: "question", ...document, failed },
      text: [...lines, ...failures].join("\n"),
      exitCode: interrupted ? interruptedCode : failed.length > 0 || !good ? 1 : 0,
    };
  },
};

interface Told {
  readonly document: object;
  readonly lines: readonly string[];
  readonly good: boolean;
}

/** Writes the trainings and the answer. */
async function answered(plan: Plan, trainings: readonly Training[], out: string): Promise<Told> {
  const { planDigest } = await import("./plan.ts");
  const { writeTrainings } = await import("./trainings.ts");
  const { answerOf } = await import("./answer.ts");
  const { resultsPage, verdictSentence } = await import("./words.ts");
  const { answerFigure } = await import("./figure.ts");
  const answer = answerOf(plan, trainings);
  const page = join(out, "results.md");
  writeWhole(join(out, "trainings.csv"), writeTrainings(trainings));
  writeJson(join(out, "summary.json"), { command: "question", plan: planDigest(plan), ...answer });
  writeWhole(page, resultsPage(plan, answer, trainings));
  if (answer.complete.length > 0) writeWhole(join(out, "answer.svg"), answerFigure(plan, answer).svg);
  return {
    document: { out, ...answer },
    lines: [verdictSentence(plan, answer), `results ${page}`],
    good: answer.diverged.length === 0,
  };
}

/** Compares the checksums of a part with those that are committed. */
async function compared(folder: string, trainings: readonly Training[], { index, of }: Shard): Promise<Told> {
  const { readTrainings } = await import("./trainings.ts");
  const file = join(folder, "trainings.csv");
  const committed = existsSync(file) ? readTrainings(readFileSync(file, "utf8")) : [];
  const keyOf = ({ cell, model, trial }: Training): string => `${cell} ${model} ${trial}`;
  const digests = new Map(committed.map((training) => [keyOf(training), training.digest]));
  const unknown = trainings.map(keyOf).filter((key) => !digests.has(key));
  const different = trainings
    .filter((training) => (digests.get(keyOf(training)) ?? training.digest) !== training.digest)
    .map(keyOf);
  const same = trainings.length - unknown.length - different.length;
  return {
    document: { part: { index, of }, trainings: trainings.length, same, different, unknown },
    lines: [
      `part ${index} of ${of}: ${trainings.length} trainings, ${same} with the digests of ${file}, ${different.length} with others, ${unknown.length} that it does not have`,
      ...different.slice(0, 20).map((key) => `another digest: ${key}`),
      ...unknown.slice(0, 20).map((key) => `not in ${file}: ${key}`),
    ],
    good: same === trainings.length,
  };
}
