import { counted } from "@stiffnet/base";
import { type Estimate, markdownOf, type NamedTable, tableOf } from "@stiffnet/report";
import { formatDuration, formatNumber, formatPercent, formatScientific } from "@stiffnet/terminal";
import { intervalText } from "../study/tables.ts";
import { type Answer, type CellComparison, type Comparison, compared, type Quantity } from "./answer.ts";
import { type Plan, plainName, planDigest } from "./plan.ts";
import type { Training } from "./trainings.ts";

function formatWeight(weight: number): string {
  return weight === 0 ? "none" : weight >= 0.01 ? String(weight) : weight.toExponential();
}

/** The answer in one paragraph. */
export function verdictSentence(plan: Plan, answer: Answer): string {
  const { verdict, primary, better, worse, complete } = answer;
  if (complete.length === 0) return "No cell of the plan is complete: there is no answer yet.";
  const word = { yes: "Yes", no: "No", "in some cases": "In some cases" }[verdict];
  const effect = formatPercent(plan.effect);
  return `**${word}.** The test error with tuned ${primary.model} is ${inWords(primary.ratio)} times that with tuned ${primary.against}. This is the median of ${counted(complete.length, "cell")}, with p = ${formatScientific(primary.p)} by signed ranks. After correction it is at least ${effect} better in ${counted(better.length, "cell")}${listed(better)}. It is at least ${effect} worse in ${worse.length}${listed(worse)}.`;
}

/** What follows the answer, whatever it is: against no penalty, and what else the penalty changed. */
function besides(answer: Answer, { primary: { model, against }, level }: Plan): string {
  if (answer.complete.length === 0) return "";
  const all = [answer.primary, ...answer.others, ...answer.outcomes];
  const of = (quantity: Quantity, a: string, b: string): Comparison =>
    all.find((one) => one.quantity === quantity && one.model === a && one.against === b)!;
  const times = (quantity: Quantity): string => formatNumber(of(quantity, model, against).ratio.median);
  const alone = (name: string): string => {
    const comparison = of("riskTest", name, plainName);
    const [lower, higher] = [true, false].map((below) => surely(comparison.cells, below, level));
    return `${formatNumber(comparison.ratio.median)} (surely lower in ${counted(lower!, "cell")}, surely higher in ${higher})`;
  };
  return `Divided by the test error without a penalty, tuned ${model} has ${alone(model)}. Tuned ${against} has ${alone(against)}. The networks with ${model} have ${times("stiffness")} times the spectral radius of networks with ${against}. Their test error, also as a ratio, is ${times("coarse")} with half the steps and ${times("float16")} with float16 weights. It is ${times("noisy")} with noisy inputs and ${times("outside")} outside the training box. All are medians of the cells.`;
}

function surely(cells: Comparison["cells"], below: boolean, level: number): number {
  return cells.filter(({ adjusted, ratio }) => adjusted < level && ratio.median! < 1 === below).length;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "" : ` (${names.join(", ")})`;
}

function inWords({ median, interval }: Estimate): string {
  if (interval === null) return formatNumber(median);
  return `${formatNumber(median)} (95 %: ${intervalText(interval)})`;
}

