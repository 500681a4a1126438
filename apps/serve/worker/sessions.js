// Sessions of onnxruntime by key. Plain JavaScript, so that worker threads and the server load it whether
// they run from sources or a build.
import { ort } from "./onnxruntime.js";

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
      const session = await ort.InferenceSession.create(Uint8Array.from(bytes), options);
      // The first run takes longer than those after it, and a graph that cannot run is refused here.
      try {
        const [{ type, shape }] = session.inputMetadata;
        const columns = shape.at(-1);
        const row = type === "float64" ? new Float64Array(columns) : new Float32Array(columns);
        await session.run({ inputs: new ort.Tensor(type, row, [1, columns]) });
      } catch (error) {
        await session.release();
        throw error;
      }
      sessions.set(key, session);
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
