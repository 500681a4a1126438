import { formatNumber } from "../../format.ts";
import type { NamedTable } from "../../report/table.ts";
import type { ExperimentConfig } from "../run-experiment.ts";
import { type Learnt, type StiffNodeSettings, species } from "./learn.ts";
import type { ScalingName } from "./scalings.ts";

export interface StiffNodeConfig extends StiffNodeSettings, ExperimentConfig<"stiff-node"> {
  readonly seed: number;
  readonly models: readonly ScalingName[];
}

export interface StiffNodeResult {
  readonly models: readonly Learnt[];
}

export function stiffNodeTables({ models }: StiffNodeResult, config: StiffNodeConfig): NamedTable[] {
  return [
    {
      name: "errors",
      caption: `Mean distance from Robertson's problem at 121 times over ten decades, over the range of each species, after ${config.epochs} epochs on ${config.times} times. A dash: the learnt system could not be solved.`,
      header: ["model", "best epoch", ...species],
      rows: models.map(({ scaling, epoch, errors, status }) => [
        status === "finished" ? scaling : `${scaling} (${status})`,
        String(epoch),
        ...errors.map((error) => formatNumber(error)),
      ]),
    },
  ];
}

/** A species is followed where the mean error is below this part of its range. */
const followed = 0.1;

export function stiffNodeSentences({ models }: StiffNodeResult): string[] {
  return models.flatMap(({ scaling, errors, status, reason }) => {
    const lost = species.filter((_, i) => !((errors[i] ?? Number.POSITIVE_INFINITY) < followed));
    const list = species.map((name, i) => `${name} ${formatNumber(errors[i])}`).join(", ");
    const verdict = lost.length === 0 ? "follows all three species" : `does not follow ${lost.join(" and ")}`;
    return [
      `The ${scaling} model ${verdict}: mean errors over the range ${list} (followed is below ${followed}).`,
      ...(status === "finished" ? [] : [`The ${scaling} model's training ${status}: ${reason}.`]),
    ];
  });
}
