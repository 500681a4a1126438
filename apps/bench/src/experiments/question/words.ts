import { formatDuration, formatNumber, formatPercent, formatScientific } from "../../format.ts";
import { markdownOf, type NamedTable, tableOf } from "../../report/table.ts";
import type { Estimate } from "../study/estimate.ts";
import { type Answer, type CellComparison, type Comparison, compared } from "./answer.ts";
import { type Cell, modelOf, type Plan, plainName, planDigest } from "./plan.ts";
import type { Training } from "./trainings.ts";

/** The plan's cells, for plan.md. */
export function cellsTable({ cells }: Plan): NamedTable {
  return tableOf({ name: "cells", caption: "The cells, in the order in which they are run." }, cells, [
    ["cell", ({ name }) => name],
    ["data", ({ data }) => dataWords(data)],
    [
      "training rows",
      ({ data }) => ("train" in data ? String(data.train) : `${formatPercent(1 - data.test)} of its rows`),
    ],
    ["noise", ({ data }) => String(("noise" in data && data.noise) || 0)],
    ["width", ({ network }) => String(network.width)],
    ["depth", ({ network }) => String(network.depth)],
    ["horizon", ({ network }) => String(network.horizon)],
    ["epochs", ({ training }) => String(training.epochs)],
    ["batch", ({ training }) => String(training.batchSize)],
  ]);
}

function dataWords(data: Cell["data"]): string {
  if (data.kind === "table") return data.file;
  return data.kind === "dalec" ? `DALEC ${data.ensemble}` : data.name;
}

export function penaltiesTable({ penalties, weights }: Plan): NamedTable {
  const listed = weights.map((weight) => formatWeight(weight)).join(", ");
  return tableOf({ name: "penalties", caption: `Penalties, each with the weights ${listed}.` }, penalties, [
    ["penalty", ({ name }) => name],
    ["of", ({ kind }) => kind],
    ["over the layers", ({ aggregate }) => aggregate ?? ""],
    ["slides' weight", ({ slides }) => (slides === undefined ? "" : formatWeight(slides))],
  ]);
}

function formatWeight(weight: number): string {
  return weight === 0 ? "none" : weight >= 0.01 ? String(weight) : weight.toExponential();
}

/** The answer in one paragraph. */
export function verdictSentence(plan: Plan, answer: Answer): string {
  const { verdict, primary, better, worse, complete } = answer;
  if (complete.length === 0) return "No cell of the plan is complete: there is no answer yet.";
  const word = { yes: "Yes", no: "No", "in some cases": "In some cases" }[verdict];
  const than = `${primary.model} / ${primary.against}`;
  return `**${word}.** Over ${complete.length} cells the tuned ${primary.model} penalty has ${inWords(primary.ratio)} times the test risk of tuned ${primary.against} (${than}, median of the cells; p = ${formatScientific(primary.p)} by signed ranks of the cells). At least ${formatPercent(plan.effect)} better after correction in ${better.length} ${cellsWord(better.length)}${listed(better)}, at least as much worse in ${worse.length}${listed(worse)}.`;
}

function cellsWord(count: number): string {
  return count === 1 ? "cell" : "cells";
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "" : ` (${names.join(", ")})`;
}

function inWords({ median, interval }: Estimate): string {
  if (interval === null) return formatNumber(median);
  return `${formatNumber(median)} (95 %: ${formatNumber(interval.low)} to ${formatNumber(interval.high)})`;
}

