import { median, type NamedTable } from "@stiffnet/report";
import { above, formatNumber, listOf, row, seeded, whole } from "@stiffnet/terminal";
import type { ConfigOf } from "@stiffnet/trials";
import { type CrossingModel, crossingModels } from "./models.ts";

export const crossingOptions = {
  models: row("<list>", `some of ${crossingModels.join(", ")}`, listOf(crossingModels), [...crossingModels]),
  trials: row("<n>", "initialisations of each", whole(1, 1000), 5),
  epochs: row("<n>", "epochs", whole(1), 600),
  horizon: row("<x>", "T; tanh bounds the speed by 1 and paths are up to 2 long", above(0), 6),
  layers: row("<n>", "layers of the ResNet: few, so that its steps are large", whole(1, 1024), 5),
  steps: row("<n>", "steps of the neural ODEs (rk4)", whole(1, 1024), 30),
  samples: row("<n>", "samples of [-1, 1]", whole(2, 10_000), 40),
  rate: row("<x>", "Adam's initial rate", above(0), 0.02),
  ...seeded,
};

export type CrossingConfig = ConfigOf<"crossing", typeof crossingOptions>;

export interface CrossingRun {
  readonly model: CrossingModel;
  readonly trial: number;
  readonly status: string;
  /** Root mean square of x(T) + x(0) over the samples, in the last epoch. */
  readonly risk: number;
  /** Fraction of pairs whose order is turned at T. */
  readonly turned: number;
  /** The least 1 + alpha W of its layers; null but for the ResNet. */
  readonly leastSlope: number | null;
  readonly digest: string;
}

export interface CrossingResult {
  readonly runs: readonly CrossingRun[];
  /** Of y = 0, the best map that keeps the order. */
  readonly bestWithoutCrossing: number;
}

export function crossingTables({ runs }: CrossingResult, config: CrossingConfig): NamedTable[] {
  return [
    {
      name: "models",
      caption: `Errors after ${config.epochs} epochs over ${config.trials} initialisations. Turned: pairs of samples that end in opposite order. Least slope: of a layer x + alpha s(W x + b); below 0 it can turn the order of two samples.`,
      header: ["model", "median error", "smallest", "largest", "turned", "least slope"],
      rows: config.models.map((model) => {
        const own = runs.filter((run) => run.model === model);
        const risks = own.map(({ risk }) => risk);
        const slopes = own.flatMap(({ leastSlope }) => leastSlope ?? []);
        return [
          model,
          ...[median(risks), Math.min(...risks), Math.max(...risks)].map((risk) => formatNumber(risk)),
          formatNumber(median(own.map(({ turned }) => turned))),
          slopes.length > 0 ? formatNumber(median(slopes)) : "",
        ];
      }),
    },
  ];
}

/** What each model did, against what a map without crossing can do. */
export function crossingSentences(
  { runs, bestWithoutCrossing: best }: CrossingResult,
  { models, horizon, layers }: CrossingConfig,
): string[] {
  const sentences = models.map((model) => {
    const own = runs.filter((run) => run.model === model);
    const learnt = own.filter(({ risk }) => risk < best / 2).length;
    const middle = formatNumber(median(own.map(({ risk }) => risk)));
    const share =
      learnt === own.length ? "each time" : learnt === 0 ? "never" : `${learnt} times of ${own.length}`;
    const how = {
      "neural ODE": `In one dimension the neural ODE learns x -> -x ${share}`,
      augmented: `With one more dimension it is learnt ${share}`,
      ResNet: `The ResNet of ${layers} layers, steps of ${formatNumber(horizon / layers)}, learns it ${share}`,
    }[model];
    const slopes = own.flatMap(({ leastSlope }) => leastSlope ?? []);
    const why =
      slopes.length === 0
        ? ""
        : Math.max(...slopes) < 0
          ? `; in every trial a layer has a slope below 0 (median of the least ${formatNumber(median(slopes))}), and steps over other paths`
          : `; the least slope of its layers is ${formatNumber(median(slopes))}, and paths cross only where it is below 0`;
    const turned = median(own.map((run) => run.turned));
    return `${how} (median error ${middle}, pairs turned ${formatNumber(100 * turned)} %)${why}.`;
  });
  return [
    ...sentences,
    `Learnt is an error below half of ${formatNumber(best)}, that of y = 0: no map that keeps the order of the samples is closer.`,
  ];
}
