import { type Estimate, estimateOf, groupedBy, holm, mean, signedRank } from "@stiffnet/report";
import { type Candidate, type Cell, candidatesOf, type Plan, plainName, studyOf } from "./plan.ts";
import type { Training } from "./trainings.ts";

/** The test error of the training mean, which is all that a diverged network leaves. */
const riskOfConstant = 1;

export const compared = {
  riskTest: "test error",
  gap: "generalisation gap (test error less training error)",
  stiffness: "stiffness (mean spectral radius)",
  step: "largest stable step",
  coarse: "test error with half the steps",
  float16: "test error with float16 weights",
  noisy: "test error with noise on the inputs",
  outside: "test error outside the training box",
  growth: "growth of a perturbation through the layers",
} as const;
export type Quantity = keyof typeof compared;

/** A model of a cell as a penalty's tuning, or the slides, chose it. */
export interface Chosen {
  readonly name: string;
  readonly weight: number;
  readonly model: string;
}

/** One quantity of two models of one cell, over pairs of one initialisation. */
export interface CellComparison {
  readonly cell: string;
  readonly model: Chosen;
  readonly against: Chosen;
  /** Median over the pairs, with a bootstrap interval. */
  readonly ratio: Estimate;
  readonly p: number;
  /** p corrected by Holm over the cells. */
  readonly adjusted: number;
}

/** The same over all cells: each counts once, by its median. */
export interface Comparison {
  readonly quantity: Quantity;
  readonly model: string;
  readonly against: string;
  readonly cells: readonly CellComparison[];
  readonly ratio: Estimate;
  readonly p: number;
}

export interface Answer {
  readonly verdict: "yes" | "in some cases" | "no";
  readonly primary: Comparison;
  readonly better: readonly string[];
  readonly worse: readonly string[];
  /** Test errors of every other pair that the plan names. */
  readonly others: readonly Comparison[];
  /** All other quantities, of the primary pair, of it against plain, and of the slides' weights. */
  readonly outcomes: readonly Comparison[];
  readonly complete: readonly string[];
  readonly missing: readonly string[];
  readonly diverged: readonly Training[];
}

export const slidesName = (penalty: string): string => `${penalty}, slides' weight`;

/** The answer of the trainings. A cell that lacks a training is named and left out. */
export function answerOf(plan: Plan, trainings: readonly Training[]): Answer {
  const byCell = groupedBy(trainings, ({ cell }) => cell);
  const complete = plan.cells.filter((cell) => {
    const wanted = studyOf(plan, cell).models.length * plan.initialisations;
    return byCell.get(cell.name)?.length === wanted;
  });
  const cells = complete.map((cell) => chooseIn(plan, cell, byCell.get(cell.name)!));
  const compare = (quantity: Quantity, model: string, against: string): Comparison =>
    comparisonOf(cells, quantity, model, against);
  const { model, against } = plan.primary;
  const primary = compare("riskTest", model, against);
  const names = plan.penalties.map(({ name }) => name);
  const quantities = (Object.keys(compared) as Quantity[]).filter(
    (quantity) =>
      quantity !== "riskTest" &&
      // The first study did not ask for growth.
      (quantity !== "growth" || trainings.some(({ growth }) => Number.isFinite(growth))),
  );
  const slides: [string, string] = [slidesName(model), slidesName(against)];
  const untuned = plan.penalties.filter(({ name, slides }) => slides && [model, against].includes(name));
  const bothSlides = untuned.length === 2 ? [slides] : [];
  const plainPairs = (plan.everyPenalty ? names : [model]).map((name): [string, string] => [name, plainName]);
  const pairs: [string, string][] = [[model, against], ...plainPairs, ...bothSlides];
  return {
    ...verdictOf(plan, primary),
    primary,
    others: [
      ...names
        .filter((name) => name !== against && name !== model)
        .map((name) => compare("riskTest", name, against)),
      ...names.map((name) => compare("riskTest", name, plainName)),
      ...bothSlides.map((pair) => compare("riskTest", ...pair)),
    ],
    outcomes: pairs.flatMap(([a, b]) => quantities.map((quantity) => compare(quantity, a, b))),
    complete: complete.map(({ name }) => name),
    missing: plan.cells.filter((cell) => !complete.includes(cell)).map(({ name }) => name),
    diverged: trainings.filter(({ status }) => status === "diverged"),
  };
}

