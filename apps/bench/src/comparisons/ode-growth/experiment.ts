import { type Figure, groupedBy, type NamedTable, tableOf } from "@stiffnet/report";
import { narrowChart } from "@stiffnet/report/charts";
import { above, between, formatNumber, list, listOf, row, whole } from "@stiffnet/terminal";
import { experimentCommand } from "@stiffnet/trials";
import { measurePrecision } from "../ode/measure.ts";
import { gatherPeers, peerOption } from "../ode/peers.ts";
import {
  comparePrecision,
  ownWork,
  type PrecisionPoint,
  type PrecisionRow,
  secondsAt,
} from "../ode/precision.ts";
import {
  type GrowthCase,
  type GrowthFigures,
  growthCase,
  growthMethods,
  growthPeers,
  ownContestant,
  peerNames,
} from "./measure.ts";
import { planeNames } from "./planes.ts";

const options = {
  problems: row("<list>", "problems to solve", listOf(planeNames), [...planeNames]),
  methods: row("<list>", "methods to compare", listOf(growthMethods), [...growthMethods]),
  unknowns: row("<list>", "approximate numbers of unknowns", list(whole(9, 10_000_000)), [1e3, 1e4, 1e5]),
  rtol: row("<list>", "relative and absolute tolerances", list(between(0, 1)), [1e-5, 1e-6]),
  error: row("<x>", "error to compare times at", between(0, 1), 1e-3),
  peers: peerOption(growthPeers),
  secondsPerTurn: row("<x>", "a process repeats its run until this time has passed", above(0), 1),
};

interface GrowthPoint
  extends PrecisionPoint,
    Pick<GrowthCase, "plane" | "unknowns">,
    Partial<Pick<GrowthFigures, "factorisations" | "peakMiB">> {}

export interface GrowthResult {
  /** Why CVODE did not take part; null where it did. */
  readonly missing: string | null;
  /** Contestants of this library. */
  readonly own: readonly string[];
  readonly points: readonly GrowthPoint[];
  readonly rows: readonly PrecisionRow[];
}

type GrowthSummary = GrowthResult & { readonly config: { readonly error: number } };

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
    const { methods, problems, error } = config;
    const gathered = await gatherPeers(growthPeers, config.peers, watch);
    try {
      const mine = methods.map((method) => ownContestant(method, watch.signal));
      const others = gathered.contestants.filter(({ name }) => methods.some((m) => peerNames[m] === name));
      const accurate =
        gathered.contestants.find(({ name }) => name === peerNames.krylov) ??
        ownContestant("krylov", watch.signal);
      const cases: GrowthCase[] = [];
      for (const plane of problems) {
        for (const wanted of [...config.unknowns].sort((a, b) => a - b)) {
          cases.push(await growthCase(plane, wanted, Math.min(...config.rtol), accurate));
        }
      }
      const jobs = cases.map((problem) => ({
        problem,
        rtols: config.rtol,
        contestants: [...mine, ...others],
      }));
      const { secondsPerTurn } = config;
      const measured = await measurePrecision(jobs, { rounds: 1, secondsPerTurn, errors: [error] }, watch);
      const points = measured.map((point): GrowthPoint => {
        const { plane, unknowns } = cases.find(({ name }) => name === point.problem)!;
        return { ...point, plane, unknowns };
      });
      const [own, theirs] = [mine, others].map((some) => some.map(({ name }) => name));
      const rows = comparePrecision(points, cases, own!, theirs!, [error]);
      const missing = gathered.peers.length > 0 ? null : (gathered.missing[0]?.reason ?? "--peers none");
      return { result: { missing, own: own!, points, rows } };
    } finally {
      gathered.stop();
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

/** A contestant on one problem of one size: its time at the compared error (NaN if not reached), and its
 *  memory over all tolerances. */
interface Grown extends Pick<GrowthPoint, "problem" | "plane" | "unknowns" | "contestant"> {
  readonly seconds: number;
  readonly peakMiB: number;
}

function grown({ points, config }: GrowthSummary): Grown[] {
  const groups = groupedBy(points, ({ problem, contestant }) => `${problem} ${contestant}`);
  return [...groups.values()].map((group) => {
    const { problem, plane, unknowns, contestant } = group[0]!;
    const peakMiB = Math.max(...group.map((point) => point.peakMiB ?? Number.NaN));
    const seconds = secondsAt(group, config.error) ?? Number.NaN;
    return { problem, plane, unknowns, contestant, seconds, peakMiB };
  });
}

export function growthTables(summary: GrowthSummary): NamedTable[] {
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

function figures(summary: GrowthSummary): Figure[] {
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
