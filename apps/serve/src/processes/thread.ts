import { Worker } from "node:worker_threads";
import { type Answer, createQuestions, type Questions } from "./questions.ts";

/** Starts a thread that answers questions.
 *  @param failure The error that an answer without a result is.
 *  @param ended Told when it has stopped, and why if that is known. */
export function startThread(
  script: URL,
  failure: (answer: Answer) => Error,
  ended: (questions: Questions, reason: string) => void,
): { readonly worker: Worker; readonly questions: Questions } {
  // Flags of the program, such as --input-type, are not for a script.
  const worker = new Worker(script, { execArgv: [] });
  const questions = createQuestions((message) => worker.postMessage(message), failure);
  worker.on("message", (answer: Answer) => questions.take(answer));
  let reason = "";
  // 'exit' follows and does the work; without a listener an error would end the process.
  worker.on("error", (error) => {
    reason = ` (${String(error).split("\n", 1)[0]})`;
  });
  worker.once("exit", () => ended(questions, reason));
  return { worker, questions };
}
