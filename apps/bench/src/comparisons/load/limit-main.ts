import { readFileSync } from "node:fs";
import { quantile } from "@stiffnet/report";
import { scriptArguments } from "@stiffnet/terminal";
import ort from "onnxruntime-node";

// One thread that does nothing but run the session, one request a run: limit-main.js MODEL ROWS COLUMNS TYPE
// SECONDS
const [file, rows, columns, type, seconds] = scriptArguments();
const session = await ort.InferenceSession.create(readFileSync(file!), { intraOpNumThreads: 1 });
const values = Array.from({ length: Number(rows) * Number(columns) }, (_, k) => ((k * 0.618) % 2) - 1);
const shape = [Number(rows), Number(columns)];
const inputs =
  type === "float64"
    ? new ort.Tensor("float64", Float64Array.from(values), shape)
    : new ort.Tensor("float32", Float32Array.from(values), shape);
for (let k = 0; k < 200; k++) await session.run({ inputs }, ["outputs"]);
const ms: number[] = [];
const began = performance.now();
for (let since = began; since < began + 1000 * Number(seconds); ) {
  await session.run({ inputs }, ["outputs"]);
  const now = performance.now();
  ms.push(now - since);
  since = now;
}
const elapsed = (performance.now() - began) / 1000;
process.stdout.write(
  JSON.stringify({
    perSecond: ms.length / elapsed,
    p50: quantile(ms, 0.5),
    p99: quantile(ms, 0.99),
    failed: 0,
  }),
);
