// Lets schemathesis make requests of every kind from the OpenAPI document and check every answer, the phase
// of coverage too, against a server with the model of the examples:
//
//     pip install schemathesis && node apps/bench/rigs/schemathesis.mjs [OPTIONS OF schemathesis run]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { resnet } from "@stiffnet/core";
import { exportOnnx } from "@stiffnet/onnx";
import { createServer } from "stiffnet-serve";

const folder = mkdtempSync(join(tmpdir(), "stiffnet-schemathesis-"));
const network = {
  ...resnet({ inputs: 3, outputs: 2, width: 8, depth: 4, seed: 1 }),
  inputNames: ["rainfall", "soil depth", "Q10"],
  outputNames: ["GPP", "NEE"],
};
// The other is loaded and unloaded.
const files = ["model.onnx", "other.onnx"].map((name) => join(folder, name));
for (const file of files) await exportOnnx(network, file, { jacobian: true });
const server = await createServer(files, { workers: 1, log: "error", watch: 0 });
const url = await server.listen({ port: 0 });
const config = fileURLToPath(new URL("schemathesis.toml", import.meta.url));
const options = ["--config-file", config, "run", `${url}/docs/openapi.json`, "--continue-on-failure"];
const child = spawn(
  "schemathesis",
  [...options, "--phases", "examples,coverage,fuzzing,stateful", ...process.argv.slice(2)],
  // It leaves a cache where it runs.
  { stdio: "inherit", cwd: folder },
);
const [code] = await Promise.race([once(child, "exit"), once(child, "error").then(() => [2])]);
if (child.pid === undefined) process.stderr.write("schemathesis: not found; pip install schemathesis\n");
await server.close();
rmSync(folder, { recursive: true });
process.exit(code ?? 1);
