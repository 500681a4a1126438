// docs/clients.md: every call of NVIDIA's and KServe's Python clients, and what came back from this server.
//
//     node scripts/install-test-tools.mjs triton kserve && node apps/bench/rigs/clients.mjs
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { resnet } from "@stiffnet/core";
import { exportOnnx } from "@stiffnet/onnx";
import { createServer } from "stiffnet-serve";
import { tools } from "../../../scripts/test-tools.mjs";

const names = { triton: "tritonclient", kserve: "kserve" };
const pathOf = (name) => fileURLToPath(new URL(`../../serve/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "stiffnet-clients-"));
const network = resnet({ inputs: 3, outputs: 2, width: 8, depth: 4, seed: 1 });
const { path } = await exportOnnx(network, join(folder, "model.onnx"));
const server = await createServer([`model=${path}`], {
  workers: 1,
  log: "silent",
  watch: 0,
  grpc: { port: 0 },
});
const { host } = new URL(await server.listen({ port: 0 }));
const sections = [];
for (const [client, name] of Object.entries(names)) {
  const python = tools[client].find();
  if (!python) throw new Error(`${tools[client].missing} is not there`);
  const script = pathOf(`test/reference/ask_as_${client}.py`);
  const { stdout } = await promisify(execFile)(python, [
    script,
    host,
    `127.0.0.1:${server.grpcPort}`,
    "model",
  ]);
  const shown = ["-c", `import importlib.metadata as m; print(m.version("${name}"))`];
  const version = (await promisify(execFile)(python, shown)).stdout.trim();
  const found = JSON.parse(stdout);
  const calls = [...new Set(Object.values(found).flatMap(Object.keys))];
  const rows = calls.map(
    (call) => `| ${[call, cell(found.http[call]), cell(found.grpc[call])].join(" | ")} |`,
  );
  sections.push(`## ${name} ${version}\n\n| call | HTTP | gRPC |\n| --- | --- | --- |\n${rows.join("\n")}\n`);
}
await server.close();
rmSync(folder, { recursive: true });
writeFileSync(
  pathOf("docs/clients.md"),
  `# What clients of the protocol get

\`node apps/bench/rigs/clients.mjs\` calls a server by two published Python clients. The server has one model with three inputs and two outputs.
The tables list each call and its result or error. The same calls are tests.

${sections.join("\n")}`,
);

/** The answer, shortened if it is long. */
function cell(value) {
  if (value === undefined) return "–";
  const text = JSON.stringify(value, (_, part) =>
    typeof part === "number" ? Number(part.toPrecision(4)) : part,
  ).replaceAll("|", "\\|");
  return `\`${text.length > 90 ? `${text.slice(0, 88)}…` : text}\``;
}
