import { parentPort } from "node:worker_threads";

/** Answers the messages of createQuestions one after the other: what is posted first is done first. */
export function answerWith(handlers) {
  let last = Promise.resolve();
  parentPort.on("message", (message) => {
    last = last.then(async () => {
      try {
        parentPort.postMessage({ id: message.id, result: await handlers[message.do](message) });
      } catch (error) {
        parentPort.postMessage({ id: message.id, error: String(error?.message ?? error), code: error?.code });
      }
    });
  });
}
