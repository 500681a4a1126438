import { type NamedTable, tableOf } from "@stiffnet/report";
import type { Stability } from "@stiffnet/stiffness";
import { formatNumber, formatPercent, formatStep } from "@stiffnet/terminal";
import type { ExperimentConfig } from "@stiffnet/trials";

export interface StabilityConfig extends ExperimentConfig<"stability"> {
  readonly seed: number;
  readonly model: { readonly name: string; readonly sha256: string; readonly members: number };
  readonly origin: string;
  readonly samples: number;
  readonly member: number;
}

/** One network, without its eigenvalues. Steps that nothing bounds, and what is not known, are null in
 *  JSON. */
export interface MemberStability extends Omit<Stability, "spectra"> {
  /** From 1. */
  readonly member: number;
  /** Jacobians without eigenvalues. */
  readonly failed: number;
}

export interface StabilityResult {
  readonly members: readonly MemberStability[];
}

export function memberOf({ spectra, ...rest }: Stability, member: number): MemberStability {
  return { member, ...rest, failed: spectra.failed };
}

export function membersTable(members: readonly MemberStability[]): NamedTable {
  const caption =
    "The networks of the ensemble: largest spectral radius (1/time) and stiffness ratio |l1| / |ln| of any layer (the ratio as median over samples), largest step at which explicit Euler damps every decaying mode, steps over the horizon that it makes, eigenvalues outside the disc at the network's own step.";
  return tableOf({ name: "members", caption }, members, [
    ["member", ({ member }) => String(member)],
    ["|l1| max", ({ layers }) => formatNumber(Math.max(...layers.map(({ radius }) => radius.max)))],
    ["|l1|/|ln|", ({ layers }) => formatNumber(Math.max(...layers.map(({ ratio }) => ratio.modulus)))],
    ["largest step", ({ largestStep }) => formatStep(largestStep)],
    ["steps", ({ steps }) => stepsText(steps)],
    ["outside", ({ outside }) => percent(outside)],
  ]);
}

export function layersTable({ layers }: Stability): NamedTable {
  const caption =
    "Layer by layer: spectral radius (1/time; median and largest over samples); stiffness ratio, the largest over the smallest modulus and over real parts (medians); largest step, in time, at which explicit Euler damps every decaying mode of every sample, and steps of that size over the horizon; shares of the eigenvalues outside the disc at the network's own step, decaying modes that it makes grow (unstable) and modes that grow by themselves.";
  return tableOf({ name: "layers", caption }, layers, [
    ["layer", ({ layer }) => String(layer)],
    ["|l1|", ({ radius }) => formatNumber(radius.median)],
    ["max", ({ radius }) => formatNumber(radius.max)],
    ["|l1|/|ln|", ({ ratio }) => formatNumber(ratio.modulus)],
    ["Re ratio", ({ ratio }) => formatNumber(ratio.real)],
    ["largest step", ({ largestStep }) => formatStep(largestStep)],
    ["steps", ({ steps }) => stepsText(steps)],
    ["outside", ({ outside }) => percent(outside)],
    ["unstable", ({ unstable }) => percent(unstable)],
    ["growing", ({ growing }) => percent(growing)],
  ]);
}

export function stabilitySentences(shown: Stability, whose: string): string[] {
  const { alpha, largestStep, steps, outside, unstable, spectra } = shown;
  const verdict =
    unstable > 0
      ? `${percent(unstable)} of the eigenvalues belong to decaying modes that this step makes grow`
      : "no decaying mode is made to grow by it";
  const need = !Number.isFinite(largestStep)
    ? []
    : largestStep >= alpha
      ? [`Steps of up to ${formatNumber(largestStep)} would damp every decaying mode.`]
      : [
          `To damp every decaying mode, explicit Euler would need ${steps} steps of at most ${formatNumber(largestStep)}.`,
        ];
  return [
    `${whose}at the network's own step of ${formatNumber(alpha)}, ${percent(outside)} of the eigenvalues lie outside the stability disc; ${verdict}.`,
    ...need,
    ...(spectra.failed > 0 ? [`${spectra.failed} Jacobians without eigenvalues are left out.`] : []),
  ].map((text) => text.charAt(0).toUpperCase() + text.slice(1));
}

function stepsText(steps: number): string {
  return Number.isFinite(steps) ? String(steps) : "–";
}

function percent(share: number): string {
  return formatPercent(share, 3);
}
