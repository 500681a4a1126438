import { randomStream } from "@stiffnet/base";
import { logSlope, type NamedTable, tableOf } from "@stiffnet/report";
import { lineChart } from "@stiffnet/report/charts";
import {
  above,
  finite,
  formatNumber,
  formatScientific,
  list,
  row,
  seeded,
  textTable,
  whole,
} from "@stiffnet/terminal";
import { type ConfigOf, experimentCommand } from "@stiffnet/trials";
import {
  type Adjoint,
  adjointNames,
  compareGradients,
  type GradientCase,
  type GradientRow,
} from "./compare.ts";
import type { LinearLayers } from "./linear-layers.ts";

const options = {
  depths: row(
    "<list>",
    "numbers of layers to compare",
    list(whole(1, 1_000_000)),
    [4, 8, 16, 32, 64, 128, 256, 512, 1024],
  ),
  horizon: row("<x>", "time span T; a layer is an Euler step of T / depth", above(0), 1),
  weight: row("<x>", "W in the case with one unknown", finite, -0.8),
  input: row("<x>", "x in the case with one unknown", finite, 1.5),
  target: row("<x>", "y in the case with one unknown", finite, 2),
  width: row("<n>", "number of unknowns in the case with a random matrix", whole(2, 30), 4),
  ...seeded,
};
type Config = ConfigOf<"gradients", typeof options>;

export interface GradientsResult {
  readonly cases: readonly (GradientCase & { readonly slopes: Readonly<Record<Adjoint, number>> })[];
  /** One unknown at the largest depth: the computed gradients over the slides' formulas, for several T. */
  readonly factors: readonly { readonly horizon: number; readonly resnet: number; readonly ode: number }[];
}

export const gradients = experimentCommand("gradients", {
  help: `The loss is (x_L - y)^2 after L layers x + dt W x, which share one W. Discretise-then-optimise differentiates the layers.
Optimise-then-discretise takes Euler steps of the adjoint equation. The command compares both with their exact formulas.

Examples:
  $ stiffnet-bench gradients
  $ stiffnet-bench gradients --weight -3 --horizon 2 --depths 10,100,1000
  $ stiffnet-bench gradients --width 10 --seed 7 --json`,
  options,
  engine: "integrators",
  async compute(config, watch): Promise<{ result: GradientsResult }> {
    const { weight, width, depths, horizon } = config;
    const cases: GradientsResult["cases"][number][] = [];
    for (const [name, layers] of [
      [`One unknown, W = ${formatNumber(weight)}`, scalarLayers(config)],
      [`${width} unknowns, W drawn`, drawnLayers(config)],
    ] as const) {
      if (await watch.interrupted()) break;
      const found = compareGradients(name, layers, depths);
      cases.push({ ...found, slopes: slopesOf(found) });
    }
    const deepest = Math.max(...depths);
    const factors = [...new Set([0.5, 1, 2, horizon])]
      .sort((a, b) => a - b)
      .map((each) => {
        const layers = { ...scalarLayers(config), horizon: each };
        const [row] = compareGradients("", layers, [deepest]).rows;
        return { horizon: each, ...row!.overSlides! };
      });
    return { result: { cases, factors } };
  },
  // The checksum has the values before the logarithm, since the platform computes the fit's logarithms.
  digested: ({ cases, factors }) => [cases.map(({ rows }) => rows), factors],
  present: (summary) => {
    const [tables, lead] = [tablesOf(summary), sentences(summary)];
    const headed = tables.map(
      ({ header, rows }, k) =>
        `${summary.cases[k]?.name ?? "Over the slides' formulas"}\n${textTable(header, rows)}\n`,
    );
    return {
      title: "Is the gradient of a residual network the gradient of its neural ODE?",
      lead,
      tables,
      figures: [gapFigure(summary)],
      printed: [...lead, "", ...headed].join("\n").trimEnd(),
    };
  },
});

function scalarLayers({ weight, input, target, horizon }: Config): LinearLayers {
  const [W, x, y] = [weight, input, target].map((value) => Float64Array.of(value));
  return { width: 1, weight: W!, input: x!, target: y!, horizon };
}

/** Weights are twice as large as those of an untrained layer. Input and target are drawn from U(-1, 1). */
function drawnLayers({ width, seed, horizon }: Config): LinearLayers {
  const random = randomStream(seed, 0);
  const draw = (length: number, size: number): Float64Array =>
    Float64Array.from({ length }, () => size * (2 * random.uniform() - 1));
  const weight = draw(width * width, 2 / Math.sqrt(width));
  return { width, weight, input: draw(width, 1), target: draw(width, 1), horizon };
}

/** Slopes of the gaps against the step in double logarithms, fitted over the smallest third of the steps. */
function slopesOf({ rows }: GradientCase): Record<Adjoint, number> {
  const small = [...rows].sort((a, b) => a.step - b.step).slice(0, Math.max(3, Math.ceil(rows.length / 3)));
  const slopes = adjointNames.map((name) => [
    name,
    logSlope(small.map(({ step, gaps }) => ({ x: step, y: gaps[name] }))),
  ]);
  return Object.fromEntries(slopes);
}

