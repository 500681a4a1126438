import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BenchError } from "@stiffnet/terminal";
import { complaintsOf, errorIn } from "@stiffnet/trials";

/** Runs a task by a script in its own process; rejects if the signal ends it. `what` names the task where
 *  the process ends without a word. */
export function inFreshProcess<Answer>(
  script: URL,
  task: object,
  what: string,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const worker = fork(fileURLToPath(script), {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const complaints = complaintsOf(worker);
    const stop = (): void => void worker.kill("SIGKILL");
    signal.addEventListener("abort", stop);
    let answer: Answer | undefined;
    worker.on("message", (message) => {
      answer = message as Answer;
    });
    worker.on("exit", (code, killedBy) => {
      signal.removeEventListener("abort", stop);
      if (answer !== undefined) return resolve(answer);
      const how = `(${killedBy ?? code}): ${errorIn(complaints())}`;
      reject(new BenchError(`the process of ${what} ended ${how}`, 1));
    });
    worker.send(task);
  });
}
