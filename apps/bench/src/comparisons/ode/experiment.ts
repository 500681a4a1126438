import type { Experiment } from "@stiffnet/trials";
import { odeFigures } from "./figures.ts";
import { measurePrecision } from "./measure.ts";
import { gatherPeers } from "./peers.ts";
import { comparePrecision, ownWork } from "./precision.ts";
import { odeCases } from "./problems.ts";
import { type OdeConfig, type OdeResult, odeSentences, odeTables } from "./words.ts";

export const odeExperiment: Experiment<OdeConfig, OdeResult, undefined> = {
  engine: "integrators",
  async compute(config, watch) {
    const { contestants, peers, missing, stop } = await gatherPeers(config, watch);
    try {
      const cases = odeCases.filter(({ name }) => config.problems.includes(name));
      const points = await measurePrecision(
        cases,
        contestants,
        {
          solvers: config.solvers,
          rtols: config.rtol,
          rounds: config.rounds,
          seconds: config.secondsPerTurn,
          error: Math.min(...config.errors),
        },
        watch,
      );
      const names = [...new Set(points.map(({ contestant }) => contestant))];
      const others = contestants.map(({ name }) => name);
      const own = names.filter((name) => !others.includes(name));
      const rows = comparePrecision(points, cases, own, others, config.errors);
      return { result: { peers, missing, own, points, rows }, drawn: undefined };
    } finally {
      stop();
    }
  },
  digested: ownWork,
  present: (summary) => ({
    title: "Solvers of differential equations: work and precision",
    lead: odeSentences(summary),
    tables: odeTables(summary),
    figures: odeFigures(summary),
    facts: [
      ["peers", summary.peers.map(({ name, version }) => `${name} ${version}`).join(", ") || "none"],
      ["turns", `${summary.config.rounds} rounds of ${summary.config.secondsPerTurn} s a contestant`],
    ],
  }),
  failed: ({ rows }) => rows.length === 0,
};