function tablesOf({ cases, factors }: GradientsResult): NamedTable[] {
  return [
    ...cases.map(({ name, rows }, k) =>
      tableOf(
        {
          name: k === 0 ? "one_unknown" : "several_unknowns",
          caption: `${name}. Gap: distance between the ResNet's gradient and the neural ODE's. The neural ODE's gradient is computed by an adjoint equation: along the stored states with Euler steps (as in the slides) or Gauss's formula for its integral, or along states that are integrated backwards too (backsolve). To limit: distance from the gradient at infinite depth. All distances are relative to the norm of that gradient. The last three columns are checks, as relative differences. ResNet formula: discretise-then-optimise from the closed form. ODE formula: the adjoint by Euler steps from the closed form. Times A^T: the neural ODE's gradient from the ResNet's times A^T.`,
        },
        rows,
        [
          ["layers", ({ depth }) => String(depth)],
          ["step", ({ step }) => formatNumber(step)],
          ...adjointNames.map(
            (kind) => [`gap, ${kind}`, ({ gaps }: GradientRow) => formatNumber(gaps[kind])] as const,
          ),
          ["ResNet to limit", ({ resnetToLimit }) => formatNumber(resnetToLimit)],
          ["ODE to limit", ({ odeToLimit }) => formatNumber(odeToLimit)],
          ["ResNet formula", ({ resnet }) => formatScientific(resnet)],
          ["ODE formula", ({ ode }) => formatScientific(ode)],
          ["times A^T", ({ identity }) => formatScientific(identity)],
        ],
      ),
    ),
    tableOf(
      {
        name: "factors",
        caption:
          "One unknown: computed gradients divided by the slides' formulas, for several time spans T. The L layers share W, and each contributes dt times the formula. The slides leave out this factor dt L = T.",
      },
      factors,
      [
        ["T", ({ horizon }) => formatNumber(horizon)],
        ["ResNet", ({ resnet }) => formatNumber(resnet, 6)],
        ["neural ODE", ({ ode }) => formatNumber(ode, 6)],
      ],
    ),
  ];
}

function sentences({ cases, factors }: GradientsResult): string[] {
  const worst = (of: (row: GradientRow) => number): string =>
    formatScientific(Math.max(...cases.flatMap(({ rows }) => rows.map(of)).filter(Number.isFinite)));
  const off = Math.max(
    ...factors.flatMap(({ horizon, resnet, ode }) => [resnet, ode].map((f) => Math.abs(f / horizon - 1))),
  );
  return [
    "No: they differ by dt times the ResNet's gradient times W^T. The gap is proportional to the step dt.",
    ...cases.map(({ name, slopes }) =>
      Number.isFinite(slopes.Euler)
        ? `${name}: the gap falls with slope ${formatNumber(slopes.Euler, 4)} in the step.`
        : `${name}: no slope can be fitted.`,
    ),
    `The neural ODE's gradient is the ResNet's gradient times A^T = (1 + dt W)^T, to ${worst(({ identity }) => identity)}.`,
    `Discretise-then-optimise gives the exact formula of the ResNet, to ${worst(({ resnet }) => resnet)}. The adjoint by Euler steps gives the exact formula of the neural ODE, to ${worst(({ ode }) => ode)}.`,
    Number.isFinite(off)
      ? `The slides' formulas leave out the factor dt L = T: computed gradients are T times the formulas, to ${formatScientific(off)}.`
      : "The slides' formulas are zero here, so they cannot be compared.",
    "Only the ResNet's gradient is the gradient of the loss that is computed. Neither is the gradient at infinite depth.",
  ];
}

function gapFigure({ cases }: GradientsResult) {
  return {
    title: "Distance of the gradients",
    caption:
      "Gap: distance between the ResNet's gradient and the neural ODE's, for each adjoint. To limit: distance from the gradient at infinite depth. All are relative to the norm of that gradient. Both axes are logarithmic.",
    panels: cases.map(({ name, width, rows }) => {
      const line = (label: string, of: (row: GradientRow) => number) => ({
        name: label,
        points: rows.map((row) => ({ x: row.step, y: of(row) })),
      });
      return lineChart(
        [
          ...adjointNames.map((kind) => line(`gap, ${kind}`, ({ gaps }) => gaps[kind])),
          line("ResNet to limit", ({ resnetToLimit }) => resnetToLimit),
          line("ODE to limit", ({ odeToLimit }) => odeToLimit),
        ],
        {
          name: `gap-${width}`,
          title: `gap between the gradients against the step: ${name}`,
          dots: true,
          width: 700,
          height: 340,
          x: { label: `step dt (${name})`, logarithmic: true },
          y: { label: "relative distance", logarithmic: true },
        },
      );
    }),
  };
}
