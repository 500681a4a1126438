import type { NamedTable } from "@stiffnet/report";
import { above, between, formatNumber, list, listOf, row, whole } from "@stiffnet/terminal";
import type { ConfigOf } from "@stiffnet/trials";
import { odeSolvers } from "./contestants.ts";
import { cvodeName } from "./cvode.ts";
import type { PrecisionPoint, PrecisionRow } from "./precision.ts";
import { odeCases } from "./problems.ts";
import { scipyMethods, scipyPrefix } from "./scipy.ts";

export const odePeers = ["auto", "none", "scipy", "cvode", "diffrax", "npm"] as const;

const problems = odeCases.map(({ name }) => name);

export const odeOptions = {
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
    "auto (those that are there), none, or some of scipy, cvode, diffrax, npm, which then have to be there",
    listOf(odePeers),
    ["auto"],
  ),
  rounds: row("<n>", "rounds in which the contestants take turns", whole(1), 2),
  secondsPerTurn: row("<x>", "time of a turn: the best of the runs that begin in it", above(0), 0.1),
};

export type OdeConfig = ConfigOf<"ode", typeof odeOptions>;

export interface OdeResult {
  readonly peers: readonly { readonly name: string; readonly version: string }[];
  readonly missing: readonly { readonly name: string; readonly reason: string }[];
  /** Solvers of this library that took part. */
  readonly own: readonly string[];
  readonly points: readonly PrecisionPoint[];
  readonly rows: readonly PrecisionRow[];
}

/** What is aimed at: at least so many times faster than SciPy; at most so many times CVODE's time, below so
 *  many unknowns. */
export const aims = { scipy: 2, cvode: 1, unknowns: 10 } as const;

/** solve_ivp's methods; odeint is another interface. */
const solveIvp = scipyMethods.filter((method) => method !== "odeint").map((method) => scipyPrefix + method);
const odeint = `${scipyPrefix}odeint`;

/** Times faster than SciPy's fastest method of solve_ivp. */
export function overScipy({ ratios }: PrecisionRow): number | undefined {
  const all = solveIvp.flatMap((name) => ratios[name] ?? []);
  return all.length === 0 ? undefined : Math.min(...all);
}

export function odeTables({ rows, peers, points, missing }: OdeResult): NamedTable[] {
  const others = [...new Set(rows.flatMap(({ ratios }) => Object.keys(ratios)))].filter(
    (name) => name !== "auto",
  );
  const hasScipy = peers.some(({ name }) => name === "SciPy");
  const cell = (ratio: number | undefined): string => formatNumber(ratio, 2);
  return [
    {
      name: "ratios",
      caption: `Processor time of the others as a multiple of the time of the fastest method here, at equal error of the end state (largest relative error of a component), read off work-precision curves. A dash: not reached at the tolerances tried.${missing.map(({ name, reason }) => ` ${name} is missing: ${reason}.`).join("")}`,
      header: [
        ...["problem", "unknowns", "error", "fastest here", "auto"],
        ...(hasScipy ? ["SciPy's best"] : []),
        ...others,
      ],
      rows: rows.map((row) => [
        row.problem,
        String(row.unknowns),
        row.error.toExponential(0),
        row.fastest,
        cell(row.ratios.auto),
        ...(hasScipy ? [cell(overScipy(row))] : []),
        ...others.map((name) => cell(row.ratios[name])),
      ]),
    },
    ...gaveUpTable(points),
  ];
}

function gaveUpTable(points: readonly PrecisionPoint[]): NamedTable[] {
  const rows = points
    .filter(({ ok }) => !ok)
    .map(({ problem, contestant, rtol, reason }) => [problem, contestant, formatNumber(rtol), reason]);
  if (rows.length === 0) return [];
  const caption = "Who gave up or was far behind, at which tolerance; tighter ones were not tried.";
  return [{ name: "gave_up", caption, header: ["problem", "who", "tolerance", "why"], rows }];
}

export function odeSentences({ rows, peers, missing, own }: OdeResult): string[] {
  const has = (peer: string): boolean => peers.some(({ name }) => name === peer);
  return [
    ...(has("SciPy")
      ? [
          speed(
            "The fastest method here",
            "SciPy's fastest method of solve_ivp",
            rows.flatMap((row) => placed(row, overScipy(row))),
          ),
          ...(own.includes("auto")
            ? [
                speed(
                  "The default, auto,",
                  "SciPy's fastest method of solve_ivp",
                  rows.flatMap((row) => {
                    const [scipy, auto] = [overScipy(row), row.ratios.auto];
                    return placed(row, scipy === undefined || auto === undefined ? undefined : scipy / auto);
                  }),
                ),
              ]
            : []),
          speed(
            "The fastest method here",
            "SciPy's odeint, LSODA without Python between its steps,",
            rows.flatMap((row) => placed(row, row.ratios[odeint])),
          ),
        ]
      : []),
    ...(has(cvodeName) ? cvodeSentences(rows) : []),
    ...missing.map(({ name, reason }) => `${name} did not take part: ${reason}.`),
  ];
}

interface Placed {
  readonly at: string;
  readonly unknowns: number;
  readonly ratio: number;
}

function placed(row: PrecisionRow, ratio: number | undefined): Placed[] {
  return ratio === undefined
    ? []
    : [{ at: `${row.problem} at ${row.error.toExponential(0)}`, unknowns: row.unknowns, ratio }];
}

function speed(who: string, peer: string, all: readonly Placed[]): string {
  if (all.length === 0)
    return `${who} has nothing to be compared with in ${peer}: no error was reached by both.`;
  const ratios = all.map(({ ratio }) => ratio);
  const below = all.filter(({ ratio }) => ratio < aims.scipy);
  const exceptions =
    below.length === 0
      ? `at least ${aims.scipy} times everywhere`
      : `at least ${aims.scipy} times in ${all.length - below.length} of ${all.length} comparisons, and not on ${listed(below)}`;
  return `${who} is ${formatNumber(Math.min(...ratios), 2)} to ${formatNumber(Math.max(...ratios), 2)} times faster than ${peer} at equal error: ${exceptions}.`;
}

function cvodeSentences(rows: readonly PrecisionRow[]): string[] {
  const all = rows.flatMap((row) => placed(row, row.ratios[cvodeName]));
  const part = (name: string, some: readonly Placed[]): string[] => {
    if (some.length === 0) return [];
    const times = some.map(({ ratio }) => 1 / ratio);
    const above = some.filter(({ ratio }) => 1 / ratio > aims.cvode);
    const verdict =
      above.length === 0
        ? `within ${aims.cvode} times everywhere`
        : `within ${aims.cvode} times in ${some.length - above.length} of ${some.length} comparisons, and not on ${listed(above.map((each) => ({ ...each, ratio: 1 / each.ratio })))}`;
    return [
      `${name}, the fastest method here takes ${formatNumber(Math.min(...times), 2)} to ${formatNumber(Math.max(...times), 2)} times the time of ${cvodeName} at equal error: ${verdict}.`,
    ];
  };
  return [
    ...part(
      `Below ${aims.unknowns} unknowns`,
      all.filter(({ unknowns }) => unknowns < aims.unknowns),
    ),
    ...part(
      `From ${aims.unknowns} unknowns on`,
      all.filter(({ unknowns }) => unknowns >= aims.unknowns),
    ),
  ];
}

function listed(some: readonly Placed[]): string {
  return some.map(({ at, ratio }) => `${at} (${formatNumber(ratio, 2)})`).join(", ");
}
