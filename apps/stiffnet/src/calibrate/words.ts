import { counted } from "@stiffnet/base";
import { cellOf, type TableColumn } from "@stiffnet/preparation";
import { type NamedTable, tableOf } from "@stiffnet/report";
import { formatNumber, formatPercent } from "@stiffnet/terminal";
import type { ExperimentConfig } from "@stiffnet/trials";
import type { Diagnostics, Predicted } from "@stiffnet/uncertainty";
import type { ObservedOutput } from "./observations.ts";
import type { InputPrior } from "./priors.ts";

export interface CalibrateConfig extends ExperimentConfig<"calibrate"> {
  /** SHA-256 of the model's file. */
  readonly model: string;
  readonly seed: number;
  readonly warmup: number;
  readonly draws: number;
  readonly chains: number;
  readonly observations: readonly ObservedOutput[];
  readonly priors: readonly InputPrior[];
}

/** The posterior of one input that varies. */
export interface CalibratedInput extends Diagnostics {
  readonly name: string;
  readonly mean: number;
  readonly deviation: number;
  /** Ends of the 90 % interval, and its middle. */
  readonly low: number;
  readonly median: number;
  readonly high: number;
  /** Its deviation over the prior's: near 1 where the observations say nothing. */
  readonly left: number;
  /** Ends of the training range that more than a usual part of the draws crowds at. */
  readonly leans: readonly ("low" | "high")[];
}

export interface CalibrateResult {
  readonly inputs: readonly CalibratedInput[];
  readonly outputs: readonly (ObservedOutput & Predicted)[];
  readonly divergences: number;
  readonly deepest: number;
  readonly evaluations: number;
  readonly samples: string;
}

/** Parts of the prior's deviation: observations that leave less than the first determine an input, those that
 *  leave less than the second narrow it. */
const bounds = { determined: 0.5, narrowed: 0.9 };
/** Largest R-hat of chains that agree. */
const agreement = 1.01;

export const disagrees = ({ inputs }: CalibrateResult): boolean =>
  inputs.some(({ rHat }) => !(rHat <= agreement));

export const leftSorted = (inputs: readonly CalibratedInput[]): CalibratedInput[] =>
  [...inputs].sort((a, b) => a.left - b.left);

/** Which inputs the observations determine, where the posterior leans on the box, what is not explained, and
 *  whether the draws can be trusted. */
export function calibrateSentences(
  result: CalibrateResult,
  config: CalibrateConfig,
  columns: readonly TableColumn[],
): string[] {
  const { inputs, outputs } = result;
  const sorted = leftSorted(inputs);
  const named = (of: readonly { readonly name: string }[]) => listed(of.map(({ name }) => name));
  const determined = sorted.filter(({ left }) => left <= bounds.determined);
  const narrowed = sorted.filter(({ left }) => left > bounds.determined && left <= bounds.narrowed);
  const silent = sorted.filter(({ left }) => left > bounds.narrowed);
  const parts = [
    ...(determined.length > 0 ? [`determine ${named(determined)}`] : []),
    ...(narrowed.length > 0 ? [`narrow ${named(narrowed)}`] : []),
    ...(silent.length > 0 ? [`say little about ${named(silent)}`] : []),
  ];
  const leaning = inputs.flatMap(({ name, leans }) => leans.map((end) => `${name} (${end} end)`));
  const unexplained = outputs.filter(({ below }) => below < 0.005 || below > 0.995);
  const poor = outputs.filter(({ own, error }) => own > 2 * error);
  const lows = Float64Array.from(config.priors, ({ low }) => low);
  const held = columns
    .filter(({ first }) => lows[first] === config.priors[first]!.high)
    .map(
      (column) =>
        `${column.name} at ${column.values ? cellOf(column, lows) : formatNumber(lows[column.first])}`,
    );
  const cut = config.priors.filter((prior) => prior.cut);
  return [
    `The observations ${parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts[0]}.`,
    leaning.length > 0
      ? `The posterior is crowded at the edge of the training range of ${listed(leaning)}. The true value may lie outside, where the model was not trained.`
      : "The posterior stays away from the edges of the training ranges.",
    ...unexplained.map(
      ({ name, value, low, high }) =>
        `No inputs within the priors explain ${name}: ${formatNumber(value)} was observed, but 90 % of such observations would lie between ${formatNumber(low)} and ${formatNumber(high)}.`,
    ),
    ...(poor.length > 0
      ? [
          `For ${named(poor)}, the error of the model is more than twice the error of the observation. A better model would tell more.`,
        ]
      : []),
    ...(held.length > 0 ? [`Held fixed: ${listed(held)}.`] : []),
    ...(cut.length > 0 ? [`These priors are cut to the training range: ${named(cut)}.`] : []),
    trust(result),
  ];
}

