import { type NamedTable, proxyText, tableOf } from "@stiffnet/report";
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
    ["|l1|/|ln|", ({ layers }) => ratioText(Math.max(...layers.map(({ ratio }) => ratio.modulus)))],
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
    ["|l1|/|ln|", ({ ratio }) => ratioText(ratio.modulus)],
    ["Re ratio", ({ ratio }) => ratioText(ratio.real)],
    ["largest step", ({ largestStep }) => formatStep(largestStep)],
    ["steps", ({ steps }) => stepsText(steps)],
    ["outside", ({ outside }) => percent(outside)],
    ["unstable", ({ unstable }) => percent(unstable)],
    ["growing", ({ growing }) => percent(growing)],
  ]);
}

function stepsText(steps: number): string {
  return Number.isFinite(steps) ? String(steps) : "–";
}

function ratioText(ratio: number): string {
  return proxyText("eigenRatio", ratio);
}

function percent(share: number): string {
  return formatPercent(share, 3);
}
