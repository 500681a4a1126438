import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineProcess } from "./engine-process.ts";
import { type EngineDescription, type EngineRequest, reference, type StepEngine } from "./engine-protocol.ts";
import { penaltyWeight, type StepModel, type StepProblem } from "./problem.ts";
import { gradientError, hasReference } from "./reference.ts";

/** A problem in a file, as engines read it. */
interface WrittenProblem {
  readonly problem: StepProblem;
  readonly model: StepModel;
  readonly file: string;
}

/** The reference for every engine. */
interface Yardstick {
  readonly loss: number;
  /** Differences of the loss, by which a gradient is judged. */
  readonly differences: Float64Array;
}

/** How far an engine is from the yardstick; null where there is none. */
export interface EngineChecks {
  /** |g - g64| / |g| over all parameters at the initial ones, g64 the float64 reference, as some
   *  directions tell it. */
  readonly gradientError: number | null;
  /** |L - L64| / L64 there. */
  readonly lossError: number | null;
  /** The loss after `trainedSteps(model)` Adam steps from the same start: engines that train alike agree. */
  readonly lossAfter: number;
}

export interface Contender {
  readonly engine: StepEngine;
  readonly process: EngineProcess;
  readonly description: EngineDescription;
  readonly checks: EngineChecks;
  readonly ms: number[];
}

/** Steps that every engine trains from the same start, to compare the losses. With Gelfand's formula a step
 *  takes seconds on the slowest engines. */
export function trainedSteps(model: StepModel): number {
  return model === "RES stiff (gelfand)" ? 3 : 20;
}

export function writeProblem(folder: string, model: StepModel, problem: StepProblem): WrittenProblem {
  const file = join(folder, "problem.bin");
  const parts = [problem.parameters, problem.inputs, problem.outputs];
  writeFileSync(
    file,
    Buffer.concat(parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength))),
  );
  return { problem, model, file };
}

/** Computes the float64 reference; undefined where it would take too long. */
export async function measureYardstick(
  written: WrittenProblem,
  signal: AbortSignal,
): Promise<Yardstick | undefined> {
  if (!hasReference(written.problem, written.model)) return undefined;
  const child = new EngineProcess(reference, undefined);
  signal.addEventListener("abort", () => child.stop());
  try {
    await child.ask(prepareRequest(child, written, 1));
    const { loss, bytes } = await gradientOf(child, written.file);
    return { loss, differences: new Float64Array(bytes) };
  } finally {
    child.stop();
  }
}

/** An engine that is ready for its turns: compared, and trained for some steps. */
export async function prepareContender(
  engine: StepEngine,
  process: EngineProcess,
  written: WrittenProblem,
  yardstick: Yardstick | undefined,
  threads: number,
): Promise<Contender> {
  const description = await process.ask<EngineDescription>(prepareRequest(process, written, threads));
  let errors: Pick<EngineChecks, "gradientError" | "lossError"> = { gradientError: null, lossError: null };
  if (yardstick !== undefined) {
    const { loss, bytes } = await gradientOf(process, written.file);
    const { parameters } = written.problem;
    errors = {
      gradientError: gradientError(new Float32Array(bytes), parameters, yardstick.differences),
      lossError: Math.abs(loss - yardstick.loss) / yardstick.loss,
    };
  }
  const { losses } = await process.ask<{ losses: number[] }>({
    op: "train",
    steps: trainedSteps(written.model),
  });
  return { engine, process, description, ms: [], checks: { ...errors, lossAfter: losses.at(-1)! } };
}

function prepareRequest(
  { engine }: EngineProcess,
  { problem, model, file }: WrittenProblem,
  threads: number,
): EngineRequest {
  const { inputs, outputs, width, depth, horizon } = problem.config;
  return {
    ...{ op: "prepare", file, engine, model, inputs, outputs, width, depth, horizon, threads },
    ...{ batch: problem.batch, batches: problem.batches },
    parameters: problem.parameters.length,
    weight: penaltyWeight(model),
  };
}

async function gradientOf(process: EngineProcess, problem: string) {
  const file = `${problem}.${process.engine}.gradient`;
  const { loss } = await process.ask<{ loss: number }>({ op: "gradient", file });
  return { loss, bytes: new Uint8Array(readFileSync(file)).buffer };
}
