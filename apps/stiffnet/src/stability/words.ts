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
    "The networks of the ensemble. Spectral radius |l1| (1/time) and stiffness ratio |l1| / |ln|: the largest of any layer, the ratio as a median over samples. Largest step: the longest step of explicit Euler that damps every decaying mode, and how many such steps the network would need. Outside: eigenvalues outside the stability disc at the network's own step.";
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
    "Layer by layer. Spectral radius |l1| (1/time): median and largest over samples. Stiffness ratio: the largest over the smallest modulus, and the same of the real parts (medians). Largest step: the longest step of explicit Euler that damps every decaying mode of every sample, and how many such steps the network would need. Then shares of the eigenvalues at the network's own step: outside the stability disc; unstable (modes that decay, but the step makes them grow); growing by themselves.";
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
      ? `This step makes ${percent(unstable)} of the modes grow although they decay`
      : "No decaying mode grows";
  const need = !Number.isFinite(largestStep)
    ? []
    : largestStep >= alpha
      ? [`Steps of up to ${formatNumber(largestStep)} would damp every decaying mode.`]
      : [
          `To damp every decaying mode, explicit Euler would need ${steps} steps of at most ${formatNumber(largestStep)}.`,
        ];
  return [
    `${whose}at the network's own step of ${formatNumber(alpha)}, ${percent(outside)} of the eigenvalues lie outside the stability disc. ${verdict}.`,
    ...need,
    ...(spectra.failed > 0
      ? [`${spectra.failed} Jacobians whose eigenvalues could not be computed are left out.`]
      : []),
  ].map((text) => text.charAt(0).toUpperCase() + text.slice(1));
}

function stepsText(steps: number): string {
  return Number.isFinite(steps) ? String(steps) : "–";
}

function percent(share: number): string {
  return formatPercent(share, 3);
}
