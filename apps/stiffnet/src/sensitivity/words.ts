import { counted } from "@stiffnet/base";
import type { NamedTable } from "@stiffnet/report";
import { formatNumber, formatPercent } from "@stiffnet/terminal";
import type { Index, SobolAnalysis } from "@stiffnet/uncertainty";
import type { Box, InputRange } from "./ranges.ts";

export interface SensitivityConfig {
  readonly format: 1;
  readonly command: "sensitivity";
  /** SHA-256 of the model's file. */
  readonly model: string;
  readonly samples: number;
  readonly seed: number;
  readonly ranges: readonly InputRange[];
}

/** Which inputs are drawn from beyond the rows that the model was trained on. */
export function extrapolations(
  { ranges }: Pick<SensitivityConfig, "ranges">,
  { inputNames, box }: { readonly inputNames: readonly string[]; readonly box?: Box },
): string[] {
  return ranges.flatMap(({ name, low, high, values }) => {
    const [from, to] = box?.[inputNames.indexOf(name)] ?? [low, high];
    if (values || (low >= from && high <= to)) return [];
    const drawn = low === high ? `is held at ${low}` : `is drawn from ${low} to ${high}`;
    return [
      `Warning: ${name} ${drawn}, but the model was trained from ${from} to ${to}. Beyond that, the indices may be wrong for the simulation.`,
    ];
  });
}

/** Every output with every input, the inputs that matter most first. */
export function sensitivityTable({ inputs, outputs, confidence }: SobolAnalysis): NamedTable {
  return {
    name: "sensitivity",
    caption: `Sobol indices. The first-order index is the share of the output's variance that the input explains by itself. The total index adds its interactions with other inputs. In brackets: ${formatPercent(confidence)} intervals of the estimates.`,
    header: ["output", "input", "first", "", "total", ""],
    rows: outputs.flatMap(({ name, first, total }) =>
      byTotal(total).map((i) => [
        name,
        inputs[i]!,
        formatNumber(first[i]!.value, 2),
        brackets(first[i]!),
        formatNumber(total[i]!.value, 2),
        brackets(total[i]!),
      ]),
    ),
  };
}

/** Numbers of the inputs, the largest total index first. */
export function byTotal(total: readonly Index[]): number[] {
  return total.map((_, i) => i).sort((a, b) => total[b]!.value - total[a]!.value || a - b);
}

function brackets({ low, high }: Index): string {
  return `[${formatNumber(low, 2)}, ${formatNumber(high, 2)}]`;
}

/** What each output depends on, in a sentence. */
export function sensitivitySentences({ inputs, outputs }: SobolAnalysis): string[] {
  return outputs.slice(0, 12).map(({ name, first, total }) => {
    if (total.length === 0) return `${name} does not vary over the ranges of the inputs.`;
    const order = byTotal(total);
    const most = order
      .slice(0, 3)
      .filter((i) => total[i]!.value >= 0.01)
      .map((i) => `${inputs[i]} (${formatPercent(total[i]!.value)})`);
    const alone = first.reduce((sum, { value }) => sum + Math.max(0, value), 0);
    const together = 1 - alone;
    const idle = order.filter((i) => total[i]!.high < 0.01).map((i) => inputs[i]!);
    const named =
      idle.length > 12 ? `${idle.slice(0, 12).join(", ")} and ${idle.length - 12} more` : idle.join(", ");
    return `${name} depends most on ${most.join(", ")}.${together > 0.05 ? ` Interactions of inputs cause ${formatPercent(together)} of its variance.` : ""}${idle.length > 0 ? ` ${idle.length} of ${counted(inputs.length, "input")} ${idle.length === 1 ? "has" : "have"} no effect on it (below 1 %): ${named}.` : ""}`;
  });
}
