import { BenchError } from "@stiffnet/terminal";
import type { Experiment, Watch } from "@stiffnet/trials";
import { compileSparse } from "../ode/cvode.ts";
import { comparePrecision, ownWork } from "../ode/precision.ts";
import { growthFigures } from "./figures.ts";
import { type GrowthFigures, type GrowthTask, measureCvode, measureHere } from "./measure.ts";
import { ownNames, peerNames } from "./methods.ts";
import { type PlaneName, planes, sampled, sampledError, sideOf, unknownsOf } from "./planes.ts";
import {
  type GrowthConfig,
  type GrowthPoint,
  type GrowthResult,
  growthSentences,
  growthTables,
} from "./words.ts";

/** The run that errors are taken against has a tolerance so much below the smallest one: its error is a
 *  hundredth and less of the one that times are compared at. */
const FINER = 0.1;

type Ask = (task: GrowthTask) => Promise<GrowthFigures | undefined>;

export const odeGrowthExperiment: Experiment<GrowthConfig, GrowthResult, undefined> = {
  engine: "integrators",
  async compute(config, watch) {
    const peer = config.peers.includes("none")
      ? { reason: "--peers none" }
      : await compileSparse("ode-growth.cpp", watch.signal);
    const missing = "reason" in peer ? peer.reason : null;
    if (missing !== null && config.peers.includes("cvode") && !watch.signal.aborted)
      throw new BenchError(`--peers asks for cvode: ${missing}`);
    const here: Ask = (task) => measureHere(task, watch.signal);
    const there: Ask | undefined =
      "reason" in peer ? undefined : (task) => measureCvode(peer.binary, task, watch.signal);
    try {
      const points = await measureAll(config, here, there, watch);
      const names = [...new Set(points.map(({ contestant }) => contestant))];
      const own = names.filter((name) => Object.values(ownNames).includes(name));
      const others = names.filter((name) => !own.includes(name));
      const cases = casesOf(config).map(({ name, unknowns }) => ({ name, unknowns }));
      const rows = comparePrecision(points, cases, own, others, [config.error]);
      return { result: { missing, own, points, rows }, drawn: undefined };
    } finally {
      if (!("reason" in peer)) peer.stop();
    }
  },
  digested: ownWork,
  present: (summary) => ({
    title: "Solvers of differential equations: time and memory against the number of unknowns",
    lead: growthSentences(summary),
    tables: growthTables(summary),
    figures: growthFigures(summary),
    facts: [["peer", summary.missing === null ? "CVODE" : `no CVODE: ${summary.missing}`]],
  }),
  failed: ({ rows }) => rows.length === 0,
};

interface GrowthCase {
  readonly name: string;
  readonly plane: PlaneName;
  readonly side: number;
  readonly unknowns: number;
}

function casesOf({ problems, unknowns }: GrowthConfig): GrowthCase[] {
  return problems.flatMap((plane) =>
    [...unknowns]
      .sort((a, b) => a - b)
      .map((wanted) => {
        const side = sideOf(plane, wanted);
        const count = unknownsOf(plane, side);
        return { name: `${plane} ${count}`, plane, side, unknowns: count };
      }),
  );
}

async function measureAll(
  config: GrowthConfig,
  here: Ask,
  there: Ask | undefined,
  watch: Watch,
): Promise<GrowthPoint[]> {
  const { methods, rtol, secondsPerTurn: seconds } = config;
  const rtols = [...rtol].sort((a, b) => b - a);
  const cases = casesOf(config);
  const contestants = methods.flatMap((method) => {
    const peer = peerNames[method];
    const mine = { name: ownNames[method], method, ask: here };
    return peer === undefined || there === undefined ? [mine] : [mine, { name: peer, method, ask: there }];
  });
  const points: GrowthPoint[] = [];
  const total = cases.length * rtols.length * contestants.length;
  let done = 0;
  for (const { name: problem, plane, side, unknowns } of cases) {
    const reference = await referenceOf(plane, side, FINER * rtols.at(-1)!, there ?? here);
    if (reference === undefined) return points;
    // Who is accurate enough to be compared is not asked for more: it would only take longer.
    const accurate = new Set<string>();
    for (const each of rtols) {
      for (const { name: contestant, method, ask } of contestants) {
        if (await watch.interrupted()) return points;
        watch.progress({ done: done++, total, details: [problem, `tolerance ${each}`, contestant] });
        if (accurate.has(contestant)) continue;
        const figures = await ask({ plane, side, method, rtol: each, seconds });
        if (figures === undefined) return points;
        const { y, ...rest } = figures;
        const error = rest.ok ? sampledError(y, reference) : Number.NaN;
        if (error <= config.error) accurate.add(contestant);
        points.push({ problem, plane, unknowns, contestant, rtol: each, error, ...rest });
      }
    }
  }
  return points;
}

/** Sampled components at the end: known, or of a run with a far smaller tolerance. */
async function referenceOf(
  plane: PlaneName,
  side: number,
  rtol: number,
  ask: Ask,
): Promise<readonly number[] | undefined> {
  const exact = planes[plane].exact?.(side);
  if (exact !== undefined) return sampled(exact);
  const run = await ask({ plane, side, method: "krylov", rtol, seconds: 1e-9 });
  if (run !== undefined && !run.ok)
    throw new BenchError(`the reference of ${plane} was not reached: ${run.reason}`, 1);
  return run?.y;
}