/** results.md: a function of the plan, the trainings and the steps of each cell. */
export function resultsPage(
  plan: Plan,
  answer: Answer,
  trainings: readonly Training[],
  steps: Readonly<Record<string, number>>,
): string {
  const { missing, diverged } = answer;
  return `${[
    "# Does a stiffness penalty make better surrogates?",
    verdictSentence(plan, answer),
    `![Ratio of test risks in every cell](answer.svg)`,
    `By the rule of [plan.md](plan.md), configuration \`${planDigest(plan)}\`; every training is a line of [trainings.csv](trainings.csv). Ratios are medians over ${plan.initialisations} pairs of one initialisation, with bootstrap intervals at 95 %; p by Wilcoxon's signed ranks, corrected over the cells by Holm.`,
    missing.length === 0 ? "" : `Not complete, and in nothing here: ${missing.join(", ")}.`,
    divergedSentence(diverged),
    "## The primary comparison",
    markdownOf(primaryTable(answer.primary)),
    "## The other penalties",
    markdownOf(overallTable("Test risk, over the cells.", answer.others, plan)),
    "## The other outcomes",
    markdownOf(overallTable("Ratios over the cells.", answer.outcomes, plan)),
    "## Cost",
    costSentence(plan, trainings, steps),
  ]
    .filter((part) => part !== "")
    .map((part) => part.trimEnd())
    .join("\n\n")}\n`;
}

function divergedSentence(diverged: readonly Training[]): string {
  if (diverged.length === 0) return "No training diverged.";
  const names = diverged.map(({ cell, model, trial }) => `${cell}: ${model}, initialisation ${trial}`);
  return `${diverged.length} trainings diverged and count with the risk of a constant, 1: ${names.slice(0, 30).join("; ")}${names.length > 30 ? "; and more in trainings.csv" : ""}.`;
}

function primaryTable({ model, against, cells }: Comparison): NamedTable {
  const caption = `Test risk of ${model} over that of ${against}, each with the weight of its least validation risk.`;
  return tableOf<CellComparison>({ name: "primary", caption }, cells, [
    ["cell", ({ cell }) => cell],
    [`weight, ${model}`, (row) => formatWeight(row.model.weight)],
    [`weight, ${against}`, (row) => formatWeight(row.against.weight)],
    ["ratio", ({ ratio }) => formatNumber(ratio.median)],
    ["95 %", ({ ratio }) => intervalOf(ratio)],
    ["p", ({ p }) => formatScientific(p)],
    ["corrected", ({ adjusted }) => formatScientific(adjusted)],
  ]);
}

function intervalOf({ interval }: Estimate): string {
  return interval === null ? "–" : `${formatNumber(interval.low)} to ${formatNumber(interval.high)}`;
}

function overallTable(caption: string, rows: readonly Comparison[], { level }: Plan): NamedTable {
  const surely = (cells: Comparison["cells"], below: boolean): string =>
    String(cells.filter(({ adjusted, ratio }) => adjusted < level && ratio.median! < 1 === below).length);
  return tableOf({ name: "overall", caption }, rows, [
    ["model", ({ model }) => model],
    ["against", ({ against }) => against],
    ["quantity", ({ quantity }) => compared[quantity]],
    ["cells", ({ cells }) => String(cells.length)],
    ["ratio", ({ ratio }) => formatNumber(ratio.median)],
    ["95 %", ({ ratio }) => intervalOf(ratio)],
    ["p", ({ p }) => formatScientific(p)],
    ["surely lower", ({ cells }) => surely(cells, true)],
    ["surely higher", ({ cells }) => surely(cells, false)],
  ]);
}

/** What a penalised step of the slides took, in plain ones: 1,848,662 s / 17,903 s. */
const slidesFactor = 103;

/** In plain steps of the same cell, which other work on the machine slows down as much. */
function costSentence(
  plan: Plan,
  trainings: readonly Training[],
  steps: Readonly<Record<string, number>>,
): string {
  let [seconds, all, plain, slides] = [0, 0, 0, 0];
  for (const cell of plan.cells) {
    const own = trainings.filter((training) => training.cell === cell.name);
    const each = steps[cell.name];
    if (own.length === 0 || each === undefined) continue;
    const stiff = new Set(
      plan.penalties
        .filter(({ kind }) => kind === "stiff")
        .flatMap((penalty) => plan.weights.map((weight) => modelOf(plan, cell, penalty, weight).name)),
    );
    const sum = (some: readonly Training[]): number => some.reduce((total, one) => total + one.seconds, 0);
    const unpenalised = own.filter(({ model }) => model === plainName);
    const plainStep = sum(unpenalised) / (unpenalised.length * each);
    const ofStiff = own.filter(({ model }) => stiff.has(model));
    seconds += sum(own);
    all += each * own.length;
    plain += sum(own) / plainStep;
    slides +=
      sum(own.filter(({ model }) => !stiff.has(model))) / plainStep + slidesFactor * each * ofStiff.length;
  }
  return `${trainings.length} trainings of ${formatNumber(all / 1e6)} million steps took ${formatNumber(seconds / 3600)} core hours (${formatDuration(seconds)} of processor time, other work beside it): as much as ${formatNumber(plain / 1e6)} million plain steps. With the slides' method, ${slidesFactor} plain steps a step with a stiffness penalty, it would have been ${formatNumber(slides / 1e6)} million, ${formatNumber(slides / plain)} times as much.`;
}
