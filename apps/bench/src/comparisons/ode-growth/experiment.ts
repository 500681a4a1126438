import type { Figure } from "@stiffnet/report";
import { type NamedTable, tableOf } from "@stiffnet/report";
import { narrowChart } from "@stiffnet/report/charts";
import { above, BenchError, between, formatNumber, list, listOf, row, whole } from "@stiffnet/terminal";
import { type ConfigOf, experimentCommand, type Watch } from "@stiffnet/trials";
import { compileCvode } from "../ode/cvode.ts";
import {
  comparePrecision,
  ownWork,
  type PrecisionPoint,
  type PrecisionRow,
  secondsAt,
} from "../ode/precision.ts";
import { type GrowthFigures, type GrowthTask, growthMethods, measureCvode, measureHere } from "./measure.ts";
import { type PlaneName, planeNames, planes, sampled, sampledError, sideOf, unknownsOf } from "./planes.ts";

const options = {
  problems: row("<list>", "problems to solve", listOf(planeNames), [...planeNames]),
  methods: row("<list>", "methods to compare", listOf(growthMethods), [...growthMethods]),
  unknowns: row("<list>", "approximate numbers of unknowns", list(whole(9, 10_000_000)), [1e3, 1e4, 1e5]),
  rtol: row("<list>", "relative and absolute tolerances", list(between(0, 1)), [1e-5, 1e-6]),
  error: row("<x>", "error to compare times at", between(0, 1), 1e-3),
  peers: row(
    "<list>",
    "other libraries; auto takes CVODE if it is installed",
    listOf(["auto", "none", "cvode"] as const),
    ["auto"],
  ),
  secondsPerTurn: row("<x>", "a process repeats its run until this time has passed", above(0), 1),
};
type Config = ConfigOf<"ode-growth", typeof options>;

/** Names in tables and figures. CVODE has the first two methods. */
const ownNames = { sparse: "bdf, sparse", krylov: "bdf, GMRES", rkc: "rkc" } as const;
const peerNames = { sparse: "CVODE, KLU", krylov: "CVODE, GMRES", rkc: undefined } as const;

