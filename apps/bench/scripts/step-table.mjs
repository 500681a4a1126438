// docs/research/step: milliseconds for a training step at three sizes, on one thread and on two, compared
// with PyTorch and JAX:
//   node scripts/step-table.mjs           runs `stiffnet-bench step` six times; writes both files
//   node scripts/step-table.mjs --words   writes README.md again from the committed cases.json
// The peers come from apps/bench/peers/setup jax torch tensorflow, and
// packages/tfjs/scripts/build-tfjs-node.mjs.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pipeTable } from "@stiffnet/report";

const docs = fileURLToPath(new URL("../../../docs/research/step", import.meta.url));
const program = fileURLToPath(new URL("../bin/stiffnet-bench.js", import.meta.url));
const sizes = [
  [50, 16, 20],
  [128, 8, 64],
  [512, 8, 256],
];
/** The columns of the table, and what they are called there. */
const peers = {
  "stiffnet-wasm": "WebAssembly",
  "tfjs-tensorflow": "TensorFlow.js, native",
  "torch-compile": "PyTorch compiled",
  "torch-eager": "PyTorch eager",
  jax: "JAX",
  "tensorflow-xla": "TensorFlow XLA",
};

/** Every case of one run of the command. Engines that are missing or fail have none. */
function measure([width, depth, batch], threads) {
  const out = mkdtempSync(join(tmpdir(), "stiffnet-step-"));
  const given = { width, depth, batch, threads, rounds: 15, "seconds-per-round": 0.4, out };
  const options = Object.entries(given).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const lists = [
    "--models",
    "RES,RES stiff",
    "--engines",
    ["stiffnet-native", ...Object.keys(peers)].join(","),
  ];
  process.stderr.write(`width ${width}, depth ${depth}, batch ${batch}, ${threads} thread(s)\n`);
  spawnSync(process.execPath, [program, "step", ...lists, ...options], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return JSON.parse(readFileSync(join(out, "summary.json"), "utf8"));
}

function document({ machine, cases }) {
  const rows = sizes.flatMap(([width, depth, batch]) =>
    [1, 2].map((threads) => {
      const own = cases.filter((c) => c.width === width && c.batch === batch && c.threads === threads);
      const ms = (engine, model) => own.find((c) => c.engine === engine && c.model === model)?.ms.p10;
      const native = ms("stiffnet-native", "RES");
      const times = (x) => (x === undefined || native === undefined ? "-" : (x / native).toPrecision(3));
      const cells = [
        `${width}, ${depth}, ${batch}`,
        threads,
        native === undefined ? "-" : native.toPrecision(3),
        ...Object.keys(peers).map((engine) => times(ms(engine, "RES"))),
        times(ms("stiffnet-native", "RES stiff")),
      ];
      return cells.map(String);
    }),
  );
  const header = [
    "width, depth, batch",
    "threads",
    "native: ms",
    ...Object.values(peers),
    "penalised, native",
  ];
  const versions = [...new Set(cases.map(({ engine, version }) => `- ${engine} ${version}`))].join("\n");
  return `# A training step, beside PyTorch and JAX

\`node scripts/step-table.mjs\` in \`apps/bench\` measures forward, backward and Adam on one batch with 15 inputs and 10 outputs. All engines
of a row took turns in one run of \`stiffnet-bench step\`. A time is the first decile: nine tenths of the steps took longer, and many of them
because other programs ran on the same processor. The columns after "native: ms" divide a time by the native time. The last column is
the native step with the spectral-radius penalty. WebAssembly has one thread.

At width 50, the size of the study, the native kernels are the fastest. At width 512, PyTorch and JAX are faster.

${pipeTable({ header, rows })}

Measured on ${machine.cores} cores of an ${machine.processor}. [Every case](cases.json) has medians too, and the loss after the first steps.

${versions}
`;
}

mkdirSync(docs, { recursive: true });
const file = join(docs, "cases.json");
if (!process.argv.includes("--words")) {
  const runs = sizes.flatMap((size) => [1, 2].map((threads) => measure(size, threads)));
  const all = { machine: runs[0].machine, cases: runs.flatMap(({ cases }) => cases) };
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`);
}
writeFileSync(join(docs, "README.md"), document(JSON.parse(readFileSync(file, "utf8"))));
