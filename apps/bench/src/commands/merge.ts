import { resolve } from "node:path";
import { BenchError, type CommandDefinition, unset } from "@stiffnet/terminal";
import { finishStudy, joinParts, loadData, planMerge, withLockedFolder } from "@stiffnet/trials";

interface MergeOptions {
  readonly out?: string;
  readonly force: boolean;
}

export const mergeCommand: CommandDefinition<MergeOptions> = {
  help: `The parts must have the same settings and hold every training. The result has the checksum of an undivided study.

Examples:
  $ stiffnet-bench merge results/study                    after 'stiffnet-bench study --shard 1/3' and its siblings
  $ stiffnet-bench merge /scratch/a /scratch/b --out results/study

A job array of Slurm (sbatch --array=1-8), and what follows it:
  stiffnet-bench study --preset paper --workers 4 --shard $SLURM_ARRAY_TASK_ID/8 --out results/study
  stiffnet-bench merge results/study`,
  declare(command) {
    command
      .argument("<folders...>", "folder with shards, or the folders of the parts themselves")
      .addOption(unset("--out <dir>", "folder for the results", "the folder with the parts"))
      .option("--force", "delete the results of another study in --out", false);
  },
  async run(options, folders) {
    if (options.out === undefined && folders.length > 1) {
      throw new BenchError(
        `${folders.length} folders are given, expected --out DIR to say where they are joined`,
      );
    }
    const out = resolve(options.out ?? folders[0]!);
    const parts = folders.map((folder) => resolve(folder));
    const plan = planMerge(parts, options.force ? out : undefined);
    const { config } = plan;
    const kind =
      config.command === "train"
        ? (await import("stiffnet")).trainKind
        : (await import("../studies/study/command.ts")).study;
    const data = await loadData(config.data, config.seed);
    return withLockedFolder(out, config, options, async (folder, stop) => {
      stop.atOnce();
      const run = joinParts(plan, folder);
      return finishStudy({ config, data, folder, run }, kind);
    });
  },
};
