import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BenchError } from "../../errors.ts";
import { complaintsOf, errorIn } from "../../peers/complaints.ts";
import { runProgram } from "../ode/cvode.ts";
import type { GrowthMethod } from "./methods.ts";
import type { PlaneName } from "./planes.ts";

export interface GrowthTask {
  readonly plane: PlaneName;
  readonly side: number;
  readonly method: GrowthMethod;
  readonly rtol: number;
  readonly seconds: number;
}

/** What a process of its own took: the time is that of the best run, the memory the most it ever held. */
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

/** Undefined where the signal ended it. */
export function measureHere(task: GrowthTask, signal: AbortSignal): Promise<GrowthFigures | undefined> {
  return new Promise((resolve, reject) => {
    const worker = fork(fileURLToPath(new URL("./growth-main.js", import.meta.url)), {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const complaints = complaintsOf(worker);
    const stop = (): void => void worker.kill("SIGKILL");
    signal.addEventListener("abort", stop);
    let figures: GrowthFigures | undefined;
    worker.on("message", (message: GrowthFigures) => {
      figures = message;
    });
    worker.on("exit", (code, killedBy) => {
      signal.removeEventListener("abort", stop);
      if (figures !== undefined || signal.aborted) return resolve(figures);
      const { plane, side, method } = task;
      const what = `${plane} with ${side} points a side by ${method}`;
      reject(
        new BenchError(`the process of ${what} ended (${killedBy ?? code}): ${errorIn(complaints())}`, 1),
      );
    });
    worker.send(task);
  });
}

/** By CVODE: KLU for `sparse`, GMRES for `krylov`. */
export async function measureCvode(
  binary: string,
  { plane, side, method, rtol, seconds }: GrowthTask,
  signal: AbortSignal,
): Promise<GrowthFigures | undefined> {
  const args = [plane, String(side), method, String(rtol), String(seconds)];
  try {
    return JSON.parse(await runProgram(binary, args, signal));
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