function trust({ inputs, divergences }: CalibrateResult): string {
  const rHat = Math.max(...inputs.map((input) => input.rHat));
  const least = Math.min(...inputs.flatMap(({ bulk, tail }) => [bulk, tail]));
  const numbers = `R-hat up to ${rHat.toFixed(3)}, ${formatNumber(least)} or more effective draws, ${counted(divergences, "divergence")}`;
  if (!(rHat <= agreement))
    return `The chains do not agree (${numbers}): more --warmup and --draws may help.`;
  if (divergences > 0)
    return `The chains agree, but some draws diverged (${numbers}): a corner of the posterior may be missed.`;
  return `The chains agree (${numbers}).`;
}

function listed(names: readonly string[]): string {
  const most = 12;
  if (names.length > most) return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join("");
}

export function inputsTable(
  { inputs }: Pick<CalibrateResult, "inputs">,
  config: CalibrateConfig,
): NamedTable {
  const caption =
    "The inputs, best determined first, with the median and the 90 % interval of the posterior. Column 'left' is the deviation of the posterior as a share of that of the prior. R-hat near 1 means that the chains agree. Columns 'bulk' and 'tail' are effective numbers of draws.";
  const prior = (name: string) => priorText(config.priors.find((one) => one.name === name)!);
  return tableOf({ name: "inputs", caption }, leftSorted(inputs), [
    ["input", ({ name }) => name],
    ["prior", ({ name }) => prior(name)],
    ["median", ({ median }) => formatNumber(median)],
    ["5 %", ({ low }) => formatNumber(low)],
    ["95 %", ({ high }) => formatNumber(high)],
    ["left", ({ left }) => formatPercent(left)],
    ["R-hat", ({ rHat }) => rHat.toFixed(3)],
    ["bulk", ({ bulk }) => bulk.toFixed(0)],
    ["tail", ({ tail }) => tail.toFixed(0)],
  ]);
}

export function priorText({ low, high, distribution }: InputPrior): string {
  const range = `${formatNumber(low)} to ${formatNumber(high)}`;
  switch (distribution.kind) {
    case "uniform":
      return range;
    case "logUniform":
      return `log ${range}`;
    default: {
      const { kind, mean, deviation } = distribution;
      return `${kind === "normal" ? "normal" : "lognormal"} ${formatNumber(mean)} ± ${formatNumber(deviation)}`;
    }
  }
}

export function outputsTable({ outputs }: Pick<CalibrateResult, "outputs">): NamedTable {
  const caption =
    "The observations and their errors, the error of the model, and the median and the 90 % interval of a repeated observation according to the posterior. Column 'below' is the share of repeated observations below the observed value.";
  return tableOf({ name: "outputs", caption }, outputs, [
    ["output", ({ name }) => name],
    ["observed", ({ value }) => formatNumber(value)],
    ["error", ({ error }) => formatNumber(error)],
    ["model error", ({ own }) => formatNumber(own)],
    ["median", ({ median }) => formatNumber(median)],
    ["5 %", ({ low }) => formatNumber(low)],
    ["95 %", ({ high }) => formatNumber(high)],
    ["below", ({ below }) => formatPercent(below)],
  ]);
}
