import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "@stiffnet/base/files";
import { BenchError, isExpected, note, oneLine } from "@stiffnet/terminal";
import {
  type FailedTrial,
  loadData,
  localRunner,
  type Results,
  runStudy,
  type Shard,
  type StudyData,
  type TrialRecord,
  trainedTrials,
  trialSpecs,
  withLockedFolder,
} from "@stiffnet/trials";
import { outcomesOf, questionsOf } from "./outcomes.ts";
import { type Cell, type Plan, stepsOf, studyOf } from "./plan.ts";
import { readTrainings, type Training, trainingOf, writeTrainings } from "./trainings.ts";

export interface Where {
  readonly out: string;
  /** Folder of the tables; their cells are left out, and named, where it is not given. */
  readonly tables?: string;
  readonly workers: number;
  readonly queue?: string;
  readonly lostAfter: number;
  /** The i-th of every n initialisations. */
  readonly part?: Shard;
  readonly cells?: readonly string[];
}

export interface CellRun {
  readonly cell: string;
  readonly trainings: readonly Training[];
  readonly failed: readonly FailedTrial[];
  readonly interrupted: boolean;
}

/** Trains the cells one after the other, in the order of the plan, until one is interrupted. */
export async function runPlan(plan: Plan, where: Where): Promise<CellRun[]> {
  const runs: CellRun[] = [];
  for (const cell of await runnable(plan, where)) {
    note(`question: ${cell.name} (${runs.length + 1})`);
    const run = await runCell(plan, cell, where);
    runs.push(run);
    if (run.interrupted) break;
  }
  return runs;
}

/** The cells whose data are there. Every table is looked at before anything is trained. */
async function runnable(plan: Plan, { tables, cells }: Where): Promise<Cell[]> {
  const unknown = cells?.find((name) => !plan.cells.some((cell) => cell.name === name));
  if (unknown !== undefined) {
    throw new BenchError(
      `--cells: '${unknown}' is not in the plan, expected some of ${plan.cells.map(({ name }) => name).join(", ")}`,
    );
  }
  const asked = plan.cells.filter(({ name }) => cells?.includes(name) ?? true);
  if (tables === undefined) {
    const left = asked.filter(({ data }) => data.kind === "table").map(({ name }) => name);
    if (left.length > 0) note(`question: without --tables these cells are left out: ${left.join(", ")}`);
    return asked.filter(({ data }) => data.kind !== "table");
  }
  for (const cell of asked) if (cell.data.kind === "table") await dataOf(plan, cell, tables);
  return asked;
}

async function dataOf(plan: Plan, cell: Cell, tables: string | undefined): Promise<StudyData> {
  try {
    return await loadData(studyOf(plan, cell, tables).data, plan.seed);
  } catch (error) {
    if (!isExpected(error)) throw error;
    throw new BenchError(`the plan's cell '${cell.name}': ${oneLine(error)}`);
  }
}

async function runCell(plan: Plan, cell: Cell, where: Where): Promise<CellRun> {
  const { out, tables, workers, queue, lostAfter, part } = where;
  const config = studyOf(plan, cell, tables);
  const data = await dataOf(plan, cell, tables);
  const specs = trialSpecs(config).filter(
    ({ trial }) => part === undefined || trial % part.of === part.index - 1,
  );
  const run =
    queue === undefined
      ? localRunner(workers, data)
      : await (await import("@stiffnet/trials/queue")).queueRunner(queue, lostAfter);
  return withLockedFolder(join(out, "cells", cell.name), config, { force: false }, async (folder, stop) => {
    const study = await runStudy(config, folder, { run, specs, signal: stop.signal });
    const { records, failed, interrupted } = study;
    const trainings = interrupted ? [] : examined(plan, cell, { config, folder, data }, records);
    return { cell: cell.name, trainings, failed, interrupted };
  });
}

/** The trainings of a cell with all that is asked of their networks; asked once. */
function examined(
  plan: Plan,
  cell: Cell,
  { config, folder, data }: Pick<Results, "config" | "folder" | "data">,
  records: readonly TrialRecord[],
): Training[] {
  const file = folder.file("trainings.csv");
  const known = existsSync(file) ? readTrainings(readFileSync(file, "utf8")) : [];
  const asked = new Map(known.map((training) => [`${training.model} ${training.trial}`, training]));
  const questions = questionsOf(plan, cell.data, data);
  const steps = stepsOf(cell, data.train.count);
  const trainings = records.map((record) => {
    const before = asked.get(`${record.model} ${record.trial}`);
    if (before !== undefined && record.digest.startsWith(before.digest)) return { ...before, steps };
    const [trained] = trainedTrials(config, folder, [record], data);
    return trainingOf(cell.name, record, steps, outcomesOf(trained!.model, data, questions, plan));
  });
  const text = writeTrainings(trainings);
  writeWhole(file, text);
  // As they are written, so that what follows is a function of the file.
  return readTrainings(text);
}
