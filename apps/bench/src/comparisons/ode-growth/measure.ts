import { BenchError } from "@stiffnet/terminal";
import type { Contestant, RunResult } from "../ode/contestants.ts";
import { compileCvode, runProgram } from "../ode/cvode.ts";
import type { Starts } from "../ode/peers.ts";
import type { EndState } from "../ode/problems.ts";
import { askFresh } from "../peers/json-process.ts";
import { type PlaneName, planes, sampled, sideOf, unknownsOf } from "./planes.ts";

/** How the linear systems are solved, or that there are none. */
export const growthMethods = ["sparse", "krylov", "rkc"] as const;
export type GrowthMethod = (typeof growthMethods)[number];

export interface GrowthTask {
  readonly plane: PlaneName;
  readonly side: number;
  readonly method: GrowthMethod;
  readonly rtol: number;
  readonly seconds: number;
}

/** What one process took: the time of its best run, and the most memory that it ever held. */
export interface GrowthFigures extends RunResult {
  readonly factorisations: number;
  readonly peakMiB: number;
  /** Sampled components at the end. */
  readonly y: number[];
}

type GrowthSize = Pick<GrowthTask, "plane" | "side">;

/** A problem of one size, with sampled components at its end. */
export interface GrowthCase extends EndState, GrowthSize {
  readonly unknowns: number;
}

/** Names in tables and figures. CVODE has the first two methods. */
const ownNames: Readonly<Record<GrowthMethod, string>> = {
  sparse: "bdf, sparse",
  krylov: "bdf, GMRES",
  rkc: "rkc",
};
export const peerNames: Readonly<Partial<Record<GrowthMethod, string>>> = {
  sparse: "CVODE, KLU",
  krylov: "CVODE, GMRES",
};

export function ownContestant(method: GrowthMethod, signal: AbortSignal): Contestant<GrowthSize> {
  const script = new URL("./growth-main.js", import.meta.url);
  return {
    name: ownNames[method],
    run({ plane, side }, rtol, seconds): Promise<GrowthFigures> {
      const task: GrowthTask = { plane, side, method, rtol, seconds };
      return askFresh(script, task, `${plane} with ${side} points a side by ${method}`, signal);
    },
  };
}

/** CVODE, with KLU for `sparse` and GMRES for `krylov`. */
export const growthPeers: Starts<GrowthSize> = {
  async cvode(signal) {
    const built = await compileCvode("ode-growth.cpp", signal);
    if ("reason" in built) return { CVODE: built };
    const contestants = Object.entries(peerNames).map(
      ([method, name]): Contestant<GrowthSize> => ({
        name,
        async run({ plane, side }, rtol, seconds): Promise<GrowthFigures> {
          const args = [plane, String(side), method, String(rtol), String(seconds)];
          return JSON.parse(await runProgram(built.binary, args, signal));
        },
      }),
    );
    return { CVODE: { version: "", contestants, stop: built.stop } };
  },
};

/** The reference run has a tolerance ten times below the smallest one. Its error is at most a hundredth of
 *  the error at which times are compared. */
const finer = 0.1;

/** The problem with sampled components at its end: exact, or from a run with a far smaller tolerance. */
export async function growthCase(
  plane: PlaneName,
  wanted: number,
  rtol: number,
  by: Contestant<GrowthSize>,
): Promise<GrowthCase> {
  const side = sideOf(plane, wanted);
  const unknowns = unknownsOf(plane, side);
  const size = { name: `${plane} ${unknowns}`, plane, side, unknowns, floor: 1e-3 };
  const exact = planes[plane].exact?.(side);
  if (exact !== undefined) return { ...size, reference: sampled(exact) };
  const { ok, reason, y } = await by.run(size, finer * rtol, 1e-9);
  if (!ok) throw new BenchError(`the reference of ${plane} was not reached: ${reason}`, 1);
  return { ...size, reference: Array.from(y) };
}
