import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quantile } from "../../statistics.ts";
import { EngineProcess } from "./engine-process.ts";
import type { EngineDescription, StepEngine } from "./engine-protocol.ts";
import { penaltyWeight, type StepModel, type StepProblem } from "./problem.ts";
import { referenceStep, relativeDifference } from "./reference.ts";
import type { PythonWithTorch } from "./torch-environment.ts";

export interface StepCase {
  readonly model: StepModel;
  readonly engine: StepEngine;
  readonly threads: number;
  readonly width: number;
  readonly depth: number;
  readonly batch: number;
  /** Milliseconds a training step (forward, backward, Adam), over all rounds. */
  readonly ms: { readonly median: number; readonly p10: number; readonly p90: number };
  /** |g - g64| / |g64| over all parameters, g64 the float64 reference, at the initial parameters. */
  readonly gradientError: number;
  /** |L - L64| / L64 there. */
  readonly lossError: number;
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

/** Steps that every engine trains from the same start, to compare what becomes of the loss. By Gelfand's formula a step
 *  takes seconds on the slowest engines. */
export function trainedSteps(model: StepModel): number {
  return model === "RES stiff (gelfand)" ? 3 : 20;
}

/** Seconds of training before the first round. The Krylov spaces of `RES stiff` are longest on an untrained network:
 *  it is timed as it is for most of a training, some tens of epochs in. */
function warmUp(model: StepModel, seconds: number): number {
  return model === "RES stiff" ? 20 * seconds : seconds;
}

/** Times the engines on one model: a fresh process each, then rounds in which they take turns (the order rotates),
 *  so that what else the machine does falls on all of them alike. */
export async function compareEngines(
  problem: StepProblem,
  model: StepModel,
  engines: readonly StepEngine[],
  options: {
    threads: number;
    rounds: number;
    seconds: number;
    python: PythonWithTorch | undefined;
    signal: AbortSignal;
    onProgress: (text: string) => void;
  },
): Promise<{ cases: StepCase[]; missing: MissingEngine[] }> {
  const folder = mkdtempSync(join(tmpdir(), "stiffnet-step-"));
  const running: Contender[] = [];
  const missing: MissingEngine[] = [];
  const drop = (engine: StepEngine, error: unknown): void => {
    missing.push({ model, engine, reason: error instanceof Error ? error.message : String(error) });
  };
  const stop = (): void => {
    for (const { process } of running) process.stop();
  };
  options.signal.addEventListener("abort", stop);
  try {
    const file = join(folder, "problem.bin");
    writeFileSync(file, concatenated([problem.parameters, problem.inputs, problem.outputs]));
    const reference = referenceStep(problem, model);
    for (const engine of engines) {
      if (options.signal.aborted) break;
      options.onProgress(`${model}: ${engine} starts`);
      const child = new EngineProcess(engine, options.python);
      try {
        running.push(await contender(child, problem, model, file, options.threads, reference));
        // The compiler's work and the first ticks of the just-in-time compilers are not the step.
        await child.ask({ op: "round", seconds: warmUp(model, options.seconds) });
      } catch (error) {
        if (running.at(-1)?.process === child) running.pop();
        child.stop();
        drop(engine, error);
      }
    }
    for (let round = 0; round < options.rounds && !options.signal.aborted; round++) {
      options.onProgress(`${model}: round ${round + 1} of ${options.rounds}`);
      for (let k = 0; k < running.length && !options.signal.aborted; k++) {
        const turn = running[(round + k) % running.length]!;
        if (turn.failed) continue;
        try {
          const { ms } = await turn.process.ask<{ ms: number[] }>({ op: "round", seconds: options.seconds });
          turn.ms.push(...ms);
        } catch (error) {
          turn.failed = true;
          drop(turn.process.engine, error);
        }
      }
    }
    const { width, depth } = problem.config;
    const cases = running
      .filter(({ failed, ms }) => !failed && ms.length > 0)
      .map(({ process: { engine }, ms, checks, description }) => ({
        model,
        engine,
        threads: options.threads,
        width,
        depth,
        batch: problem.batch,
        ms: { median: quantile(ms, 0.5), p10: quantile(ms, 0.1), p90: quantile(ms, 0.9) },
        ...checks,
        steps: ms.length,
        version: description.version,
        detail: [description.detail, description.blas].filter(Boolean).join(", "),
      }));
    return { cases, missing };
  } finally {
    options.signal.removeEventListener("abort", stop);
    stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Contender {
  readonly process: EngineProcess;
  readonly description: EngineDescription;
  readonly checks: Pick<StepCase, "gradientError" | "lossError" | "lossAfter">;
  readonly ms: number[];
  failed: boolean;
}

async function contender(
  child: EngineProcess,
  problem: StepProblem,
  model: StepModel,
  file: string,
  threads: number,
  reference: { loss: number; gradient: Float64Array },
): Promise<Contender> {
  const { inputs, outputs, width, depth, horizon } = problem.config;
  const sizes = { inputs, outputs, width, depth, horizon, batch: problem.batch, batches: problem.batches };
  const description = await child.ask<EngineDescription>({
    op: "prepare",
    file,
    engine: child.engine,
    model,
    ...sizes,
    parameters: problem.parameters.length,
    weight: penaltyWeight[model],
    threads,
  });
  const gradientFile = `${file}.${child.engine}.gradient`;
  const { loss } = await child.ask<{ loss: number }>({ op: "gradient", file: gradientFile });
  const bytes = readFileSync(gradientFile);
  const gradient = new Float32Array(new Uint8Array(bytes).buffer);
  const { losses } = await child.ask<{ losses: number[] }>({ op: "train", steps: trainedSteps(model) });
  return {
    process: child,
    description,
    ms: [],
    failed: false,
    checks: {
      gradientError: relativeDifference(gradient, reference.gradient),
      lossError: Math.abs(loss - reference.loss) / reference.loss,
      lossAfter: losses.at(-1)!,
    },
  };
}

function concatenated(parts: readonly Float32Array[]): Uint8Array {
  return Buffer.concat(parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)));
}
