import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BenchError } from "../../errors.ts";
import { complaintsOf, errorIn } from "../../peers/complaints.ts";
import type { StudyConfig } from "../../runner/config.ts";
import type { CostFigures } from "./cases.ts";

/** Runs a study in a fresh process. Undefined where the signal ended it. */
export function measureCase(config: StudyConfig, signal: AbortSignal): Promise<CostFigures | undefined> {
  return new Promise((resolve, reject) => {
    const worker = fork(fileURLToPath(new URL("./trial-main.js", import.meta.url)), {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const complaints = complaintsOf(worker);
    const stop = (): void => void worker.kill("SIGKILL");
    signal.addEventListener("abort", stop);
    let figures: CostFigures | undefined;
    worker.on("message", (message: CostFigures) => {
      figures = message;
    });
    worker.on("exit", (code, killedBy) => {
      signal.removeEventListener("abort", stop);
      if (figures !== undefined || signal.aborted) return resolve(figures);
      reject(
        new BenchError(
          `the process of width ${config.network.width}, depth ${config.network.depth} and ${config.training.epochs} epochs ended (${killedBy ?? code}): ${errorIn(complaints())}`,
          1,
        ),
      );
    });
    worker.send(config);
  });
}
