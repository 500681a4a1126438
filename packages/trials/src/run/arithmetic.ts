import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeJson } from "@stiffnet/base/files";
import { resnet, train } from "@stiffnet/core";
import { alpine02, sample } from "@stiffnet/datasets";
import { spectralRadius, stiffnessPenalty } from "@stiffnet/stiffness";
import { BenchError } from "@stiffnet/terminal";
import { versionOf } from "../versions.ts";
import type { ResultsFolder } from "./folder.ts";

export type Versions = Readonly<Record<string, string>>;

/** The versions of the packages that train, and the digest of a training of a few steps. The digest also
 *  differs between two states of the sources, and on a machine that computes other bits. */
export async function versionsOfTraining(): Promise<Versions> {
  const packages = ["trials", "core", "stiffness", "datasets", "preparation"];
  return {
    ...Object.fromEntries(packages.map((name) => [`@stiffnet/${name}`, versionOf(`@stiffnet/${name}`)])),
    arithmetic: await probe(),
  };
}

async function probe(): Promise<string> {
  const data = sample(alpine02(2), { train: 24, test: 6, seed: 1 });
  const model = resnet({ inputs: 2, outputs: 1, width: 5, depth: 3, seed: 1 });
  const penalty = stiffnessPenalty(spectralRadius(), { weight: 1e-3 });
  return (await train(model, data, { epochs: 3, batchSize: 8, penalty })).digest.slice(0, 16);
}

/** Why what one trained cannot go together with what the other trains, if it cannot: they compute other
 *  numbers. Other versions with the same bits can. */
export function difference(one: Versions, other: Versions): string | undefined {
  if (one.arithmetic === other.arithmetic) return undefined;
  const [mine, theirs] = [one, other].map((versions) => versions["@stiffnet/trials"]);
  return `by stiffnet ${mine}, but stiffnet ${theirs} computes other numbers`;
}

/** The versions that a folder's trials were trained with; undefined before the first trial. */
export function versionsIn(folder: string): Versions | undefined {
  const file = join(folder, "versions.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** Versions that trained the parts of a study: one, or several with the same bits. */
export function versionsOfAll(folders: readonly string[]): Versions | undefined {
  const [first, ...others] = folders.flatMap((folder) => {
    const versions = versionsIn(folder);
    return versions === undefined ? [] : [{ folder, versions }];
  });
  for (const { folder, versions } of others) {
    const found = difference(versions, first!.versions);
    if (found === undefined) continue;
    throw new BenchError(
      `${folder}: trained ${found}, as in ${first!.folder}; train all parts with one version`,
    );
  }
  return first?.versions;
}

/** Writes the versions that a folder's trials are trained with. If earlier trials were trained by a version
 *  with other bits, no trial is added, because the digest could not be repeated. Another version with the
 *  same bits goes on. */
export async function requireSameArithmetic(folder: ResultsFolder): Promise<void> {
  const here = await versionsOfTraining();
  const before = versionsIn(folder.path);
  if (before === undefined) {
    writeJson(folder.file("versions.json"), here);
    return;
  }
  const found = difference(before, here);
  if (found === undefined) return;
  throw new BenchError(
    `${folder.path}: begun ${found}; finish it by version ${before["@stiffnet/trials"]}, choose another --out, or --force to start over`,
  );
}
