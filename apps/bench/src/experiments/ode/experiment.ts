import { BenchError } from "../../errors.ts";
import type { Experiment, Watch } from "../run-experiment.ts";
import type { Contestant } from "./contestants.ts";
import { buildCvode, cvodeName } from "./cvode.ts";
import { odeFigures } from "./figures.ts";
import { measurePrecision } from "./measure.ts";
import { loadNpmPeers } from "./npm-peers.ts";
import { comparePrecision } from "./precision.ts";
import { odeCases } from "./problems.ts";
import { startScipy } from "./scipy.ts";
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
  // What this library computed, without its clock.
  digested: ({ points, own }) =>
    points
      .filter(({ contestant }) => own.includes(contestant))
      .map(({ problem, contestant, rtol, steps, evaluations }) => [
        ...[problem, contestant, rtol, steps, evaluations],
      ]),
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

interface Peers extends Pick<OdeResult, "peers" | "missing"> {
  readonly contestants: readonly Contestant[];
  stop(): void;
}

/** Starts what is asked for and there, and says what is not. */
async function gatherPeers({ peers: asked }: OdeConfig, watch: Watch): Promise<Peers> {
  if (asked.length > 1 && asked.some((name) => name === "auto" || name === "none")) {
    throw new BenchError(`--peers is ${asked.join(",")}, expected auto or none to stand alone`);
  }
  const wanted = (name: "scipy" | "cvode" | "npm"): boolean => asked.includes(name) || asked.includes("auto");
  const contestants: Contestant[] = [];
  const peers: OdeResult["peers"][number][] = [];
  const missing: OdeResult["missing"][number][] = [];
  const stops: (() => void)[] = [];
  if (wanted("cvode")) {
    const cvode = await buildCvode(watch.signal);
    if ("reason" in cvode) missing.push({ name: cvodeName, reason: cvode.reason });
    else {
      contestants.push(cvode.contestant);
      peers.push({ name: cvodeName, version: cvode.version });
      stops.push(cvode.stop);
    }
  }
  if (wanted("scipy")) {
    const scipy = await startScipy();
    if (scipy === undefined)
      missing.push({
        name: "SciPy",
        reason: "no Python with scipy was found (set STIFFNET_PYTHON to one), or no C compiler (cc or $CC)",
      });
    else {
      contestants.push(...scipy.contestants);
      peers.push({ name: "SciPy", version: scipy.version });
      stops.push(scipy.stop);
      // A run of Python is not waited for.
      watch.signal.addEventListener("abort", scipy.stop);
    }
  }
  if (wanted("npm")) {
    const npm = await loadNpmPeers();
    contestants.push(...npm.contestants);
    peers.push(...npm.contestants.map(({ name }) => ({ name, version: "of npm" })));
    missing.push(
      ...npm.missing.map((name) => ({ name, reason: `it is not installed (npm install ${name})` })),
    );
  }
  const stop = (): void => {
    for (const each of stops) each();
  };
  const required = missing.find(({ name }) => asked.some((peer) => peer === name.toLowerCase()));
  if (required !== undefined && !watch.signal.aborted) {
    stop();
    throw new BenchError(`--peers asks for ${required.name.toLowerCase()}: ${required.reason}`);
  }
  for (const { name, reason } of missing) watch.note(`${name}: ${reason}`);
  return { contestants, peers, missing, stop };
}
