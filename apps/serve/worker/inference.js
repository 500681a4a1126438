// Runs sessions of onnxruntime off the server's event loop: `run` blocks the thread that calls it.
import { answerWith } from "./answer.js";
import { createSessions } from "./sessions.js";

const sessions = createSessions();
let crashing = false;

answerWith({
  /** The next run ends this thread, as an error that nobody foresaw would. `worker.terminate()` is no way to
   *  test that, nor to stop: it ends the whole process when it meets onnxruntime at work. */
  async crash() {
    crashing = true;
  },
  async exit() {
    process.exit(0);
  },
  load: ({ key, bytes }) => sessions.load(key, bytes),
  unload: ({ key }) => sessions.unload(key),
  async run(batch) {
    if (crashing) process.exit(1);
    return sessions.run(batch);
  },
});
