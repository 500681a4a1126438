// A newcomer's steps in an empty folder: ask for help, train on a table, serve the network, query it, and run
// the README's snippet.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must, run } from "./run.mjs";

/** Lines of the transcript; throws where a step fails. */
export async function stranger({ folder, env, product, serve, quick, guide }) {
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
  const help = await step([product, "--help"], ({ stdout }) => stdout.split("\n").slice(0, 1));
  await step(
    [
      product,
      "train",
      "ensemble.csv",
      "--inputs",
      "a,b",
      "--outputs",
      "y",
      "--trials",
      "2",
      "--epochs",
      "50",
    ],
    ({ stdout }) => stdout.trim().split("\n").slice(-4),
  );
  if (quick)
    await step(["@stiffnet/bench", "study", "--preset", "quick"], ({ stdout }) =>
      stdout.trim().split("\n").slice(-4),
    );
  lines.push(...(await serveAndAsk({ folder, env, serve })), "");
  lines.push(...(await snippet({ folder: join(folder, "snippet"), env, guide })));
  return { lines: lines.map((line) => line.replaceAll(`${folder}/`, "")), first: help.first };
}

/** Starts the service from the registry, queries it once, and stops it by Ctrl-C. Returns the transcript. Its
 *  third line is the answer. */
export async function serveAndAsk({ folder, env, serve }) {
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

/** The guide's own program on a table of its shape, with the packages that it imports and no others. */
async function snippet({ folder, env, guide }) {
  const program = /```ts\n([\s\S]*?)```/.exec(readFileSync(guide, "utf8"))[1];
  const packages = [...program.matchAll(/from "(@stiffnet\/[\w-]+)"/g)].map(([, name]) => name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  writeFileSync(join(folder, "ensemble.csv"), table(200, 15, 10));
  writeFileSync(join(folder, "use.js"), program);
  await must("npm", ["install", ...packages], { cwd: folder, env });
  const { stdout, seconds } = await must(process.execPath, ["use.js"], { cwd: folder, env });
  return [
    `$ npm install ${packages.join(" ")}`,
    "$ node use.js   # the program of the guide",
    ...stdout.trim().split("\n"),
    `# all ${seconds.toFixed(1)} s`,
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

/** Smooth functions of the inputs; the same table every time. */
function table(rows, inputs = 2, outputs = 1) {
  const names = [
    ...Array.from({ length: inputs }, (_, i) => (inputs === 2 ? "ab"[i] : `x${i + 1}`)),
    ...Array.from({ length: outputs }, (_, j) => (outputs === 1 ? "y" : `y${j + 1}`)),
  ];
  const lines = [names.join(",")];
  for (let row = 0; row < rows; row++) {
    const x = Array.from({ length: inputs }, (_, i) => (row * (0.618034 + 0.136844 * i)) % 1);
    const y = Array.from({ length: outputs }, (_, j) => {
      const [a, b] = [x[j % inputs], x[(j + 1) % inputs]];
      return a * a + 0.5 * b - a * b;
    });
    lines.push([...x, ...y].map((value) => value.toFixed(6)).join(","));
  }
  return `${lines.join("\n")}\n`;
}
