// Writes docs/research/browser/training.json. It compares the playground's training in Chromium with
// `stiffnet-bench study` in Node. They take turns, and each trains both networks at once. The digests must be
// the same. It also counts the page's frames.
//
//   npm run site:build && node apps/site/scripts/measure.mjs [--rounds 5] [--epochs 250]
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { tools } from "../../../scripts/test-tools.mjs";
import { siteServer } from "./serve.mjs";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    epochs: { type: "string", default: "250" },
  },
});
const [rounds, epochs] = [values.rounds, values.epochs].map(Number);
/** The study's network on as many rows, and the playground's own. */
const networks = [
  { data: "dalec", rows: 1996, width: 50, depth: 16, batch: 20, rate: 1e-3, weight: 1e-3, epochs },
  {
    data: "alpine02",
    rows: 400,
    width: 20,
    depth: 5,
    batch: 20,
    rate: 3e-3,
    weight: 0.01,
    epochs: 20 * epochs,
  },
];
const sides = { plain: "RES", penalised: "RES stiff" };

/** Digest and seconds of both networks, by `stiffnet-bench study` with these kernels. */
function inNode({ data, rows, width, depth, batch, rate, weight, epochs }, kernels) {
  const folder = mkdtempSync(join(tmpdir(), "stiffnet-page-"));
  const sizes = { train: rows, test: 200, validation: 0 };
  const config = {
    seed: 1,
    trials: 1,
    keep: "final",
    data:
      data === "dalec"
        ? { kind: "dalec", ensemble: "site", ...sizes }
        : { kind: "function", name: data, dimension: 2, ...sizes },
    network: { width, depth },
    training: { epochs, batchSize: batch, rate },
    models: [{ name: "RES" }, { name: "RES stiff", penalty: { kind: "stiff", weight } }],
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  const program = join(root, "apps/bench/bin/stiffnet-bench.js");
  const options = ["--config", join(folder, "config.json"), "--out", join(folder, "out"), "--workers", "2"];
  const { status, stderr } = spawnSync(
    process.execPath,
    [program, "study", ...options, "--measure-every", String(epochs), "--json"],
    { encoding: "utf8", env: { ...process.env, STIFFNET_KERNELS: kernels } },
  );
  if (status !== 0) throw new Error(`stiffnet-bench study ended with ${status}: ${stderr}`);
  const trials = readFileSync(join(folder, "out", "trials.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map(JSON.parse);
  rmSync(folder, { recursive: true });
  return Object.fromEntries(
    Object.entries(sides).map(([side, model]) => {
      const { digest, seconds, processorSeconds } = trials.find((trial) => trial.model === model);
      return [side, { digest, seconds, processorSeconds }];
    }),
  );
}

/** The same in the page, and the times of its frames. */
async function inPage(page, url, network) {
  await page.goto("about:blank");
  await page.goto(`${url}playground/train.html#${new URLSearchParams(network)}`);
  const button = page.getByRole("button", { name: "Train" });
  await page.evaluate(
    "globalThis.times = []; (function next(t) { times.push(t); requestAnimationFrame(next); })(performance.now())",
  );
  const before = await processorSeconds();
  await button.click();
  const ended = "document.querySelectorAll('[data-digest]').length === 2";
  await page.waitForFunction(ended, undefined, { polling: 250 });
  const processor = (await processorSeconds()) - before;
  const read = Object.keys(sides).map(async (side) => {
    const code = page.locator(`[data-digest=${side}]`);
    return [
      side,
      { digest: await code.textContent(), seconds: Number(await code.getAttribute("data-seconds")) },
    ];
  });
  const found = Object.fromEntries(await Promise.all(read));
  // While both train.
  const until = 1000 * Math.min(...Object.values(found).map(({ seconds }) => seconds));
  const times = await page.evaluate("times");
  return { found, processor, frames: perSecond(times.filter((t) => t - times[0] <= until)) };
}

/** Processor time of all pages together: of the one that there is, with its workers. */
async function processorSeconds() {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return processInfo.reduce((sum, { type, cpuTime }) => sum + (type === "renderer" ? cpuTime : 0), 0);
}

/** Frames in each whole second. */
function perSecond(times) {
  const counts = new Array(Math.floor((times.at(-1) - times[0]) / 1000)).fill(0);
  for (const t of times) {
    const second = Math.floor((t - times[0]) / 1000);
    if (second < counts.length) counts[second]++;
  }
  return counts;
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const spread = (list) => ({ median: median(list), low: Math.min(...list), high: Math.max(...list) });

const server = siteServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}/`;
const browser = await chromium.launch({
  executablePath: tools.chromium.find(),
  args: ["--headless", "--no-sandbox", "--disable-gpu"],
});
const session = await browser.newBrowserCDPSession();
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
// A busy machine takes its time.
page.setDefaultTimeout(600_000);
const cases = [];
const processor = [];
for (const network of networks) {
  const taken = [];
  for (let round = 0; round < rounds; round++) {
    const there = await inPage(page, url, network);
    const here = inNode(network, "wasm");
    const native = inNode(network, "native");
    taken.push({ there, here, native });
    process.stderr.write(`${network.data}, round ${round + 1} of ${rounds}\n`);
  }
  // The time of both networks together, with all drawing, since a page is one process.
  const whole = (of) => of.plain.processorSeconds + of.penalised.processorSeconds;
  processor.push({ network, ratio: spread(taken.map(({ there, here }) => there.processor / whole(here))) });
  for (const side of Object.keys(sides)) {
    const digests = new Set(
      taken.flatMap(({ there, here, native }) => [there.found, here, native].map((of) => of[side].digest)),
    );
    if (digests.size > 1) throw new Error(`${network.data}, ${side}: the digests differ: ${[...digests]}`);
    const seconds = (of) => median(taken.map((one) => of(one)[side].seconds));
    const times = (of) => spread(taken.map((one) => one.there.found[side].seconds / of(one)[side].seconds));
    cases.push({
      network,
      side,
      digest: [...digests][0],
      seconds: { page: seconds(({ there }) => there.found), node: seconds(({ here }) => here) },
      ratio: times(({ here }) => here),
      ratioNative: times(({ native }) => native),
      frames: spread(taken.flatMap(({ there }) => there.frames)),
    });
  }
}
const document = {
  machine: { processor: cpus()[0].model, cores: cpus().length },
  versions: { node: process.versions.node },
  browser: `Chromium ${browser.version()}`,
  rounds,
  processor,
  cases,
};
await browser.close();
server.close();
mkdirSync(join(root, "docs/research/browser"), { recursive: true });
writeFileSync(join(root, "docs/research/browser/training.json"), `${JSON.stringify(document, null, 2)}\n`);
