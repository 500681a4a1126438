// Restarts two servers behind HAProxy, one after the other and again and again, under load, and counts
// requests that fail. HAProxy must be installed; the balancer's rules are those of deploy/haproxy.cfg.
//
//     node apps/bench/rigs/rolling.mjs MODEL.onnx [--restarts 6] [--connections 32] [--namespaces]
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCommand, wholeFrom } from "./command.mjs";
import { inNamespaces, onThisHost } from "./rolling-hosts.mjs";
import { serverScript } from "./server.mjs";

const { path, port, restarts, connections, namespaces, haproxy } = readCommand({
  name: "rolling",
  about: "Restarts two servers behind HAProxy under load and counts requests that fail.",
  example: "model.onnx --restarts 4 --namespaces",
  options: [
    ["--restarts <n>", "how often", wholeFrom(1), 6],
    ["--connections <n>", "connections at one time", wholeFrom(1), 32],
    ["--port <n>", "port of the proxy; the servers have the next two", wholeFrom(1), 18_080],
    ["--namespaces", "hosts of their own, as network namespaces (needs root)", false],
    ["--haproxy <file>", "the program", "/usr/sbin/haproxy"],
  ],
});
if (!existsSync(haproxy)) {
  process.stderr.write(`rolling: ${haproxy}: no such file; --haproxy says where HAProxy is\n`);
  process.exit(2);
}
const { hosts, remove } = namespaces ? inNamespaces() : onThisHost(port);
process.on("exit", remove);

async function start({ port: own, command, options }) {
  const asked = [serverScript, path, "--port", `${own}`, "--lame-duck", "6", "--json", ...options];
  const [program, ...args] = [...command, process.execPath, ...asked];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child;
}

const rules = readFileSync(new URL("../../serve/deploy/haproxy.cfg", import.meta.url), "utf8")
  .replace(/^resolvers[\s\S]*?\n\n/m, "")
  .replace("bind :8080", `bind 127.0.0.1:${port}`)
  .replace(
    /^ {2}server-template.*$/m,
    hosts.map(({ address, port: own }, k) => `  server s${k} ${address}:${own}`).join("\n"),
  )
  .replace(/^ {2}log stdout.*$/m, "");
const file = join(mkdtempSync(join(tmpdir(), "stiffnet-rolling-")), "haproxy.cfg");
writeFileSync(file, rules);
const servers = await Promise.all(hosts.map(start));
const proxy = spawn(haproxy, ["-f", file, "-db"], { stdio: "ignore" });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
await pause(4000);

const { models } = await (await fetch(`http://${hosts[0].address}:${hosts[0].port}/models`)).json();
const [model] = models;
const tensor = {
  name: "inputs",
  datatype: "FP32",
  shape: [1, model.inputs.length],
  data: model.inputs.map(() => 1),
};
const body = JSON.stringify({ inputs: [tensor] });
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const statuses = {};
let running = true;
const ask = () =>
  new Promise((resolve) => {
    const path = `/v2/models/${model.name}/infer`;
    const sent = request({ port, agent, path, method: "POST" }, (reply) => {
      reply.resume();
      reply.on("end", () => resolve(reply.statusCode));
    });
    sent.on("error", ({ code }) => resolve(code));
    sent.end(body);
  });
const clients = Array.from({ length: connections }, async () => {
  while (running) {
    const status = await ask();
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
});
const codes = [];
for (let k = 0; k < restarts; k++) {
  const which = k % 2;
  const ended = new Promise((resolve) => servers[which].once("exit", resolve));
  servers[which].kill("SIGTERM");
  codes.push(await ended);
  servers[which] = await start(hosts[which]);
  // Until the balancer has seen it ready.
  await pause(4000);
}
running = false;
await Promise.all(clients);
for (const server of servers) server.kill("SIGTERM");
proxy.kill("SIGTERM");
console.log(JSON.stringify({ restarts: codes.length, codes: [...new Set(codes)], statuses }));
process.exit(Object.keys(statuses).some((status) => status !== "200") ? 1 : 0);
