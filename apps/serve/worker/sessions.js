// Sessions of onnxruntime by key. Plain JavaScript, so that worker threads and the server load it whether
// they run from sources or a build.
import ort from "onnxruntime-node";

const options = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
  graphOptimizationLevel: "all",
  executionMode: "sequential",
};

/** @returns {import("./sessions.js").Sessions} */
export function createSessions() {
  const sessions = new Map();
  return {
    async load(key, bytes) {
      // onnxruntime takes no shared memory.
      sessions.set(key, await ort.InferenceSession.create(Uint8Array.from(bytes), options));
    },
    async unload(key) {
      const session = sessions.get(key);
      sessions.delete(key);
      await session?.release();
    },
    async run({ key, rows, dims, outputs }) {
      const type = rows instanceof Float64Array ? "float64" : "float32";
      const results = await sessions.get(key).run({ inputs: new ort.Tensor(type, rows, dims) }, outputs);
      return outputs.map((name) => ({ name, data: results[name].data, dims: results[name].dims }));
    },
  };
}
