import { resolve } from "node:path";
import { addComputing, addOut, addWorkers, type CommandDefinition, list, text } from "@stiffnet/terminal";
import { addQueueOptions, part } from "@stiffnet/trials";
import type { Where } from "./run.ts";

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
    const { answerPlan } = await import("./run.ts");
    return answerPlan(folder, { ...options, out: resolve(options.out) });
  },
};
