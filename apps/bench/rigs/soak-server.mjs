// The server of soak.mjs: soak-server.mjs MODEL.onnx MAXBATCH, told by messages to crash a worker, to say how
// it is, to stop.
import { createServer } from "stiffnet-serve";

const [path, maxBatch] = process.argv.slice(2);
const server = await createServer([path], { workers: 2, maxBatch: Number(maxBatch), log: "error" });
const url = await server.listen({ port: 0 });
process.on("message", async ({ kill, state, stop }) => {
  const { pool } = server.stiffnet;
  if (kill !== undefined) {
    // A worker that starts just now does not answer.
    await Promise.race([
      pool.kill(kill).catch(() => {}),
      new Promise((resolve) => setTimeout(resolve, 5000)),
    ]);
    process.send({});
  }
  if (state) process.send({ memory: process.memoryUsage(), restarts: pool.state.restarts });
  if (stop) {
    await server.close();
    process.exit(0);
  }
});
process.send({ url });
