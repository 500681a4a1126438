import { counted, positive } from "@stiffnet/base";
import { requireOptions } from "@stiffnet/core";
import { largestRatio } from "./ratio.ts";
import type { Stability } from "./stability.ts";

/** A `Stability` for a terminal: what it says, a table of the layers, and the eigenvalues times alpha in the
 *  complex plane with the disc. `columns` is the width to fit into. */
export function renderStability(view: Stability, options: { columns?: number } = {}): string {
  requireOptions("renderStability", options, { columns: positive });
  const columns = Math.max(60, Math.min(options.columns ?? 80, 200));
  const { alpha, horizon, layers, spectra } = view;
  const heads = ["layer", "|l1| med", "|l1| max", "|l1|/|ln|", "Re ratio", "max step", "unstable", "growing"];
  const rows = layers.map((layer) => [
    `${layer.layer}`,
    figure(layer.radius.median),
    figure(layer.radius.max),
    ratio(layer.ratio.modulus),
    ratio(layer.ratio.real),
    figure(layer.largestStep),
    percent(layer.unstable),
    percent(layer.growing),
  ]);
  const widths = heads.map((head, c) => Math.max(head.length, ...rows.map((row) => row[c]!.length)));
  const line = (cells: string[]) => cells.map((cell, c) => cell.padStart(widths[c]!)).join("  ");
  return [
    `${counted(layers.length, "layer")}, ${counted(spectra.samples, "sample")}, step alpha = ${figure(horizon)} / ${layers.length} = ${figure(alpha)}`,
    ...stabilitySentences(view),
    "",
    line(heads),
    ...rows.map(line),
    "",
    ...plane(view, columns),
  ].join("\n");
}

/** What a `Stability` says, in sentences: how many eigenvalues lie outside the disc and why, and the step
 *  that every decaying mode needs. */
export function stabilitySentences({
  alpha,
  largestStep,
  steps,
  outside,
  unstable,
  growing,
  spectra,
}: Stability): string[] {
  const why = [
    ...(unstable > 0
      ? [`${percent(unstable)} belong to modes that decay, but the step is too long for them.`]
      : ["All modes that decay lie inside."]),
    ...(growing > 0 ? [`${percent(growing)} belong to modes that grow by themselves.`] : []),
  ];
  return [
    `At the network's own step of ${figure(alpha)}, ${percent(outside)} of the eigenvalues lie outside the stability disc of explicit Euler.`,
    ...(Number.isNaN(outside) ? [] : [why.join(" ")]),
    ...(largestStep < alpha
      ? [
          `To damp every decaying mode, explicit Euler needs ${counted(steps, "step")} of at most ${figure(largestStep)}.`,
        ]
      : []),
    ...(spectra.failed > 0
      ? [
          `${counted(spectra.failed, "Jacobian")} without eigenvalues ${spectra.failed === 1 ? "was" : "were"} left out.`,
        ]
      : []),
  ];
}

/** Plots alpha l of every layer and sample. "." marks one eigenvalue, and "o", "O", "@" each tenfold more.
 *  "+" is the circle, "|" and "-" are the axes. */
function plane({ alpha, spectra }: Stability, columns: number): string[] {
  // Half the width and half the height drawn, about -1.
  let reach = 1.1;
  let high = 1.1;
  for (let k = 0; k < spectra.re.length; k++) {
    const [x, y] = [Math.abs(alpha * spectra.re[k]! + 1), Math.abs(alpha * spectra.im[k]!)];
    if (x > reach) reach = x;
    if (y > high) high = y;
  }
  reach = Math.max(reach, high);
  if (!Number.isFinite(reach)) return ["eigenvalues too large to draw"];
  // A character is about twice as high as wide.
  const across = columns - (1 - (columns % 2));
  const down = 2 * Math.ceil(((across - 1) / 4) * (high / reach)) + 1;
  const toColumn = (x: number) => Math.round(((x + 1) / reach + 1) * 0.5 * (across - 1));
  const toRow = (y: number) => Math.round((down - 1) / 2 - ((y / reach) * (across - 1)) / 4);
  const canvas = Array.from({ length: down }, () => new Array<string>(across).fill(" "));
  const put = (x: number, y: number, mark: string) => {
    const row = canvas[toRow(y)];
    if (row && toColumn(x) < across) row[toColumn(x)] = mark;
  };
  for (let k = 0; k < across; k++) canvas[(down - 1) / 2]![k] = "-";
  for (let k = 0; k < down; k++) if (toColumn(0) < across) canvas[k]![toColumn(0)] = "|";
  // Half-angle form of the circle: no trigonometry needed.
  for (let k = 0; k <= 400; k++) {
    const t = k / 200 - 1;
    const [c, s] = [(1 - t * t) / (1 + t * t), (2 * t) / (1 + t * t)];
    put(-1 + c, s, "+");
    put(-1 - c, s, "+");
  }
  const counts = new Float64Array(across * down);
  for (let k = 0; k < spectra.re.length; k++) {
    const [x, y] = [toColumn(alpha * spectra.re[k]!), toRow(alpha * spectra.im[k]!)];
    if (x >= 0 && x < across && y >= 0 && y < down) counts[y * across + x]!++;
  }
  counts.forEach((count, at) => {
    if (count === 0) return;
    const mark = count >= 1000 ? "@" : count >= 100 ? "O" : count >= 10 ? "o" : ".";
    canvas[Math.floor(at / across)]![at % across] = mark;
  });
  const title = `alpha l, real part from ${figure(-1 - reach)} to ${figure(reach - 1)}; "+" is the disc's edge; . o O @: 1, 10, 100, 1000 eigenvalues`;
  return [title, ...canvas.map((row) => row.join("").trimEnd())];
}

/** Beyond the largest ratio that can be computed there is no number to print. */
function ratio(value: number): string {
  return value < largestRatio ? figure(value) : "above 1e12";
}

function figure(value: number): string {
  if (Number.isNaN(value)) return "-";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(2);
  return `${Number(value.toPrecision(4))}`;
}

function percent(share: number): string {
  if (Number.isNaN(share)) return "-";
  return `${(100 * share).toFixed(share > 0 && share < 0.0995 ? 2 : 1)} %`;
}
