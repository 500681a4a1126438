import { counted } from "@stiffnet/base";
import { activations, kernelsName } from "@stiffnet/core";
import { type Figure, type NamedTable, type Panel, tableOf } from "@stiffnet/report";
import { narrowChart } from "@stiffnet/report/charts";
import {
  above,
  choice,
  formatNumber,
  formatScientific,
  list,
  listOf,
  row,
  seeded,
  whole,
} from "@stiffnet/terminal";
import { type ConfigOf, type DataSpec, experimentCommand, loadData } from "@stiffnet/trials";
import {
  type AccuracyRun,
  accuracyDigest,
  accuracyRun,
  type MethodAccuracy,
  pointsOf,
  spectralMethods,
} from "./accuracy.ts";

const options = {
  samples: row("<n>", "number of training samples of DALEC", whole(2), 1996),
  methods: row("<list>", "methods to compare; the first one trains", listOf(spectralMethods), [
    ...spectralMethods,
  ]),
  weights: row("<list>", "penalty weights; each has its own training", list(above(0, true)), [0, 1e-3, 1]),
  epochs: row("<n>", "passes over the training set", whole(1), 100),
  points: row("<n>", "number of moments of the training to measure at", whole(1), 6),
  probes: row("<n>", "batches to measure at each moment", whole(1), 5),
  width: row("<n>", "units in each layer", whole(1), 50),
  depth: row("<n>", "number of layers", whole(1), 16),
  activation: row("<name>", "activation of the layers", choice(activations), "softplus"),
  lift: row("<name>", "activation of the first layer", choice(["tanh", "identity"] as const), "identity"),
  batch: row("<n>", "samples in each training step", whole(1), 20),
  rate: row("<x>", "initial learning rate of Adam", above(0), 1e-3),
  ...seeded,
};
type Chosen = ConfigOf<"spectral", typeof options>;
/** With the epochs that are measured, and the data. */
type Config = Omit<Chosen, "points"> & {
  readonly points: readonly number[];
  readonly data: DataSpec & { readonly name: string; readonly digest: string };
};

/** The slides' rate of learning falls so. */
const plateau = { factor: 0.95, patience: 10, cooldown: 100, threshold: 1e-4 };

export const spectral = experimentCommand("spectral", {
  help: `All methods compute the spectral radius of the same Jacobians at every step of a real training. The gradient of the first
method trains the network. The exact values come from QR iteration in float64, and the exact gradients from the eigenvectors.
Everything runs in one process.

Examples:
  $ stiffnet-bench spectral
  $ stiffnet-bench spectral --samples 200 --epochs 20 --width 20 --depth 8 --methods arnoldi,gelfand --json`,
  options,
  async settings(chosen): Promise<Config> {
    const { samples: train } = chosen;
    const test = Math.max(20, Math.round(train / 4));
    const spec: DataSpec = { kind: "dalec", ensemble: "site", train, test, validation: 0 };
    const { name, digest } = await loadData(spec, chosen.seed);
    return { ...chosen, points: pointsOf(chosen.epochs, chosen.points), data: { ...spec, name, digest } };
  },
  engine: kernelsName,
  async compute(config, watch) {
    const { width, depth, activation, lift, epochs, batch, rate } = config;
    const network = { width, depth, activation, lift, horizon: 1 };
    const training = { epochs, batchSize: batch, rate, plateau };
    const data = await loadData(config.data, config.seed);
    const runs: AccuracyRun[] = [];
    for (const weight of config.weights) {
      const run = await accuracyRun({ ...config, network, training }, weight, data, watch);
      if (run === undefined) break;
      runs.push(run);
      if (run.reason !== undefined) watch.note(`weight ${weight}: diverged: ${run.reason}`);
    }
    return { result: { runs } };
  },
  digested: ({ runs }) => accuracyDigest(runs),
  present: ({ config, runs }) => ({
    title: "How exact is the spectral radius during training?",
    lead: runs.map(({ weight, methods: measured, status }) => {
      const { error, cosine } = measured[0]!;
      const trained = status === "finished" ? "" : " (diverged)";
      return `Penalty weight ${formatNumber(weight)}${trained}: the spectral radii by ${config.methods[0]} have a median relative error of ${formatScientific(error.median)}. The cosine between their gradients and the exact gradients is ${fixed(cosine.median)}.`;
    }),
    tables: tables(runs),
    figures: figures(config.methods, runs),
    facts: [
      ["data", `${config.data.name}, digest ${config.data.digest}`],
      ["trained by", `${config.methods[0]}, ${counted(config.epochs, "epoch")}`],
      ["measured", `epochs ${config.points.join(", ")}, ${config.probes} batches each`],
    ],
  }),
  failed: ({ runs }) => runs.some(({ status }) => status !== "finished"),
});

/** Cosines are near one: their distance from it must show. */
function fixed(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : "–";
}

function tables(runs: readonly AccuracyRun[]): NamedTable[] {
  const measured = runs.flatMap(({ weight, methods }) => methods.map((method) => ({ weight, ...method })));
  const pairs = Math.max(...measured.map((each) => each.pairs));
  return [
    tableOf(
      {
        name: "accuracy",
        caption: `Median to worst: relative error of the spectral radii that the training used, over ${pairs} (layer, sample) pairs at all measured epochs. Cosine: between the penalty's gradient of a batch (in the weights) and the exact one; median and worst over the batches.`,
      },
      measured,
      [
        ["method", ({ method }) => method],
        ["weight", ({ weight }) => formatNumber(weight)],
        ["median", ({ error }) => formatScientific(error.median)],
        ["p90", ({ error }) => formatScientific(error.p90)],
        ["p99", ({ error }) => formatScientific(error.p99)],
        ["worst", ({ error }) => formatScientific(error.worst)],
        ["cosine", ({ cosine }) => fixed(cosine.median)],
        ["worst cosine", ({ cosine }) => fixed(cosine.worst)],
      ],
    ),
  ];
}

/** Errors and gradients over the epochs: a panel for each weight, a line for each method. */
function figures(names: readonly string[], runs: readonly AccuracyRun[]): Figure[] {
  const panels = (name: string, y: string, of: (method: MethodAccuracy) => number): Panel[] =>
    runs.map(({ weight, points }, k) => {
      const lines = names.map((method, m) => ({
        name: method,
        points: points.map((point) => ({ x: point.epoch, y: of(point.methods[m]!) })),
      }));
      const heading = `weight ${formatNumber(weight)}`;
      return narrowChart(lines, { name: `${name}-${k + 1}`, heading, x: "epoch", y });
    });
  return [
    {
      title: "Median error of the spectral radius",
      caption:
        "Relative error against the exact spectral radius: median over the (layer, sample) pairs of the measured batches.",
      panels: panels("error-median", "relative error", ({ error }) => error.median),
    },
    {
      title: "Direction of the gradients",
      caption:
        "1 - cosine between the penalty's gradient of a batch (in the weights) and the exact one: median over the batches. Zero means the same direction. Ill-conditioned eigenvalues have the largest exact gradients, and the iterative methods do not follow them.",
      panels: panels("gradient", "1 - cosine", ({ cosine }) => 1 - cosine.median),
    },
  ];
}
