import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { counted } from "@stiffnet/base";
import { writeJson, writeWhole } from "@stiffnet/base/files";
import { BenchError, interruptedCode, isExpected, note, type Outcome, oneLine } from "@stiffnet/terminal";
import {
  type FailedTrial,
  loadData,
  type QueueOptions,
  runStudy,
  type Shard,
  type StudyData,
  trainedTrials,
  trialRunner,
  trialSpecs,
  withLockedFolder,
} from "@stiffnet/trials";
import { answerOf } from "./answer.ts";
import { answerFigure } from "./figure.ts";
import { outcomesOf, questionsOf } from "./outcomes.ts";
import { type Cell, type Plan, planDigest, readPlan, stepsOf, studyOf } from "./plan.ts";
import { readTrainings, type Training, trainingOf, writeTrainings } from "./trainings.ts";
import { resultsPage, verdictSentence } from "./words.ts";

export interface Where extends QueueOptions {
  readonly out: string;
  /** Folder of the tables; their cells are left out, and named, where it is not given. */
  readonly tables?: string;
  readonly workers: number;
  /** The i-th of every n initialisations. */
  readonly part?: Shard;
  readonly cells?: readonly string[];
}

interface PlanRun {
  readonly trainings: readonly Training[];
  readonly failed: readonly (FailedTrial & { readonly cell: string })[];
  readonly interrupted: boolean;
}

/** Trains what a plan asks for, and writes its answer, or compares a part with the committed trainings. */
export async function answerPlan(folder: string, where: Where): Promise<Outcome> {
  const plan = readPlan(folder);
  if (where.part && where.part.of > plan.initialisations) {
    const { index, of } = where.part;
    throw new BenchError(
      `--part ${index}/${of}: the plan has ${counted(plan.initialisations, "initialisation")}, expected at most as many parts`,
    );
  }
  const { trainings, failed, interrupted } = await runPlan(plan, where);
  const { document, lines, good } =
    where.part === undefined ? answered(plan, trainings, where.out) : compared(folder, trainings, where.part);
  const failures = failed.map(({ cell, id, reason }) => `${cell}: ${id} failed: ${reason}`);
  return {
    document: { command: "question", ...document, failed },
    text: [...lines, ...failures].join("\n"),
    exitCode: interrupted ? interruptedCode : failed.length > 0 || !good ? 1 : 0,
  };
}

/** Trains the cells one after the other, in the order of the plan, until one is interrupted. All data are
 *  loaded before anything is trained. */
async function runPlan(plan: Plan, where: Where): Promise<PlanRun> {
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
  const { out, tables, part } = where;
  const config = studyOf(plan, cell, tables);
  const specs = trialSpecs(config).filter(
    ({ trial }) => part === undefined || trial % part.of === part.index - 1,
  );
  const run = await trialRunner(where, data);
  return withLockedFolder(join(out, "cells", cell.name), config, { force: false }, async (folder, stop) => {
    const study = await runStudy(config, folder, { run, specs, signal: stop.signal });
    const { records, interrupted } = study;
    const failed = study.failed.map((one) => ({ cell: cell.name, ...one }));
    if (interrupted) return { trainings: [], failed, interrupted };
    // Another plan may train the same networks and measure them otherwise.
    const file = folder.file(`trainings-${planDigest(plan)}.csv`);
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

interface Told {
  readonly document: object;
  readonly lines: readonly string[];
  readonly good: boolean;
}

/** Writes the trainings and the answer. */
function answered(plan: Plan, trainings: readonly Training[], out: string): Told {
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
function compared(folder: string, trainings: readonly Training[], { index, of }: Shard): Told {
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
