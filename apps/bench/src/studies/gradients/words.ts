import { logSlope, type NamedTable } from "@stiffnet/report";
import { above, finite, formatNumber, formatScientific, list, row, seeded, whole } from "@stiffnet/terminal";
import type { ConfigOf } from "@stiffnet/trials";
import type { Adjoint, GradientCase, GradientRow } from "./compare.ts";

export const gradientsOptions = {
  depths: row("<list>", "numbers of layers", list(whole(1, 1_000_000)), [
    ...[4, 8, 16, 32, 64, 128, 256, 512, 1024],
  ]),
  horizon: row("<x>", "T: a layer is an Euler step of T / depth", above(0), 1),
  weight: row("<x>", "W of the case with one unknown", finite, -0.8),
  input: row("<x>", "x of the case with one unknown", finite, 1.5),
  target: row("<x>", "y of the case with one unknown", finite, 2),
  width: row("<n>", "unknowns of the case with a matrix, drawn by --seed", whole(2, 30), 4),
  ...seeded,
};

export type GradientsConfig = ConfigOf<"gradients", typeof gradientsOptions>;

export interface GradientsResult {
  readonly cases: readonly (GradientCase & { readonly slopes: Readonly<Record<Adjoint, number>> })[];
  /** One unknown at the largest depth: the computed gradients over the slides' formulas, for several T. */
  readonly factors: readonly { readonly horizon: number; readonly resnet: number; readonly ode: number }[];
}

/** Slopes of the gaps against the step in double logarithms, fitted over the smallest third of the steps. */
export function slopesOf({ rows }: GradientCase): Record<Adjoint, number> {
  const small = [...rows].sort((a, b) => a.step - b.step).slice(0, Math.max(3, Math.ceil(rows.length / 3)));
  return Object.fromEntries(
    Object.keys(rows[0]!.gaps).map((key) => [
      key,
      logSlope(small.map(({ step, gaps }) => ({ x: step, y: gaps[key as Adjoint] }))),
    ]),
  ) as Record<Adjoint, number>;
}

export function gradientsTables({ cases, factors }: GradientsResult): NamedTable[] {
  return [
    ...cases.map(({ name, rows, slopes }, k): NamedTable => {
      const kinds = Object.keys(slopes) as Adjoint[];
      return {
        name: k === 0 ? "one_unknown" : "several_unknowns",
        caption: `${capital(name)}. Relative differences: the closed form of the ResNet's gradient from discretise-then-optimise, that from central differences, the closed form of the neural ODE's gradient from the adjoint by Euler steps, and this from the ResNet's times A^T. Gap: the ResNet's gradient to the neural ODE's, over the norm of the gradient at infinite depth, by the adjoint along the stored states with its integral by Euler steps (the slides' formula) or by Gauss's formula, and with the states integrated backwards too (backsolve); last, how far the two are from infinite depth.`,
        header: [
          ...["layers", "step", "ResNet", "differences", "ODE", "times A^T"],
          ...kinds.map((kind) => `gap, ${kind}`),
          ...["ResNet, limit", "ODE, limit"],
        ],
        rows: [
          ...rows.map((row) => [
            String(row.depth),
            formatNumber(row.step),
            ...[row.resnet, row.differences, row.ode, row.identity].map(formatScientific),
            ...kinds.map((kind) => formatNumber(row.gaps[kind])),
            formatNumber(row.resnetToLimit),
            formatNumber(row.odeToLimit),
          ]),
          [
            ...["slope", "", "", "", "", ""],
            ...kinds.map((kind) => formatNumber(slopes[kind], 4)),
            ...["", ""],
          ],
        ],
      };
    }),
    {
      name: "factors",
      caption:
        "One unknown: the gradients that the sensitivities compute over the slides' formulas. The L layers share W and each contributes dt times the formula, so the slides leave out dt L = T.",
      header: ["T", "ResNet", "neural ODE"],
      rows: factors.map(({ horizon, resnet, ode }) =>
        [horizon, resnet, ode].map((value) => formatNumber(value, 6)),
      ),
    },
  ];
}

export function gradientsSentences({ cases, factors }: GradientsResult, config: GradientsConfig): string[] {
  const worst = (of: (row: GradientRow) => number): number =>
    Math.max(...cases.flatMap(({ rows }) => rows.map(of)).filter((value) => !Number.isNaN(value)));
  const off = Math.max(
    ...factors.flatMap(({ horizon, resnet, ode }) => [resnet, ode].map((f) => Math.abs(f / horizon - 1))),
  );
  return [
    `Discretise-then-optimise is the ResNet's formula to ${formatScientific(worst(({ resnet }) => resnet))}, and central differences agree with it to ${formatScientific(worst(({ differences }) => differences))}; the adjoint by Euler steps is the neural ODE's formula to ${formatScientific(worst(({ ode }) => ode))}: forward the two are one computation, backward they are not.`,
    `The neural ODE's gradient is the ResNet's times A^T = (1 + dt W)^T, for matrices too (to ${formatScientific(worst(({ identity }) => identity))}): the slides' one power more. So the gap is dt times the ResNet's gradient times W^T.`,
    ...cases.flatMap(({ name, slopes }) =>
      Number.isFinite(slopes.Euler)
        ? [
            `${capital(name)}: the gap falls with slope ${formatNumber(slopes.Euler, 4)} in the step (${formatNumber(slopes.backsolve, 4)} where the state is integrated backwards too).`,
          ]
        : [
            `${capital(name)}: no slope can be fitted: ${config.depths.length < 2 ? "one depth" : "there is no gap"}.`,
          ],
    ),
    Number.isFinite(off)
      ? `The slides' formulas leave out the factor dt L = T: computed over formula is T to ${formatScientific(off)} for T = ${factors.map(({ horizon }) => formatNumber(horizon)).join(", ")}. At T = 1 they are the gradients as they stand.`
      : "The slides' formulas are zero here: nothing can be divided by them.",
    limitSentence(cases),
  ];
}

/** Neither of the two is the gradient of the equation. */
function limitSentence(cases: GradientsResult["cases"]): string {
  const parts = cases.map(({ name, rows }) => {
    const deepest = rows.reduce((a, b) => (b.depth > a.depth ? b : a));
    return `${formatNumber(deepest.resnetToLimit)} and ${formatNumber(deepest.odeToLimit)} (${name}, ${deepest.depth} layers)`;
  });
  return `Neither is the gradient at infinite depth: ResNet and neural ODE are ${parts.join("; ")} away from it, relatively; only the ResNet's is the gradient of the loss that is computed.`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
