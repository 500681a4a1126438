import type { NamedTable } from "@stiffnet/report";
import { above, between, formatNumber, list, listOf, row, whole } from "@stiffnet/terminal";
import type { ConfigOf } from "@stiffnet/trials";
import { type PrecisionPoint, type PrecisionRow, secondsAt } from "../ode/precision.ts";
import { growthMethods, peerNames } from "./methods.ts";
import { type PlaneName, planeNames } from "./planes.ts";

const growthPeers = ["auto", "none", "cvode"] as const;

export const growthOptions = {
  problems: row("<list>", `some of ${planeNames.join(", ")}`, listOf(planeNames), [...planeNames]),
  methods: row("<list>", `some of ${growthMethods.join(", ")}`, listOf(growthMethods), [
    ...growthMethods.slice(0, 3),
  ]),
  unknowns: row("<list>", "about so many", list(whole(9, 10_000_000)), [1e3, 1e4, 1e5]),
  rtol: row("<list>", "relative and absolute tolerances", list(between(0, 1)), [1e-5, 1e-6]),
  error: row("<x>", "error at which times are compared", between(0, 1), 1e-3),
  peers: row("<list>", "auto (CVODE where it is there), none or cvode", listOf(growthPeers), ["auto"]),
  secondsPerTurn: row("<x>", "each process repeats its run as long as it began within", above(0), 1),
};

export type GrowthConfig = ConfigOf<"ode-growth", typeof growthOptions>;

export interface GrowthPoint extends PrecisionPoint {
  readonly plane: PlaneName;
  readonly unknowns: number;
  readonly factorisations: number;
  /** The most memory that the process ever held. */
  readonly peakMiB: number;
}

export interface GrowthResult {
  /** Why CVODE did not take part; null where it did. */
  readonly missing: string | null;
  /** Contestants of this library. */
  readonly own: readonly string[];
  readonly points: readonly GrowthPoint[];
  readonly rows: readonly PrecisionRow[];
}

/** A contestant on one problem of one size: its time at the error that all are compared at, and its memory
 *  over all tolerances. */
export interface Grown {
  readonly plane: PlaneName;
  readonly unknowns: number;
  readonly contestant: string;
  /** Undefined where the error was not reached. */
  readonly seconds: number | undefined;
  readonly peakMiB: number;
}

export function grown({ points, config }: GrowthResult & { readonly config: GrowthConfig }): Grown[] {
  const groups = new Map<string, GrowthPoint[]>();
  for (const point of points) {
    const key = `${point.problem} ${point.contestant}`;
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  return [...groups.values()].map((group) => {
    const { plane, unknowns, contestant } = group[0]!;
    const peakMiB = Math.max(...group.map((point) => point.peakMiB));
    return { plane, unknowns, contestant, seconds: secondsAt(group, config.error), peakMiB };
  });
}

export function growthTables(summary: GrowthResult & { readonly config: GrowthConfig }): NamedTable[] {
  const all = grown(summary);
  const names = [...new Set(all.map(({ contestant }) => contestant))];
  const cases = [...new Set(all.map(({ plane, unknowns }) => `${plane} ${unknowns}`))];
  const of = (at: string, name: string): Grown | undefined =>
    all.find(({ plane, unknowns, contestant }) => `${plane} ${unknowns}` === at && contestant === name);
  const table = (name: string, caption: string, cell: (grown: Grown, at: string) => string): NamedTable => ({
    ...{ name, caption, header: ["problem", "unknowns", ...names] },
    rows: cases.map((at) => [
      ...at.split(" "),
      ...names.map((each) => {
        const found = of(at, each);
        return found === undefined ? "–" : cell(found, at);
      }),
    ]),
  });
  const least = (at: string): number => Math.min(...names.flatMap((name) => of(at, name)?.seconds ?? []));
  return [
    table(
      "time",
      `Processor time as a multiple of the shortest of the row, at an error of ${summary.config.error}, read off work-precision curves. A dash: not reached.`,
      ({ seconds }, at) => formatNumber(seconds === undefined ? undefined : seconds / least(at), 2),
    ),
    table(
      "memory",
      "The most memory that a process ever held, in MiB, over all tolerances; Node itself takes about 50.",
      ({ peakMiB }) => formatNumber(peakMiB),
    ),
    runsTable(summary),
  ];
}

function runsTable({ points }: GrowthResult): NamedTable {
  return {
    name: "runs",
    caption: "Every run. The error is the largest relative one of sampled components at the end.",
    header: [
      ...["problem", "contestant", "tolerance", "error", "steps", "evaluations", "factorisations", "MiB"],
      "",
    ],
    rows: points.map((p) => [
      ...[p.problem, p.contestant, formatNumber(p.rtol), formatNumber(p.error, 2), String(p.steps)],
      ...[String(p.evaluations), String(p.factorisations), formatNumber(p.peakMiB), p.reason],
    ]),
  };
}

export function growthSentences(summary: GrowthResult & { readonly config: GrowthConfig }): string[] {
  const { missing, rows, own } = summary;
  const all = grown(summary);
  const peers = Object.values(peerNames);
  return [
    ...rows.map(({ problem, fastest, ratios }) => {
      const others = Object.entries(ratios).filter(([name]) => peers.includes(name));
      const said = others.map(([name, ratio]) => `${name} takes ${formatNumber(ratio, 2)} times its time`);
      return `${problem}: ${fastest} is the fastest here${said.length > 0 ? `; ${said.join(", ")}` : ""}.`;
    }),
    ...own.flatMap((name) => {
      const mine = all.filter(({ contestant, seconds }) => contestant === name && seconds !== undefined);
      return [...new Set(mine.map(({ plane }) => plane))].flatMap((plane) => {
        const [first, last] = ends(mine.filter((each) => each.plane === plane));
        if (first === undefined || last === undefined || first === last) return [];
        const power = Math.log(last.seconds! / first.seconds!) / Math.log(last.unknowns / first.unknowns);
        return `${plane} by ${name}: from ${first.unknowns} to ${last.unknowns} unknowns the time grows as their power ${formatNumber(power, 2)}, memory from ${formatNumber(first.peakMiB)} to ${formatNumber(last.peakMiB)} MiB.`;
      });
    }),
    ...(missing === null ? [] : [`CVODE did not take part: ${missing}.`]),
  ];
}

function ends<T>(list: readonly T[]): readonly [T | undefined, T | undefined] {
  return [list[0], list.at(-1)];
}
