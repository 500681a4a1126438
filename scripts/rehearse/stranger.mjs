// What a stranger does in an empty folder: ask for help, train on a table, serve the network, ask it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must, run } from "./run.mjs";

/** Lines of the transcript; throws where a step fails. */
export async function stranger({ folder, env, bench, serve, quick }) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "ensemble.csv"), table(200));
  const lines = [];
  const step = async (args, seen, options = {}) => {
    const result = await must("npx", ["--yes", ...args], { cwd: folder, env, ...options });
    const first = result.first?.toFixed(1) ?? "-";
    process.stderr.write(`rehearsal: npx ${args.join(" ")}: ${result.seconds.toFixed(1)} s\n`);
    lines.push(
      `$ npx ${args.join(" ")}`,
      ...seen(result),
      `# first output after ${first} s, all ${result.seconds.toFixed(1)} s`,
      "",
    );
    return result;
  };
  const help = await step([bench, "--help"], ({ stdout }) => stdout.split("\n").slice(0, 1));
  await step(
    [bench, "train", "ensemble.csv", "--inputs", "a,b", "--outputs", "y", "--trials", "2", "--epochs", "50"],
    ({ stdout }) => stdout.trim().split("\n").slice(-4),
  );
  if (quick)
    await step([bench, "study", "--preset", "quick"], ({ stdout }) => stdout.trim().split("\n").slice(-4));
  lines.push(...(await serveAndAsk({ folder, env, serve })));
  return { lines: lines.map((line) => line.replaceAll(`${folder}/`, "")), first: help.first };
}

async function serveAndAsk({ folder, env, serve }) {
  const lines = [];
  let answering;
  const args = ["--yes", serve, "results/train/model.onnx", "--port", "0"];
  const ended = await run("npx", args, {
    cwd: folder,
    env,
    timeout: 300,
    onOutput: (text, kill) => {
      const url = /http:\/\/[\d.:]+/.exec(text)?.[0];
      if (!url || answering) return;
      answering = ask(url)
        .then((said) => lines.push(...said))
        .finally(() => kill("SIGINT"));
    },
  });
  if (!answering) throw new Error(`${serve} said no address: ${ended.stderr}`);
  await answering;
  return [
    `$ npx ${args.slice(1).join(" ")}`,
    ...lines,
    `# first output after ${ended.first.toFixed(1)} s; ends with ${ended.code}`,
  ];
}

async function ask(url) {
  const body = JSON.stringify({
    inputs: [{ name: "inputs", shape: [1, 2], datatype: "FP64", data: [0.3, 0.7] }],
  });
  const models = await (
    await fetch(`${url}/v2/repository/index`, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    })
  ).json();
  const path = `/v2/models/${models[0].name}`;
  const { inputs } = await (await fetch(`${url}${path}`)).json();
  const request = JSON.parse(body);
  Object.assign(request.inputs[0], { name: inputs[0].name, datatype: inputs[0].datatype });
  const response = await fetch(`${url}${path}/infer`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}/infer answers ${response.status}: ${text}`);
  return [`$ curl ${url.replace(/\d+$/, "PORT")}${path}/infer -d '${JSON.stringify(request)}'`, text];
}

/** A smooth function of two inputs; the same table every time. */
function table(rows) {
  const lines = ["a,b,y"];
  for (let i = 0; i < rows; i++) {
    const [a, b] = [(i * 0.618034) % 1, (i * 0.754878) % 1];
    lines.push(`${a.toFixed(6)},${b.toFixed(6)},${(a * a + 0.5 * b - a * b).toFixed(6)}`);
  }
  return `${lines.join("\n")}\n`;
}
