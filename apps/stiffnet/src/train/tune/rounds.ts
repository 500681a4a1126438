import { mean } from "@stiffnet/report";

/** A round of successive halving: so many candidates train for a share of the epochs, on so many parts of
 *  the rows each. */
export interface Round {
  readonly candidates: number;
  /** 1 over the share of the epochs. */
  readonly part: number;
  /** Of each: another initialisation and validation part every time. */
  readonly trials: number;
}

/** A third goes on, and trains three times as long. */
const kept = 3;

/** Budgets below have nothing to choose from. */
export const fewest = 3;

/** The rounds of so many candidates. The first, what was asked for, is in all of them.
 *  @see Jamieson and Talwalkar (2016), Non-stochastic best arm identification and hyperparameter optimization
 *  */
export function roundsOf(candidates: number): Round[] {
  const parts = candidates >= kept * kept ? [9, 3, 1] : [3, 1];
  const rounds: Round[] = [];
  let left = candidates;
  for (const [k, part] of parts.entries()) {
    rounds.push({ candidates: left, part, trials: 2 ** (k + 3 - parts.length) });
    left = Math.max(2, Math.ceil(left / kept));
  }
  return rounds;
}

/** Which go on: the best, in the order of their numbers, and candidate 0. scores: logarithms of the
 *  validation error, by candidate. */
export function survivors(scores: ReadonlyMap<number, number>, count: number): number[] {
  const best = ranked(scores).filter((candidate) => candidate !== 0);
  return [0, ...best.slice(0, count - 1)].sort((a, b) => a - b);
}

/** Candidates by their scores, the best first. Equal scores keep the order of the numbers. */
export function ranked(scores: ReadonlyMap<number, number>): number[] {
  return [...scores].sort(([a, x], [b, y]) => x - y || a - b).map(([candidate]) => candidate);
}

/** Cost of all rounds, if a whole training of candidate k costs costs[k]. We assume that survivors cost as
 *  much as the average candidate. */
export function trainingsOf(costs: readonly number[]): number {
  const trainings = roundsOf(costs.length).map((round) => (round.candidates * round.trials) / round.part);
  return mean(costs) * trainings.reduce((sum, one) => sum + one, 0);
}

/** The largest number of candidates whose rounds take at most `seconds`; 0 where the fewest take more. */
export function affordable(seconds: number, costs: readonly number[]): number {
  let count = 0;
  for (let more = fewest; more <= costs.length && trainingsOf(costs.slice(0, more)) <= seconds; more++) {
    count = more;
  }
  return count;
}
