import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Deciles, decilesOf } from "@stiffnet/report";
import {
  type Contender,
  type EngineChecks,
  measureYardstick,
  prepareContender,
  writeProblem,
} from "./contender.ts";
import { EngineProcess } from "./engine-process.ts";
import type { StepEngine } from "./engine-protocol.ts";
import type { StepModel, StepProblem } from "./problem.ts";
import type { PythonEngine } from "./python-engines.ts";

export interface StepCase extends EngineChecks {
  readonly model: StepModel;
  readonly engine: StepEngine;
  readonly threads: number;
  readonly width: number;
  readonly depth: number;
  readonly batch: number;
  /** Milliseconds a training step (forward, backward, Adam), over all rounds. */
  readonly ms: Deciles;
  readonly steps: number;
  readonly version: string;
  readonly detail: string;
}

export interface MissingEngine {
  /** The model it failed on; absent where the engine is not installed. */
  readonly model?: StepModel;
  readonly engine: StepEngine;
  readonly reason: string;
}

export interface CompareOptions {
  readonly threads: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly pythons: ReadonlyMap<StepEngine, PythonEngine>;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/** Seconds of training before the first round. The Krylov spaces of `RES stiff` are longest on an untrained
 *  network: it is timed as it is for most of a training, some tens of epochs in. */
function warmUp(model: StepModel, seconds: number): number {
  return model === "RES stiff" ? 20 * seconds : seconds;
}

/** Times the engines on one model, each in a fresh process. They take turns in every round, and the order
 *  rotates, so that other work on the machine slows all of them. */
export async function compareEngines(
  problem: StepProblem,
  model: StepModel,
  engines: readonly StepEngine[],
  options: CompareOptions,
): Promise<{ cases: StepCase[]; missing: MissingEngine[] }> {
  const folder = mkdtempSync(join(tmpdir(), "stiffnet-step-"));
  const processes: EngineProcess[] = [];
  const stop = (): void => {
    for (const process of processes) process.stop();
  };
  options.signal.addEventListener("abort", stop);
  const missing: MissingEngine[] = [];
  const drop = (engine: StepEngine, error: unknown): void => {
    missing.push({ model, engine, reason: error instanceof Error ? error.message : String(error) });
  };
  try {
    options.signal.throwIfAborted();
    const written = writeProblem(folder, model, problem);
    options.onProgress(`${model}: float64 reference`);
    const yardstick = await measureYardstick(written, options.signal);
    const running: Contender[] = [];
    for (const engine of engines) {
      if (options.signal.aborted) break;
      options.onProgress(`${model}: ${engine} starts`);
      const process = new EngineProcess(engine, options.pythons.get(engine));
      processes.push(process);
      try {
        const contender = await prepareContender(engine, process, written, yardstick, options.threads);
        // The compiler's work and the first ticks of the just-in-time compilers are not the step.
        await process.ask({ op: "round", seconds: warmUp(model, options.seconds) });
        running.push(contender);
      } catch (error) {
        process.stop();
        drop(engine, error);
      }
    }
    await takeTurns(running, model, options, drop);
    return { cases: casesOf(running, problem, model, options.threads), missing };
  } catch (error) {
    if (options.signal.aborted) return { cases: [], missing };
    throw error;
  } finally {
    options.signal.removeEventListener("abort", stop);
    stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Who fails is out from then on. */
async function takeTurns(
  running: Contender[],
  model: StepModel,
  { rounds, seconds, signal, onProgress }: CompareOptions,
  drop: (engine: StepEngine, error: unknown) => void,
): Promise<void> {
  for (let round = 0; round < rounds && !signal.aborted; round++) {
    onProgress(`${model}: round ${round + 1} of ${rounds}`);
    for (const turn of [
      ...running.slice(round % running.length),
      ...running.slice(0, round % running.length),
    ]) {
      if (signal.aborted) break;
      try {
        turn.ms.push(...(await turn.process.ask<{ ms: number[] }>({ op: "round", seconds })).ms);
      } catch (error) {
        running.splice(running.indexOf(turn), 1);
        drop(turn.engine, error);
      }
    }
  }
}

function casesOf(
  running: readonly Contender[],
  { config: { width, depth }, batch }: StepProblem,
  model: StepModel,
  threads: number,
): StepCase[] {
  return running
    .filter(({ ms }) => ms.length > 0)
    .map(({ engine, ms, checks, description }) => ({
      ...{ model, engine, threads, width, depth, batch },
      ms: decilesOf(ms),
      ...checks,
      steps: ms.length,
      version: description.version,
      detail: [description.detail, description.blas].filter(Boolean).join(", "),
    }));
}
