import { counted } from "@stiffnet/base";
import { kernelsName, type Trajectory } from "@stiffnet/core";
import { tableOf } from "@stiffnet/report";
import { type Line, lineChart } from "@stiffnet/report/charts";
import { above, formatNumber, listOf, row, seeded, whole } from "@stiffnet/terminal";
import { experimentCommand } from "@stiffnet/trials";
import {
  type Learnt,
  type LearntCurves,
  learn,
  logTimes,
  robertson,
  scalingNames,
  species,
} from "./learn.ts";

/** A species is followed where the mean error is below this part of its range. */
const followed = 0.1;

export const stiffNode = experimentCommand("stiff-node", {
  help: `Model "scaled" divides the equation of each species by its own time scale, and loss and inputs by its range. Model "paper"
follows Kim et al. (2021): it divides the equation by the length of the data and the loss by the range. Model "unscaled" divides
by neither.

Examples:
  $ stiffnet-bench stiff-node
  $ stiffnet-bench stiff-node --models scaled,paper,unscaled --epochs 3000
  $ stiffnet-bench stiff-node --models scaled --times 50 --seed 7 --json`,
  options: {
    models: row("<list>", "models to compare", listOf(scalingNames), ["scaled", "unscaled"]),
    epochs: row("<n>", "passes over the data, for each model", whole(1), 1500),
    times: row("<n>", "number of times in the data, from 1e-5 to 1e5", whole(3, 1000), 21),
    width: row("<n>", "units in each hidden layer", whole(1, 256), 5),
    layers: row("<n>", "number of hidden layers", whole(1, 64), 6),
    rate: row("<x>", "learning rate of Adam", above(0), 5e-3),
    ...seeded,
  },
  settings: (options) => ({ ...options, models: [...new Set(options.models)] }),
  engine: kernelsName,
  async compute(config, watch) {
    const fine = robertson(logTimes(121));
    const models: Learnt[] = [];
    const curves: LearntCurves[] = [];
    const total = config.models.length * config.epochs;
    for (const [k, scaling] of config.models.entries()) {
      if (await watch.interrupted()) break;
      const { signal } = watch;
      const found = await learn(
        scaling,
        config,
        {
          signal,
          onEpoch({ epoch, loss }) {
            const details = [scaling, `loss ${loss.toPrecision(2)}`];
            watch.progress({ done: k * config.epochs + epoch, total, details });
          },
        },
        fine,
      );
      models.push(found.learnt);
      curves.push(found.curves);
    }
    return { result: { models }, drawn: { fine, curves } };
  },
  digested: ({ models }) => models.map(({ scaling, digest }) => [scaling, digest]),
  present: ({ config, models }, { fine, curves }) => ({
    title: "Can a neural ODE learn a stiff system from data?",
    lead: models.flatMap(({ scaling, errors, status, reason }) => {
      const lost = species.filter((_, i) => !((errors[i] ?? Number.POSITIVE_INFINITY) < followed));
      const verdict =
        lost.length === 0 ? "follows all three species" : `does not follow ${lost.join(" and ")}`;
      return [
        `The ${scaling} model ${verdict} (a mean error below ${followed} of the range).`,
        ...(status === "finished" ? [] : [`The ${scaling} model's training ${status}: ${reason}.`]),
      ];
    }),
    tables: [
      tableOf(
        {
          name: "errors",
          caption: `Mean absolute error at 121 times over ten decades, relative to the range of each species, after ${counted(config.epochs, "epoch")} on ${counted(config.times, "time")}. A dash: the learnt system could not be solved.`,
        },
        models,
        [
          ["model", ({ scaling, status }) => (status === "finished" ? scaling : `${scaling} (${status})`)],
          ["best epoch", ({ epoch }) => String(epoch)],
          ...species.map((name, i) => [name, ({ errors }: Learnt) => formatNumber(errors[i])] as const),
        ],
      ),
    ],
    figures: [
      {
        title: "The species over time",
        caption:
          "Robertson's problem and the learnt systems from the same start, against time (logarithmic). Each panel shows one and a half times the range of its species; lines are cut there.",
        panels: species.map((name, i) => {
          const truth = along(fine, fine.states, i);
          const high = Math.max(...truth.map(({ y }) => y));
          const learnt = curves.map(({ scaling, states }) => ({
            name: scaling,
            points: along(fine, states, i),
          }));
          return lineChart([{ name: "Robertson", points: truth }, ...learnt], {
            name: `species-${name}`,
            title: `${name} over time`,
            width: 440,
            height: 280,
            x: { label: "time t", logarithmic: true },
            y: { label: `concentration ${name}`, domain: [-0.25 * high, 1.25 * high] },
          });
        }),
      },
    ],
  }),
  failed: ({ models }) => models.some(({ status }) => status !== "finished"),
});

function along({ times }: Trajectory, states: ArrayLike<number>, component: number): Line["points"] {
  return Array.from(times, (x, k) => ({ x, y: states[k * species.length + component]! }));
}
