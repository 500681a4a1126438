import { resolve } from "node:path";
import { Command } from "commander";
import { loadData } from "../data/kinds.ts";
import { BenchError } from "../errors.ts";
import { createOutput } from "../output.ts";
import { holdFolder } from "../runner/hold.ts";
import { joinParts, planMerge } from "../runner/merge.ts";
import { studyKind } from "../study/kinds.ts";
import { finishStudy } from "../study/run.ts";

interface MergeOptions {
  readonly out?: string;
  readonly force: boolean;
  readonly json: boolean;
}

export function mergeCommand(done: (exitCode: number) => void): Command {
  return new Command("merge")
    .description("Join the shards of a study, to the results of one that ran in one piece.")
    .argument("<folders...>", "folder with shards, or the folders of the parts themselves")
    .option("--out <dir>", "results folder (default: the one folder that is given)")
    .option("--force", "delete what another study left in --out", false)
    .option("--json", "print one JSON document on standard output", false)
    .addHelpText(
      "after",
      `
The parts must be of one configuration and hold every trial; the digest is that of an undivided study.

Examples:
  $ stiffnet merge results/study                    after 'stiffnet study --shard 1/3' and its siblings
  $ stiffnet merge /scratch/a /scratch/b --out results/study

A job array of Slurm (sbatch --array=1-8), and what follows it:
  stiffnet study --preset paper --workers 4 --shard $SLURM_ARRAY_TASK_ID/8 --out results/study
  stiffnet merge results/study`,
    )
    .action(async (folders: string[], options: MergeOptions) => {
      done(await merge(folders, options));
    });
}

async function merge(folders: readonly string[], options: MergeOptions): Promise<number> {
  const output = createOutput(options.json);
  if (options.out === undefined && folders.length > 1) {
    throw new BenchError(
      `${folders.length} folders are given, expected --out DIR to say where they are joined`,
      {
        code: "wrong_use",
      },
    );
  }
  const out = resolve(options.out ?? folders[0]!);
  const plan = planMerge(folders.map((folder) => resolve(folder)));
  const { config } = plan;
  const kind = await studyKind(config.command);
  const data = await loadData(config.data, config.seed);
  return holdFolder(out, config, options, async (folder, { trained }) => {
    trained();
    const run = joinParts(plan, folder);
    return finishStudy({ config, data, folder, run }, kind, output);
  });
}
