import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { counted } from "@stiffnet/base";
import { BenchError } from "@stiffnet/terminal";
import { type StudyConfig, type TrialSpec, trialSpecs } from "../configuration/config.ts";

/** One of several parts of a study that are trained by themselves, as by the tasks of a job array; counted
 *  from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** The trials of a part. They are dealt out model by model, so that every part gets its share of the slow
 *  ones. */
export function specsOfShard(config: StudyConfig, { index, of }: Shard): TrialSpec[] {
  const all = trialSpecs(config);
  if (of > all.length) {
    throw new BenchError(
      `--shard ${index}/${of}: the study has ${counted(all.length, "trial")}, expected at most as many shards`,
    );
  }
  const models = config.models.length;
  return all.filter((spec, position) => {
    const dealt = (position % models) * config.trials + spec.trial;
    return dealt % of === index - 1;
  });
}

export function shardFolder(out: string, { index, of }: Shard): string {
  return join(out, `shard-${index}-of-${of}`);
}

const shardName = /^shard-(\d+)-of-(\d+)$/;

export function isShardName(name: string): boolean {
  return shardName.test(name);
}

export function shardsIn(out: string): Shard[] {
  if (!existsSync(out)) return [];
  return readdirSync(out)
    .map((name) => shardName.exec(name))
    .filter((match) => match !== null)
    .map((match) => ({ index: Number(match[1]), of: Number(match[2]) }))
    .sort((a, b) => a.of - b.of || a.index - b.index);
}
