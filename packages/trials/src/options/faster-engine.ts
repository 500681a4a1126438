import { BenchError, note } from "@stiffnet/terminal";
import { networkFor, type StudyConfig, trainingFor } from "../configuration/config.ts";
import type { StudyOptions } from "./study-options.ts";

/** Whether `--engine auto` was given. */
export function isAuto({ engine = [] }: StudyOptions): boolean {
  if (!engine.includes("auto")) return false;
  if (engine.length > 1) {
    throw new BenchError(`--engine: is ${engine.join(",")}, expected auto alone`);
  }
  return true;
}

/** Every model on the engine that a rule on its sizes says is faster here, with one line that says why. The
 *  configuration holds the engines, as if they had been asked for. */
export async function onFasterEngines(config: StudyConfig): Promise<StudyConfig> {
  const { chooseEngine } = await import("@stiffnet/tfjs");
  const models = config.models.map((spec) => {
    const { width, augment = 0, solver } = networkFor(config, spec);
    const { engine, why } = chooseEngine({
      width: width + augment,
      batchSize: trainingFor(config, spec).batchSize,
      solver,
      penalised: spec.penalty !== undefined && spec.penalty.kind !== "l2",
    });
    note(`${config.command}: ${spec.name} on ${engine}: ${why}`);
    return engine === "kernels" ? spec : { ...spec, engine };
  });
  return { ...config, models };
}