/** results.md: a function of the plan and the trainings. */
export function resultsPage(plan: Plan, answer: Answer, trainings: readonly Training[]): string {
  const { missing, diverged } = answer;
  return `${[
    "# Does a stiffness penalty make better surrogates?",
    `${verdictSentence(plan, answer)} ${besides(answer, plan)}`,
    `![Ratio of test errors in every cell](answer.svg)`,
    `_Medians of the pairs of every cell, and of the cells. Filled marks are sure after correction. The grey band is within ${formatPercent(plan.effect)}._`,
    `The rule is in [plan.md](plan.md), configuration \`${planDigest(plan)}\`. Every training is a line of [trainings.csv](trainings.csv). A cell is one choice of data, size and network. Ratios are medians over ${plan.initialisations} pairs of the same initialisation, with bootstrap intervals at 95 %. Values of p are by Wilcoxon's signed ranks, corrected over the cells by Holm. "Surely" lower or higher means a corrected p below ${plan.level}.`,
    missing.length === 0 ? "" : `Not complete, and in nothing here: ${missing.join(", ")}.`,
    divergedSentence(diverged),
    "## The primary comparison",
    markdownOf(primaryTable(answer.primary)),
    "## The other penalties",
    markdownOf(overallTable("Test error, over the cells.", answer.others, plan)),
    "## The other outcomes",
    markdownOf(overallTable("Ratios over the cells.", answer.outcomes, plan)),
    "## Cost",
    costSentence(plan, trainings),
  ]
    .filter((part) => part !== "")
    .map((part) => part.trimEnd())
    .join("\n\n")}\n`;
}

function divergedSentence(diverged: readonly Training[]): string {
  if (diverged.length === 0) return "No training diverged.";
  const names = diverged.map(({ cell, model, trial }) => `${cell}: ${model}, initialisation ${trial}`);
  return `${counted(diverged.length, "training")} diverged and ${diverged.length === 1 ? "counts" : "count"} with the test error of a constant, which is 1: ${names.slice(0, 30).join("; ")}${names.length > 30 ? "; and more in trainings.csv" : ""}.`;
}

export function primaryTable({ model, against, cells }: Comparison): NamedTable {
  const caption = `Test error of ${model} over that of ${against}, each with the weight of the smallest validation error.`;
  return tableOf<CellComparison>({ name: "primary", caption }, cells, [
    ["cell", ({ cell }) => cell],
    [`weight, ${model}`, (row) => formatWeight(row.model.weight)],
    [`weight, ${against}`, (row) => formatWeight(row.against.weight)],
    ["ratio", ({ ratio }) => formatNumber(ratio.median)],
    ["95 %", ({ ratio }) => intervalText(ratio.interval)],
    ["p", ({ p }) => formatScientific(p)],
    ["corrected", ({ adjusted }) => formatScientific(adjusted)],
  ]);
}

function overallTable(caption: string, rows: readonly Comparison[], { level }: Plan): NamedTable {
  return tableOf({ name: "overall", caption }, rows, [
    ["model", ({ model }) => model],
    ["against", ({ against }) => against],
    ["quantity", ({ quantity }) => compared[quantity]],
    ["cells", ({ cells }) => String(cells.length)],
    ["ratio", ({ ratio }) => formatNumber(ratio.median)],
    ["95 %", ({ ratio }) => intervalText(ratio.interval)],
    ["p", ({ p }) => formatScientific(p)],
    ["surely lower", ({ cells }) => String(surely(cells, true, level))],
    ["surely higher", ({ cells }) => String(surely(cells, false, level))],
  ]);
}

/** A penalised step over a plain step in Hudson et al. (2022): 1,848,662 s / 17,903 s. */
const slidesFactor = 103;

/** In plain steps of the same cell, which other work on the machine slows down as much. */
function costSentence(plan: Plan, trainings: readonly Training[]): string {
  const sumOf = (some: readonly Training[], of: "seconds" | "steps"): number =>
    some.reduce((total, one) => total + one[of], 0);
  let [plain, slides] = [0, 0];
  for (const cell of plan.cells) {
    const own = trainings.filter((training) => training.cell === cell.name);
    if (own.length === 0) continue;
    const unpenalised = own.filter(({ model }) => model === plainName);
    const plainStep = sumOf(unpenalised, "seconds") / sumOf(unpenalised, "steps");
    const stiff = own.filter(({ model }) => model.startsWith("stiff "));
    plain += sumOf(own, "seconds") / plainStep;
    slides += (sumOf(own, "seconds") - sumOf(stiff, "seconds")) / plainStep;
    slides += slidesFactor * sumOf(stiff, "steps");
  }
  const seconds = sumOf(trainings, "seconds");
  const millions = formatNumber(sumOf(trainings, "steps") / 1e6);
  return `${trainings.length} trainings of ${millions} million steps took ${formatNumber(seconds / 3600)} core hours (${formatDuration(seconds)} of processor time) on a busy machine. That is the time of ${formatNumber(plain / 1e6)} million plain steps. In Hudson et al. (2022) a penalised step takes ${slidesFactor} plain steps. At that price it would have been ${formatNumber(slides / 1e6)} million, ${formatNumber(slides / plain)} times as much.`;
}
