import { kernelsName } from "@stiffnet/core";
import type { Experiment } from "@stiffnet/trials";
import { type StiffNodeDrawn, stiffNodeFigures } from "./figures.ts";
import { type Learnt, type LearntCurves, learn, logTimes, robertson } from "./learn.ts";
import { type StiffNodeConfig, type StiffNodeResult, stiffNodeSentences, stiffNodeTables } from "./words.ts";

export const stiffNodeExperiment: Experiment<StiffNodeConfig, StiffNodeResult, StiffNodeDrawn> = {
  engine: kernelsName,
  async compute(config, watch) {
    const fine = robertson(logTimes(121));
    const models: Learnt[] = [];
    const curves: LearntCurves[] = [];
    const total = config.models.length * config.epochs;
    for (const [k, scaling] of config.models.entries()) {
      if (await watch.interrupted()) break;
      const found = await learn(
        scaling,
        config,
        {
          signal: watch.signal,
          onEpoch: ({ epoch, loss }) =>
            watch.progress({
              done: k * config.epochs + epoch,
              total,
              details: [scaling, `loss ${loss.toPrecision(2)}`],
            }),
        },
        fine,
      );
      models.push(found.learnt);
      curves.push(found.curves);
    }
    return { result: { models }, drawn: { fine, data: robertson(logTimes(config.times)), curves } };
  },
  digested: ({ models }) => models.map(({ scaling, digest }) => [scaling, digest]),
  present: (summary, drawn) => ({
    title: "A stiff system learnt from data",
    lead: stiffNodeSentences(summary),
    tables: stiffNodeTables(summary, summary.config),
    figures: stiffNodeFigures(drawn),
  }),
  failed: ({ models }) => models.some(({ status }) => status !== "finished"),
};
