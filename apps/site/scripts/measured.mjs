// Tables of committed measurements; where a document has one too, by the function that makes it there.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pipeTable } from "@stiffnet/report";
import { costTable } from "../../bench/dist/comparisons/cost/experiment.js";
import { odeTables } from "../../bench/dist/comparisons/ode/experiment.js";
import { stepLabel } from "../../bench/dist/comparisons/step/experiment.js";
import { answerOf } from "../../bench/dist/studies/question/answer.js";
import { readPlan } from "../../bench/dist/studies/question/plan.js";
import { readTrainings } from "../../bench/dist/studies/question/trainings.js";
import { primaryTable } from "../../bench/dist/studies/question/words.js";
import { shown } from "../../bench/dist/studies/study/shown.js";

const docs = join(dirname(fileURLToPath(import.meta.url)), "../../../docs");

const digits = (value, count = 3) => {
  if (value === undefined || value === null) return "–";
  const rounded = Number(value.toPrecision(count));
  return rounded !== 0 && (Math.abs(rounded) < 1e-3 || Math.abs(rounded) >= 1e5)
    ? rounded.toExponential()
    : String(rounded);
};

const table = (header, rows) => pipeTable({ header, rows });

/** Makes the tables of each measurement from its file, which is parsed if it is JSON. */
export const measured = {
  step,
  study,
  browser,
  question: (csv) => {
    const plan = readPlan(join(docs, "research", "question"));
    return [pipeTable(primaryTable(answerOf(plan, readTrainings(csv)).primary))];
  },
  cost: (summary) => [pipeTable(costTable(summary))],
  solvers: (summary) => [pipeTable(odeTables(summary)[0])],
};

const engineNames = {
  "stiffnet-wasm": "WebAssembly",
  "tfjs-tensorflow": "TensorFlow.js",
  "torch-compile": "PyTorch compiled",
  "torch-eager": "PyTorch eager",
  jax: "JAX",
  "tensorflow-xla": "TensorFlow XLA",
};

/** Step times of every engine that ran, as multiples of the native one of the same size. */
function step({ cases }) {
  const base = "stiffnet-native";
  const engines = [...new Set(cases.map(({ engine }) => engine))].filter((engine) => engine !== base);
  const sizeOf = ({ width, depth, batch, threads }) => `${width}, ${depth}, ${batch}; ${threads}`;
  const sizes = [...new Set(cases.map(sizeOf))];
  return [...new Set(cases.map(({ model }) => model))].map((model) => {
    const here = engines.filter((engine) => cases.some((c) => c.engine === engine && c.model === model));
    const rows = sizes.flatMap((size) => {
      const own = cases.filter((c) => sizeOf(c) === size && c.model === model);
      const ms = (engine) => own.find((c) => c.engine === engine)?.ms?.p10;
      const native = ms(base);
      if (native === undefined) return [];
      return [
        [
          ...size.split("; "),
          digits(native),
          ...here.map((engine) => digits(ms(engine) && ms(engine) / native)),
        ],
      ];
    });
    const names = here.map((engine) => engineNames[engine] ?? engine);
    return table([`${stepLabel(model)}: width, depth, batch`, "threads", "native, ms", ...names], rows);
  });
}

function study(summary) {
  const { models, statistics } = shown(summary);
  const within = ({ median, interval }) =>
    `${digits(median)} (${digits(interval.low)} to ${digits(interval.high)})`;
  const rows = statistics.models.map(({ name, figures, timeRatio }) => [
    name,
    String(models.find((model) => model.name === name).trials),
    within(figures.riskTrain),
    within(figures.riskTest),
    within(figures.stiffness),
    digits(figures.millisecondsPerStep.median),
    within(timeRatio),
  ]);
  return [
    table(
      [
        "model",
        "trials",
        "training error",
        "test error",
        "spectral radius, 1/time",
        "ms a step",
        "relative time",
      ],
      rows,
    ),
  ];
}

function browser({ browser: name, cases, processor }) {
  const within = ({ median, low, high }) => `${digits(median)} (${digits(low)} to ${digits(high)})`;
  const rows = cases.map(({ network, side, ratio, ratioNative, seconds, frames }) => [
    `${network.data}, width ${network.width}, depth ${network.depth}: ${side}`,
    digits(seconds.page),
    within(ratio),
    within(ratioNative),
    within(frames),
  ]);
  const over = "over Node's";
  const all = processor.map(({ network, ratio }) => [network.data, within(ratio)]);
  return [
    table(["both networks at once", "processor time of the whole page over Node's training"], all),
    table(
      ["network", `${name}: s`, `${over}, WebAssembly`, `${over}, native kernels`, "frames a second"],
      rows,
    ),
  ];
}