interface GrowthPoint extends PrecisionPoint {
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

type Ask = (task: GrowthTask) => Promise<GrowthFigures>;

export const odeGrowth = experimentCommand("ode-growth", {
  help: `Solves the heat equation and the Brusselator on a square. Each run has a fresh process; the command measures its processor time and
its largest memory. Method sparse is bdf with a sparse Jacobian (CVODE with KLU). Method krylov is bdf with GMRES and an
alternating-direction preconditioner, also in CVODE. Method rkc is explicit, without a matrix.
The error is the distance to the exact solution of the heat equation, and to an accurate run of CVODE for the Brusselator (of bdf
if CVODE is missing). A method that is accurate enough gets no smaller
tolerances.

Examples:
  $ stiffnet-bench ode-growth                                     a quarter of an hour
  $ stiffnet-bench ode-growth --unknowns 300,1000,3000 --rtol 1e-4
  $ stiffnet-bench ode-growth --problems HEAT2D --methods rkc --unknowns 1000000 --peers none`,
  options,
  engine: "integrators",
  async compute(config, watch): Promise<{ result: GrowthResult }> {
    const peer = config.peers.includes("none")
      ? { reason: "--peers none" }
      : await compileCvode("ode-growth.cpp", watch.signal);
    const missing = "reason" in peer ? peer.reason : null;
    if (missing !== null && config.peers.includes("cvode") && !watch.signal.aborted)
      throw new BenchError(`--peers asks for cvode: ${missing}`);
    const here: Ask = (task) => measureHere(task, watch.signal);
    const there: Ask | undefined =
      "reason" in peer ? undefined : (task) => measureCvode(peer.binary, task, watch.signal);
    try {
      const points = await measureAll(config, here, there, watch);
      const names = [...new Set(points.map(({ contestant }) => contestant))];
      const own = names.filter((name) => Object.values<string>(ownNames).includes(name));
      const others = names.filter((name) => !own.includes(name));
      const rows = comparePrecision(points, casesOf(config), own, others, [config.error]);
      return { result: { missing, own, points, rows } };
    } finally {
      if (!("reason" in peer)) peer.stop();
    }
  },
  digested: (result) => ownWork(result),
  present: (summary) => ({
    title: "How do time and memory of the solvers grow with the number of unknowns?",
    lead: summary.rows.map(({ problem, fastest, ratios }) => {
      const others = Object.entries(ratios).filter(([name]) => name.startsWith("CVODE"));
      const said = others.map(([name, ratio]) => ` ${name} takes ${formatNumber(ratio, 2)} times as long.`);
      return `${problem}: stiffnet's fastest method is ${fastest}.${said.join("")}`;
    }),
    tables: growthTables(summary),
    figures: figures(summary),
    facts: [["peer", summary.missing === null ? "CVODE" : `no CVODE: ${summary.missing}`]],
  }),
  failed: ({ rows }) => rows.length === 0,
});

interface GrowthCase {
  readonly name: string;
  readonly plane: PlaneName;
  readonly side: number;
  readonly unknowns: number;
}

function casesOf({ problems, unknowns }: Config): GrowthCase[] {
  const sizes = [...unknowns].sort((a, b) => a - b);
  return problems.flatMap((plane) =>
    sizes.map((wanted) => {
      const side = sideOf(plane, wanted);
      const count = unknownsOf(plane, side);
      return { name: `${plane} ${count}`, plane, side, unknowns: count };
    }),
  );
}

async function measureAll(
  config: Config,
  here: Ask,
  there: Ask | undefined,
  watch: Watch,
): Promise<GrowthPoint[]> {
  const { methods, rtol, secondsPerTurn: seconds } = config;
  const rtols = [...rtol].sort((a, b) => b - a);
  const cases = casesOf(config);
  const contestants = methods.flatMap((method) => {
    const peer = peerNames[method];
    const mine = { name: ownNames[method] as string, method, ask: here };
    return peer === undefined || there === undefined ? [mine] : [mine, { name: peer, method, ask: there }];
  });
  const points: GrowthPoint[] = [];
  const total = cases.length * rtols.length * contestants.length;
  let done = 0;
  for (const { name: problem, plane, side, unknowns } of cases) {
    const reference = await referenceOf(plane, side, FINER * rtols.at(-1)!, there ?? here);
    // Who is accurate enough to be compared is not asked for more: it would only take longer.
    const accurate = new Set<string>();
    for (const each of rtols) {
      for (const { name: contestant, method, ask } of contestants) {
        if (await watch.interrupted()) return points;
        watch.progress({ done: done++, total, details: [problem, `tolerance ${each}`, contestant] });
        if (accurate.has(contestant)) continue;
        const { y, ...rest } = await ask({ plane, side, method, rtol: each, seconds });
        const error = rest.ok ? sampledError(y, reference) : Number.NaN;
        if (error <= config.error) accurate.add(contestant);
        points.push({ problem, plane, unknowns, contestant, rtol: each, error, ...rest });
      }
    }
  }
  return points;
}

/** The reference run has a tolerance ten times below the smallest one. Its error is at most a hundredth of
 *  the error at which times are compared. */
const FINER = 0.1;

/** Sampled components at the end: exact, or from a run with a far smaller tolerance. */
async function referenceOf(
  plane: PlaneName,
  side: number,
  rtol: number,
  ask: Ask,
): Promise<readonly number[]> {
  const exact = planes[plane].exact?.(side);
  if (exact !== undefined) return sampled(exact);
  const run = await ask({ plane, side, method: "krylov", rtol, seconds: 1e-9 });
  if (!run.ok) throw new BenchError(`the reference of ${plane} was not reached: ${run.reason}`, 1);
  return run.y;
}

/** A contestant on one problem of one size: its time at the compared error (NaN if not reached), and its
 *  memory over all tolerances. */
interface Grown extends Pick<GrowthPoint, "problem" | "plane" | "unknowns" | "contestant" | "peakMiB"> {
  readonly seconds: number;
}

function grown({ points, config }: GrowthResult & { readonly config: Config }): Grown[] {
  const groups = new Map<string, GrowthPoint[]>();
  for (const point of points) {
    const key = `${point.problem} ${point.contestant}`;
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  return [...groups.values()].map((group) => {
    const { problem, plane, unknowns, contestant } = group[0]!;
    const peakMiB = Math.max(...group.map((point) => point.peakMiB));
    const seconds = secondsAt(group, config.error) ?? Number.NaN;
    return { problem, plane, unknowns, contestant, seconds, peakMiB };
  });
}

export function growthTables(summary: GrowthResult & { readonly config: Config }): NamedTable[] {
  const all = grown(summary);
  const names = [...new Set(all.map(({ contestant }) => contestant))];
  const problems = [...new Set(all.map(({ problem }) => problem))];
  const table = (name: string, caption: string, cell: (own: Grown, row: readonly Grown[]) => string) => {
    const rows = problems.map((problem) => all.filter((each) => each.problem === problem));
    return tableOf({ name, caption }, rows, [
      ["problem", ([first]) => first!.plane],
      ["unknowns", ([first]) => String(first!.unknowns)],
      ...names.map((contestant) => {
        const of = (row: readonly Grown[]): string => {
          const own = row.find((each) => each.contestant === contestant);
          return own === undefined ? "–" : cell(own, row);
        };
        return [contestant, of] as const;
      }),
    ]);
  };
  const least = (row: readonly Grown[]): number =>
    Math.min(...row.map(({ seconds }) => seconds).filter(Number.isFinite));
  return [
    table(
      "time",
      `Processor time at an error of ${summary.config.error}, as a multiple of the shortest time of the row, interpolated on work-precision curves. A dash: the error was not reached.`,
      ({ seconds }, row) => formatNumber(seconds / least(row), 2),
    ),
    table(
      "memory",
      "Largest memory of the process over all tolerances, in MiB. Node itself takes about 50 MiB.",
      ({ peakMiB }) => formatNumber(peakMiB),
    ),
  ];
}

function figures(summary: GrowthResult & { readonly config: Config }): Figure[] {
  const all = grown(summary);
  const fastest = Math.min(...all.map(({ seconds }) => seconds).filter(Number.isFinite));
  const panels = (name: string, y: string, of: (each: Grown) => number) => {
    const values = all.map(of).filter(Number.isFinite);
    const domain = [Math.min(...values) / 1.25, 1.25 * Math.max(...values)] as const;
    return [...new Set(all.map(({ plane }) => plane))].map((plane) => {
      const own = all.filter((each) => each.plane === plane);
      const lines = [...new Set(all.map(({ contestant }) => contestant))].map((contestant) => ({
        name: contestant,
        points: own
          .filter((each) => each.contestant === contestant)
          // Round numbers fit below the axis, and are off by less than a mark.
          .map((each) => ({ x: Number(each.unknowns.toPrecision(1)), y: of(each) })),
      }));
      const labels = { name: `${name}-${plane.toLowerCase()}`, heading: plane, x: "unknowns", y };
      return narrowChart(lines, { ...labels, domain });
    });
  };
  return [
    {
      title: "Time",
      caption: `Processor time at an error of ${summary.config.error}, as a multiple of the shortest time of all, against the number of unknowns. Both axes are logarithmic.`,
      panels: panels("time", "time / shortest", ({ seconds }) => seconds / fastest),
    },
    {
      title: "Memory",
      caption: "Largest memory of the process against the number of unknowns. Both axes are logarithmic.",
      panels: panels("memory", "memory (MiB)", ({ peakMiB }) => peakMiB),
    },
  ];
}