/** The rule of the plan. */
export function verdictOf(
  { effect, level }: Pick<Plan, "effect" | "level">,
  { cells, ratio, p }: Pick<Comparison, "cells" | "ratio" | "p">,
): Pick<Answer, "verdict" | "better" | "worse"> {
  const sure = cells.filter(({ adjusted }) => adjusted < level);
  const better = sure.filter((cell) => cell.ratio.median! <= 1 - effect).map(({ cell }) => cell);
  const worse = sure.filter((cell) => cell.ratio.median! >= 1 / (1 - effect)).map(({ cell }) => cell);
  const overall = ratio.median !== null && ratio.median <= 1 - effect && p < level;
  if (overall && better.length > worse.length) return { verdict: "yes", better, worse };
  const some = cells.length > 0 && better.length >= cells.length / 4;
  return { verdict: some ? "in some cases" : "no", better, worse };
}

interface ChosenCell {
  readonly cell: string;
  readonly chosen: ReadonlyMap<string, Chosen>;
  /** Trainings by model, in the order of the initialisations. */
  readonly trainings: ReadonlyMap<string, readonly Training[]>;
}

function chooseIn(plan: Plan, cell: Cell, trainings: readonly Training[]): ChosenCell {
  const inOrder = [...trainings].sort((a, b) => a.trial - b.trial);
  const byModel = groupedBy(inOrder, ({ model }) => model);
  const validation = ({ model }: Candidate): number =>
    mean(byModel.get(model.name)!.map((training) => Math.log(riskOf(training, "riskValidation"))));
  const chosen = new Map<string, Chosen>();
  const choose = (name: string, { weight, model }: Candidate): void =>
    void chosen.set(name, { name, weight, model: model.name });
  for (const penalty of plan.penalties) {
    const candidates = candidatesOf(plan, cell, penalty);
    choose(plainName, candidates[0]!);
    choose(
      penalty.name,
      candidates.reduce((a, b) => (validation(b) < validation(a) ? b : a)),
    );
    const untuned = candidates.find(({ weight }) => weight === penalty.slides);
    if (untuned !== undefined) choose(slidesName(penalty.name), untuned);
  }
  return { cell: cell.name, chosen, trainings: byModel };
}

function riskOf(training: Training, quantity: "riskValidation" | "riskTest" | "riskTrain"): number {
  return training.status === "diverged" ? riskOfConstant : training[quantity];
}

function valueFor(training: Training, quantity: Quantity): number {
  if (quantity === "riskTest") return riskOf(training, "riskTest");
  if (training.status === "diverged") return Number.NaN;
  return quantity === "gap" ? training.riskTest - training.riskTrain : training[quantity];
}

function comparisonOf(
  all: readonly ChosenCell[],
  quantity: Quantity,
  model: string,
  against: string,
): Comparison {
  const found = all.flatMap(({ cell, chosen, trainings }) => {
    const [a, b] = [chosen.get(model), chosen.get(against)];
    if (a === undefined || b === undefined) return [];
    const others = trainings.get(b.model)!;
    const logs = trainings.get(a.model)!.map((training, trial) => {
      const [x, y] = [valueFor(training, quantity), valueFor(others[trial]!, quantity)];
      return x === y ? 0 : Math.log(x / y);
    });
    const known = logs.filter(Number.isFinite);
    if (known.length === 0) return [];
    return { cell, model: a, against: b, logs: estimateOf(known), p: signedRank(known).p };
  });
  const adjusted = holm(found.map(({ p }) => p));
  const medians = found.map(({ logs }) => logs.median!);
  return {
    quantity,
    model,
    against,
    ratio: raised(estimateOf(medians)),
    p: signedRank(medians).p,
    cells: found.map(({ logs, ...rest }, k) => ({ ...rest, ratio: raised(logs), adjusted: adjusted[k]! })),
  };
}

/** Converts logarithms to ratios. */
function raised({ count, median, quartiles, interval }: Estimate): Estimate {
  const of = (pair: Estimate["interval"]): Estimate["interval"] =>
    pair && { low: Math.exp(pair.low), high: Math.exp(pair.high) };
  return {
    count,
    median: median === null ? null : Math.exp(median),
    quartiles: of(quartiles),
    interval: of(interval),
  };
}
