import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inScratchFolder } from "@stiffnet/base/files";
import { type Deciles, decilesOf } from "@stiffnet/report";
import { JsonProcess } from "../peers/json-process.ts";
import type { FoundPython } from "../peers/python.ts";
import type { EngineDescription, EngineRequest, PrepareRequest, StepEngine } from "./engine-protocol.ts";
import { penaltyWeight, type StepModel, type StepProblem } from "./problem.ts";
import { pythonEnvironment } from "./python-engines.ts";

export interface StepCase {
  readonly model: StepModel;
  readonly engine: StepEngine;
  readonly threads: number;
  readonly width: number;
  readonly depth: number;
  readonly batch: number;
  /** Milliseconds a training step (forward, backward, Adam), over all rounds. */
  readonly ms: Deciles;
  /** The loss after `trainedSteps(model)` Adam steps from the same start: engines that train alike agree. */
  readonly lossAfter: number;
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
  readonly pythons: ReadonlyMap<StepEngine, FoundPython>;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

interface Contender {
  readonly engine: StepEngine;
  readonly process: JsonProcess<EngineRequest>;
  readonly description: EngineDescription;
  readonly lossAfter: number;
  readonly ms: number[];
}

/** Steps that every engine trains from the same start, to compare the losses. With Gelfand's formula a step
 *  takes seconds on the slowest engines. */
export function trainedSteps(model: StepModel): number {
  return model === "RES stiff (gelfand)" ? 3 : 20;
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
  const { signal, onProgress, pythons, threads, seconds } = options;
  const processes: JsonProcess<EngineRequest>[] = [];
  const missing: MissingEngine[] = [];
  const drop = (engine: StepEngine, error: unknown): void => {
    missing.push({ model, engine, reason: error instanceof Error ? error.message : String(error) });
  };
  const running: Contender[] = [];
  await inScratchFolder("step", async (folder) => {
    const file = writeProblem(folder, problem);
    for (const engine of engines) {
      if (signal.aborted) return;
      onProgress(`${model}: ${engine} starts`);
      const process = startEngine(pythons.get(engine), signal);
      processes.push(process);
      try {
        const description = await process.ask<EngineDescription>(
          prepareRequest(problem, { file, engine, model, threads }),
        );
        const steps = trainedSteps(model);
        const { losses } = await process.ask<{ losses: number[] }>({ op: "train", steps });
        // The compiler's work and the first ticks of the just-in-time compilers are not the step.
        await process.ask({ op: "round", seconds: warmUp(model, seconds) });
        running.push({ engine, process, description, lossAfter: losses.at(-1)!, ms: [] });
      } catch (error) {
        process.stop();
        drop(engine, error);
      }
    }
    await takeTurns(running, model, options, drop);
  }).finally(() => {
    for (const process of processes) process.stop();
  });
  return { cases: casesOf(running, problem, model, threads), missing };
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

/** An engine in a process of its own that answers one request at a time. */
function startEngine(python: FoundPython | undefined, signal: AbortSignal): JsonProcess<EngineRequest> {
  if (python) return new JsonProcess(python.command, [python.script], signal, pythonEnvironment);
  const own = fileURLToPath(new URL("./engine-main.js", import.meta.url));
  return new JsonProcess(process.execPath, [own], signal);
}

/** The problem in a file, as engines read it. */
function writeProblem(folder: string, { parameters, inputs, outputs }: StepProblem): string {
  const file = join(folder, "problem.bin");
  writeFileSync(
    file,
    Buffer.concat([parameters, inputs, outputs].map((part) => new Uint8Array(part.buffer))),
  );
  return file;
}

function prepareRequest(
  { config, batch, batches, parameters }: StepProblem,
  asked: Pick<PrepareRequest, "file" | "engine" | "model" | "threads">,
): PrepareRequest {
  const { inputs, outputs, width, depth, horizon } = config;
  return {
    op: "prepare",
    ...asked,
    inputs,
    outputs,
    width,
    depth,
    horizon,
    batch,
    batches,
    parameters: parameters.length,
    weight: penaltyWeight(asked.model),
  };
}

function casesOf(
  running: readonly Contender[],
  { config: { width, depth }, batch }: StepProblem,
  model: StepModel,
  threads: number,
): StepCase[] {
  return running
    .filter(({ ms }) => ms.length > 0)
    .map(({ engine, ms, lossAfter, description }) => ({
      model,
      engine,
      threads,
      width,
      depth,
      batch,
      ms: decilesOf(ms),
      lossAfter,
      steps: ms.length,
      version: description.version,
      detail: [description.detail, description.blas].filter(Boolean).join(", "),
    }));
}
