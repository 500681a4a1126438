import { runProgram } from "../ode/cvode.ts";
import { inFreshProcess } from "../peers/fresh-process.ts";
import type { PlaneName } from "./planes.ts";

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

/** Figures of one process: the time of its best run, and its largest memory. */
export interface GrowthFigures {
  readonly ok: boolean;
  readonly reason: string;
  readonly seconds: number;
  readonly steps: number;
  readonly evaluations: number;
  readonly factorisations: number;
  readonly peakMiB: number;
  /** Sampled components at the end. */
  readonly y: readonly number[];
}

export function measureHere(task: GrowthTask, signal: AbortSignal): Promise<GrowthFigures> {
  const { plane, side, method } = task;
  const script = new URL("./growth-main.js", import.meta.url);
  return inFreshProcess(script, task, `${plane} with ${side} points a side by ${method}`, signal);
}

/** Runs CVODE, with KLU for `sparse` and GMRES for `krylov`. */
export async function measureCvode(
  binary: string,
  { plane, side, method, rtol, seconds }: GrowthTask,
  signal: AbortSignal,
): Promise<GrowthFigures> {
  const args = [plane, String(side), method, String(rtol), String(seconds)];
  return JSON.parse(await runProgram(binary, args, signal));
}
