import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ensureFolder, writeJson } from "@stiffnet/base/files";
import { BenchError, note } from "@stiffnet/terminal";
import {
  type Asked,
  type Chosen,
  explainInterruption,
  loadData,
  localRunner,
  ResultsFolder,
  runStudy,
  type StudyConfig,
  type StudyData,
  type StudyRun,
  tuneFolder,
  withLockedFolder,
} from "@stiffnet/trials";
import { type Candidate, candidatesOf, settingsOf } from "./candidates.ts";
import type { TuneBudget } from "./option.ts";
import { costOf, nameOf, roundConfig, scoreOf, withCandidate } from "./round-study.ts";
import { affordable, fewest, ranked, roundsOf, survivors, trainingsOf } from "./rounds.ts";
import { type Tuning, tuningFile, tuningSentence } from "./tuning.ts";

/** A folder, its data, and what trains there. */
interface Bench {
  readonly place: string;
  readonly data: StudyData;
  readonly workers: number;
}

/** Chooses rate, network and penalty by successive halving on validation rows: a study for each round, in a
 *  folder of its own, so that an interrupted choice goes on. A function of the configuration and the number
 *  of candidates. */
export async function tune(asked: Asked, budget: TuneBudget): Promise<Chosen> {
  const { config, file, options } = asked;
  requireTunable(asked);
  const out = resolve(options.out);
  if (options.force) ResultsFolder.empty(out);
  ensureFolder(out);
  const data = asked.data ?? (await loadData(config.data, config.seed));
  const bench = { place: join(out, tuneFolder), data, workers: options.workers };
  ensureFolder(bench.place);
  const count = await countOf(asked, budget, bench);
  if (typeof count !== "number") return count;
  const all = candidatesOf(config.seed, count, file);
  const risks: (number | null)[][] = all.map(() => []);
  const rounds = roundsOf(count);
  let scores = new Map(all.map((_, k) => [k, 0]));
  for (const [r, round] of rounds.entries()) {
    const left = r === 0 ? all.map((_, k) => k) : survivors(scores, round.candidates);
    const study = roundConfig(config, round, new Map(left.map((k) => [k, all[k]!])));
    const run = await trainRound(bench, study, `round-${r + 1}`, `round ${r + 1} of ${rounds.length}`);
    if (!("records" in run)) return run;
    scores = new Map(left.map((k) => [k, scoreOf(run.records, nameOf(k), round.trials)]));
    for (const [k, score] of scores) risks[k]!.push(Number.isFinite(score) ? Math.exp(score) : null);
  }
  const [chosen] = ranked(scores) as [number];
  const candidates = all.map((one, k) => ({ settings: settingsOf(one), risks: risks[k]! }));
  const tuning: Tuning = { budget, chosen, candidates };
  writeJson(join(out, tuningFile), tuning);
  note(tuningSentence(tuning));
  return { config: withCandidate(config, all[chosen] as Candidate) };
}

function requireTunable({ config, file, options }: Asked): void {
  if (config.data.validation === 0) {
    throw new BenchError("--tune: compares validation errors, expected --validation above 0");
  }
  if (options.shard !== undefined || options.queue !== undefined) {
    throw new BenchError("--tune: works on one machine, expected neither --shard nor --queue");
  }
  if (Object.keys(candidatesOf(config.seed, 2, file)[1]!).length === 0) {
    throw new BenchError(
      "--tune: rate, width, depth, activation, lift and penalty are all given, expected at least one of them to be left open",
    );
  }
}

function trainRound(
  { place, data, workers }: Bench,
  config: StudyConfig,
  name: string,
  what: string,
): Promise<StudyRun | Chosen> {
  return withLockedFolder(join(place, name), config, { force: false }, async (folder, stop) => {
    const run = localRunner(workers, data);
    const study = await runStudy(config, folder, { run, signal: stop.signal, label: `tuning, ${what}` });
    return study.interrupted ? { interrupted: explainInterruption(study, folder) } : study;
  });
}

/** More than a day of them. */
const mostCandidates = 1000;

/** How many candidates: as many as given, or as fit in the time. What was found out about the time is kept,
 *  so that the same command goes on with as many. */
async function countOf({ config, file }: Asked, budget: TuneBudget, bench: Bench): Promise<number | Chosen> {
  if ("trials" in budget) return budget.trials;
  const kept = join(bench.place, "budget.json");
  if (existsSync(kept)) {
    const { seconds, candidates } = JSON.parse(readFileSync(kept, "utf8"));
    if (seconds === budget.seconds) return candidates;
  }
  const part = 9;
  const pilot = roundConfig(config, { candidates: 1, part, trials: 1 }, new Map([[0, {}]]));
  const run = await trainRound(bench, pilot, "pilot", "one short training to measure its time");
  if (!("records" in run)) return run;
  const whole = part * (run.records[0]?.seconds ?? 0);
  const unit = whole / costOf(config, bench.data) / bench.workers;
  const costs = candidatesOf(config.seed, mostCandidates, file).map(
    (one) => unit * costOf(withCandidate(config, one), bench.data),
  );
  const candidates = affordable(budget.seconds, costs);
  if (candidates === 0) {
    const least = Math.ceil(trainingsOf(costs.slice(0, fewest)));
    throw new BenchError(
      `--tune: ${budget.seconds} s are too few for ${fewest} configurations, which take about ${least} s here, expected more, or fewer --epochs`,
    );
  }
  writeJson(kept, { seconds: budget.seconds, candidates });
  return candidates;
}
