import { type NamedTable, tableOf } from "@stiffnet/report";
import { above, between, formatNumber, list, listOf, row, whole } from "@stiffnet/terminal";
import { experimentCommand } from "@stiffnet/trials";
import { odeSolvers } from "./contestants.ts";
import { odeFigures } from "./figures.ts";
import { measurePrecision } from "./measure.ts";
import { gatherPeers, peerNames } from "./peers.ts";
import { comparePrecision, type OdeResult, ownWork, type PrecisionRow } from "./precision.ts";
import { odeCases } from "./problems.ts";

const problems = odeCases.map(({ name }) => name);

const options = {
  problems: row("<list>", `some of ${problems.join(", ")}`, listOf(problems), problems),
  solvers: row(
    "<list>",
    `some of ${odeSolvers.join(", ")} (default: implicit ones on stiff problems, explicit ones on others, auto on both)`,
    listOf(odeSolvers),
  ),
  rtol: row(
    "<list>",
    "relative tolerances (default: the problem's, mostly 1e-2 to 1e-9)",
    list(between(0, 1)),
  ),
  errors: row("<list>", "errors at which times are compared", list(between(0, 1)), [1e-3, 1e-5, 1e-7]),
  peers: row(
    "<list>",
    `auto (those that are there), none, or some of ${peerNames.join(", ")}, which then have to be there`,
    listOf(["auto", "none", ...peerNames]),
    ["auto"],
  ),
  rounds: row("<n>", "rounds in which the contestants take turns", whole(1), 2),
  secondsPerTurn: row("<x>", "time of a turn: the best of the runs that begin in it", above(0), 0.1),
};

export const ode = experimentCommand("ode", {
  help: `Every contestant solves the same problem with the same tolerances in the same run. Times are compared at equal error of
the end state, read off work-precision curves, as ratios only. A contestant that reaches the smallest of these errors is not
asked at tighter tolerances, nor is a peer that takes 20 times the shortest time. Do not compare ratios of different runs or
machines. Times are processor times, so that other work on the machine weighs little.
SciPy is looked for in $STIFFNET_PYTHON, else python3, else /usr/bin/python3. CVODE (IDA for what has
equations without a derivative) is compiled where a C++ compiler and libsundials-dev are, with KLU where that is. Both have
their right-hand sides in C. diffrax (compiled, float64; compiling is told apart) is looked
for as SciPy is. odex and ode45-cash-karp of npm take what is not stiff, where they are installed.

Examples:
  $ stiffnet-bench ode
  $ stiffnet-bench ode --problems ROBER,POLLU --rtol 1e-4,1e-6,1e-8
  $ stiffnet-bench ode --peers none --problems HIRES --solvers rodas5P,radau --json`,
  options,
  engine: "integrators",
  async compute(config, watch): Promise<{ result: OdeResult }> {
    const { contestants, peers, missing, stop } = await gatherPeers(config.peers, watch);
    try {
      const cases = odeCases.filter(({ name }) => config.problems.includes(name));
      const points = await measurePrecision(cases, contestants, config, watch);
      const others = contestants.map(({ name }) => name);
      const names = new Set(points.map(({ contestant }) => contestant));
      const own = [...names].filter((name) => !others.includes(name));
      const rows = comparePrecision(points, cases, own, others, config.errors);
      return { result: { peers, missing, own, points, rows } };
    } finally {
      stop();
    }
  },
  digested: (result) => ownWork(result),
  present: (summary) => ({
    title: "Solvers of differential equations: work and precision",
    lead: sentences(summary),
    tables: odeTables(summary),
    figures: odeFigures(summary),
    facts: [
      ["peers", summary.peers.map(({ name, version }) => `${name} ${version}`).join(", ") || "none"],
      ["turns", `${summary.config.rounds} rounds of ${summary.config.secondsPerTurn} s a contestant`],
    ],
  }),
  failed: ({ rows }) => rows.length === 0,
});

/** Times faster than SciPy's fastest: the methods of solve_ivp, and odeint. */
export function overScipy({ ratios }: PrecisionRow): number | undefined {
  const all = Object.entries(ratios).filter(([name]) => name.startsWith("SciPy"));
  return all.length === 0 ? undefined : Math.min(...all.map(([, ratio]) => ratio));
}

export function odeTables({ rows, peers, points, missing }: OdeResult): NamedTable[] {
  const others = [...new Set(rows.flatMap(({ ratios }) => Object.keys(ratios)))].filter(
    (name) => name !== "auto",
  );
  const cell = (ratio: number | undefined): string => formatNumber(ratio, 2);
  const best = (row: PrecisionRow): string => cell(overScipy(row));
  const caption = `Processor time of the others as a multiple of the time of the fastest method here, at equal error of the end state (largest relative error of a component), read off work-precision curves. A dash: not reached at the tolerances tried.${missing.map(({ name, reason }) => ` ${name} is missing: ${reason}.`).join("")}`;
  const gaveUp = points.filter(({ ok }) => !ok);
  return [
    tableOf({ name: "ratios", caption }, rows, [
      ["problem", ({ problem }) => problem],
      ["unknowns", ({ unknowns }) => String(unknowns)],
      ["error", ({ error }) => error.toExponential(0)],
      ["fastest here", ({ fastest }) => fastest],
      ["auto", ({ ratios }) => cell(ratios.auto)],
      ...(peers.some(({ name }) => name === "SciPy") ? [["SciPy's best", best] as const] : []),
      ...others.map((name) => [name, ({ ratios }: PrecisionRow) => cell(ratios[name])] as const),
    ]),
    ...(gaveUp.length === 0
      ? []
      : [
          tableOf(
            {
              name: "gave_up",
              caption: "Who gave up or was far behind, at which tolerance; tighter ones were not tried.",
            },
            gaveUp,
            [
              ["problem", ({ problem }) => problem],
              ["who", ({ contestant }) => contestant],
              ["tolerance", ({ rtol }) => formatNumber(rtol)],
              ["why", ({ reason }) => reason],
            ],
          ),
        ]),
  ];
}

function sentences({ rows, missing }: OdeResult): string[] {
  const speed = (peer: string, of: (row: PrecisionRow) => number | undefined): string[] => {
    const all = rows.flatMap((row) => of(row) ?? []);
    if (all.length === 0) return [];
    const slower = all.filter((ratio) => ratio < 1).length;
    return [
      `The fastest method here is ${formatNumber(Math.min(...all), 2)} to ${formatNumber(Math.max(...all), 2)} times as fast as ${peer} at equal error. It is slower in ${slower} of ${all.length} comparisons.`,
    ];
  };
  return [
    ...speed("SciPy's fastest method", overScipy),
    ...speed("CVODE", ({ ratios }) => ratios.CVODE),
    ...missing.map(({ name, reason }) => `${name} did not take part: ${reason}.`),
  ];
}
