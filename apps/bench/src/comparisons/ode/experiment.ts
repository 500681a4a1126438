import { counted } from "@stiffnet/base";
import { type NamedTable, tableOf } from "@stiffnet/report";
import { above, between, formatNumber, list, listOf, row, whole } from "@stiffnet/terminal";
import { experimentCommand } from "@stiffnet/trials";
import { odeSolvers, ownContestant, usualSolvers } from "./contestants.ts";
import { odeFigures } from "./figures.ts";
import { measurePrecision } from "./measure.ts";
import { gatherPeers, peerOption, starts } from "./peers.ts";
import { comparePrecision, type OdeResult, ownWork, type PrecisionRow } from "./precision.ts";
import { odeCases } from "./problems.ts";

const problems = odeCases.map(({ name }) => name);

const options = {
  problems: row("<list>", "problems to solve", listOf(problems), problems),
  solvers: row(
    "<list>",
    "solvers of stiffnet",
    listOf(odeSolvers),
    undefined,
    "implicit solvers for stiff problems, explicit ones for the others, auto for both",
  ),
  rtol: row(
    "<list>",
    "relative tolerances",
    list(between(0, 1)),
    undefined,
    "those of each problem, mostly 1e-2 to 1e-9",
  ),
  errors: row("<list>", "errors to compare times at", list(between(0, 1)), [1e-3, 1e-5, 1e-7]),
  peers: peerOption(starts),
  rounds: row("<n>", "number of turns of each solver", whole(1), 2),
  secondsPerTurn: row("<x>", "length of a turn; the fastest run that starts within it counts", above(0), 0.1),
};

export const ode = experimentCommand("ode", {
  help: `All solvers solve the same problems with the same tolerances in the same run. The report compares their processor times at equal
error of the end state, as ratios. Ratios of different runs or machines are not comparable. A solver that reaches the smallest
error gets no tighter tolerances.

The command searches SciPy and diffrax in $STIFFNET_PYTHON, then python3, then /usr/bin/python3. It compiles CVODE and IDA if
there is a C++ compiler and libsundials-dev with KLU. SciPy and CVODE have their right-hand sides in C.
The time that diffrax needs to compile is reported separately. If odex and ode45-cash-karp (npm) are installed, they solve the
problems that are not stiff.

Examples:
  $ stiffnet-bench ode
  $ stiffnet-bench ode --problems ROBER,POLLU --rtol 1e-4,1e-6,1e-8
  $ stiffnet-bench ode --peers none --problems HIRES --solvers rodas5P,radau --json`,
  options,
  engine: "integrators",
  async compute(config, watch): Promise<{ result: OdeResult }> {
    const { contestants, peers, missing, stop } = await gatherPeers(starts, config.peers, watch);
    try {
      const cases = odeCases.filter(({ name }) => config.problems.includes(name));
      const jobs = cases.map((problem) => ({
        problem,
        rtols: config.rtol ?? problem.rtols,
        contestants: [
          ...(config.solvers ?? usualSolvers(problem)).map(ownContestant),
          ...contestants.filter(({ takes }) => takes?.(problem) ?? true),
        ],
      }));
      const points = await measurePrecision(jobs, config, watch);
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
    title: "How fast are the solvers at equal error?",
    lead: sentences(summary),
    tables: odeTables(summary),
    figures: odeFigures(summary),
    facts: [
      ["peers", summary.peers.map(({ name, version }) => `${name} ${version}`).join(", ") || "none"],
      [
        "turns",
        `${counted(summary.config.rounds, "round")} of ${summary.config.secondsPerTurn} s a contestant`,
      ],
    ],
  }),
  failed: ({ rows }) => rows.length === 0,
});

/** Times faster than SciPy's fastest: the methods of solve_ivp, and odeint. */
export function overScipy({ ratios }: PrecisionRow): number | undefined {
  const all = Object.entries(ratios).filter(([name]) => name.startsWith("SciPy"));
  return all.length === 0 ? undefined : Math.min(...all.map(([, ratio]) => ratio));
}

export function odeTables({ rows, peers, missing }: OdeResult): NamedTable[] {
  const others = [...new Set(rows.flatMap(({ ratios }) => Object.keys(ratios)))].filter(
    (name) => name !== "auto",
  );
  const cell = (ratio: number | undefined): string => formatNumber(ratio, 2);
  const best = (row: PrecisionRow): string => cell(overScipy(row));
  const caption = `Processor time as a multiple of the time of stiffnet's fastest method at the same error. The error is the largest relative error of a component at the end. Times are interpolated on work-precision curves. A dash: the error was not reached at the tolerances tried.${missing.map(({ name, reason }) => ` ${name} is missing: ${reason}.`).join("")}`;
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
  ];
}

function sentences({ rows, missing }: OdeResult): string[] {
  const speed = (peer: string, of: (row: PrecisionRow) => number | undefined): string[] => {
    const all = rows.flatMap((row) => of(row) ?? []);
    if (all.length === 0) return [];
    const slower = all.filter((ratio) => ratio < 1).length;
    const ends = [Math.min(...all), Math.max(...all)].map((ratio) => formatNumber(ratio, 2));
    const times = [...new Set(ends)].join(" to ");
    return [
      `At equal error, stiffnet's fastest method is ${times} times as fast as ${peer}. It is slower in ${slower} of ${all.length} comparisons.`,
    ];
  };
  return [
    ...speed("SciPy's fastest method", overScipy),
    ...speed("CVODE", ({ ratios }) => ratios.CVODE),
    ...missing.map(({ name, reason }) => `${name} did not take part: ${reason}.`),
  ];
}
