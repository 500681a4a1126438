import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "@stiffnet/base/files";
import { BenchError, isExpected, note, oneLine } from "@stiffnet/terminal";
import {
  type FailedTrial,
  loadData,
  localRunner,
  type QueueOptions,
  runStudy,
  type Shard,
  type StudyData,
  trainedTrials,
  trialSpecs,
  withLockedFolder,
} from "@stiffnet/trials";
import { outcomesOf, questionsOf } from "./outcomes.ts";
import { type Cell, type Plan, stepsOf, studyOf } from "./plan.ts";
import { readTrainings, type Training, trainingOf, writeTrainings } from "./trainings.ts";

export interface Where extends QueueOptions {
  readonly out: string;
  /** Folder of the tables; their cells are left out, and named, where it is not given. */
  readonly tables?: string;
  readonly workers: number;
  /** The i-th of every n initialisations. */
  readonly part?: Shard;
  readonly cells?: readonly string[];
}

export interface PlanRun {
  readonly trainings: readonly Training[];
  readonly failed: readonly (FailedTrial & { readonly cell: string })[];
  readonly interrupted: boolean;
}

/** Trains the cells one after the other, in the order of the plan, until one is interrupted. All data are
 *  loaded before anything is trained. */
export async function runPlan(plan: Plan, where: Where): Promise<PlanRun> {
  const loaded: [Cell, StudyData][] = [];
  for (const cell of cellsOf(plan, where)) loaded.push([cell, await dataOf(plan, cell, where)]);
  let run: PlanRun = { trainings: [], failed: [], interrupted: false };
  for (const [k, [cell, data]] of loaded.entries()) {
    note(`question: ${cell.name} (${k + 1} of ${loaded.length})`);
    const own = await runCell(plan, cell, data, where);
    run = {
      trainings: [...run.trainings, ...own.trainings],
      failed: [...run.failed, ...own.failed],
      interrupted: own.interrupted,
    };
    if (run.interrupted) break;
  }
  return run;
}

/** The cells that are asked for, without those whose table is not there. */
function cellsOf(plan: Plan, { tables, cells }: Where): Cell[] {
  const unknown = cells?.find((name) => !plan.cells.some((cell) => cell.name === name));
  if (unknown !== undefined) {
    throw new BenchError(
      `--cells: '${unknown}' is not in the plan, expected some of ${plan.cells.map(({ name }) => name).join(", ")}`,
    );
  }
  const asked = plan.cells.filter(({ name }) => cells?.includes(name) ?? true);
  const left = asked.filter(({ data }) => tables === undefined && data.kind === "table");
  if (left.length > 0) {
    note(`question: without --tables these cells are left out: ${left.map(({ name }) => name).join(", ")}`);
  }
  return asked.filter((cell) => !left.includes(cell));
}

async function dataOf(plan: Plan, cell: Cell, { tables }: Where): Promise<StudyData> {
  try {
    return await loadData(studyOf(plan, cell, tables).data, plan.seed);
  } catch (error) {
    if (!isExpected(error)) throw error;
    throw new BenchError(`the plan's cell '${cell.name}': ${oneLine(error)}`);
  }
}

async function runCell(plan: Plan, cell: Cell, data: StudyData, where: Where): Promise<PlanRun> {
  const { out, tables, workers, queue, lostAfter, part } = where;
  const config = studyOf(plan, cell, tables);
  const specs = trialSpecs(config).filter(
    ({ trial }) => part === undefined || trial % part.of === part.index - 1,
  );
  const run =
    queue === undefined
      ? localRunner(workers, data)
      : await (await import("@stiffnet/trials/queue")).queueRunner(queue, lostAfter);
  return withLockedFolder(join(out, "cells", cell.name), config, { force: false }, async (folder, stop) => {
    const study = await runStudy(config, folder, { run, specs, signal: stop.signal });
    const { records, interrupted } = study;
    const failed = study.failed.map((one) => ({ cell: cell.name, ...one }));
    if (interrupted) return { trainings: [], failed, interrupted };
    const file = folder.file("trainings.csv");
    const known = existsSync(file) ? readTrainings(readFileSync(file, "utf8")) : [];
    const isKnown = records.every(({ digest }, k) => known[k] && digest.startsWith(known[k].digest));
    if (isKnown && known.length === records.length) return { trainings: known, failed, interrupted };
    const questions = questionsOf(plan, cell.data, data);
    const steps = stepsOf(cell, data.train.count);
    const text = writeTrainings(
      trainedTrials(config, folder, records, data).map(({ record, model }) =>
        trainingOf(cell.name, record, steps, outcomesOf(model, data, questions, plan)),
      ),
    );
    writeWhole(file, text);
    // As they are written, so that what follows is a function of the file.
    return { trainings: readTrainings(text), failed, interrupted };
  });
}
