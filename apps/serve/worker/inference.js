// Runs sessions of onnxruntime off the server's event loop: `run` blocks the thread that calls it.
// Plain JavaScript, so that a worker thread starts from it whether the server runs from its sources or its build.
import { parentPort } from "node:worker_threads";
import ort from "onnxruntime-node";

/** @type {Map<string, import("onnxruntime-node").InferenceSession>} */
const sessions = new Map();
const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 };

let crashing = false;

const handlers = {
  /** The next run ends this thread, as an error that nobody foresaw would. `worker.terminate()` is no way to test that, nor to stop: it ends
   *  the whole process when it meets onnxruntime at work. */
  async crash() {
    crashing = true;
  },
  async exit() {
    process.exit(0);
  },
  async load({ key, bytes }) {
    // onnxruntime takes no shared memory.
    sessions.set(key, await ort.InferenceSession.create(Uint8Array.from(bytes), options));
  },
  async unload({ key }) {
    const session = sessions.get(key);
    sessions.delete(key);
    await session?.release();
  },
  async run({ key, rows, dims, outputs }) {
    if (crashing) process.exit(1);
    const type = rows instanceof Float64Array ? "float64" : "float32";
    const results = await sessions.get(key).run({ inputs: new ort.Tensor(type, rows, dims) }, outputs);
    return outputs.map((name) => ({ name, data: results[name].data, dims: results[name].dims }));
  },
};

// One after the other: what is posted first is done first.
let last = Promise.resolve();
parentPort.on("message", (message) => {
  last = last.then(async () => {
    try {
      parentPort.postMessage({ id: message.id, result: await handlers[message.do](message) });
    } catch (error) {
      parentPort.postMessage({ id: message.id, error: String(error?.message ?? error) });
    }
  });
});
