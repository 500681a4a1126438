import type { NamedTable } from "@stiffnet/report";
import { above, formatNumber, listOf, row, seeded, whole } from "@stiffnet/terminal";
import type { ConfigOf } from "@stiffnet/trials";
import { type Learnt, scalingNames, species } from "./learn.ts";

export const stiffNodeOptions = {
  models: row("<list>", `some of ${scalingNames.join(", ")}`, listOf(scalingNames), ["scaled", "unscaled"]),
  epochs: row("<n>", "epochs of each", whole(1), 1500),
  times: row("<n>", "times of the data, from 1e-5 to 1e5", whole(3, 1000), 21),
  width: row("<n>", "width of the network's hidden layers", whole(1, 256), 5),
  layers: row("<n>", "hidden layers, tanh", whole(1, 64), 6),
  rate: row("<x>", "Adam's rate", above(0), 5e-3),
  ...seeded,
};

export type StiffNodeConfig = ConfigOf<"stiff-node", typeof stiffNodeOptions>;

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
