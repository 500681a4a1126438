import type { OnnxDescription } from "@stiffnet/onnx";
import { ServeError } from "../errors.ts";
import type { Questions } from "../processes/questions.ts";
import { startThread } from "../processes/thread.ts";

const script = new URL("../../worker/loader.js", import.meta.url);

/** The thread ends after so many milliseconds without work. */
const idle = 5000;

let thread: Questions | undefined;
let reading = 0;
let ending: NodeJS.Timeout | undefined;

/** Reads and checks a file of at most so many bytes. That is done in a thread of its own, so that a large
 *  file holds nobody up. The thread is there only while files are read. */
export async function readAside(
  path: string,
  most: number,
): Promise<{ readonly bytes: Uint8Array; readonly description: OnnxDescription }> {
  thread ??= begin();
  reading++;
  try {
    return (await thread.ask({ do: "read", path, most })) as Awaited<ReturnType<typeof readAside>>;
  } finally {
    reading--;
    ending?.refresh();
  }
}

function begin(): Questions {
  const { worker, questions } = startThread(
    script,
    ({ error, code }) => new ServeError(error!, { code: code ?? "not_onnx" }),
    (asked, reason) => {
      if (thread === asked) thread = undefined;
      asked.lose(new ServeError(`the thread that reads files stopped${reason}`, { code: "not_onnx" }));
    },
  );
  worker.unref();
  ending = setTimeout(() => {
    if (reading > 0) return void ending?.refresh();
    thread = undefined;
    void worker.terminate();
  }, idle).unref();
  return questions;
}
