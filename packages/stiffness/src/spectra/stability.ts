import { needed, positive } from "@stiffnet/base";
import { type Model, requireOptions } from "@stiffnet/core";
import { largestRatio, ratioOf } from "./ratio.ts";
import { type Spectra, spectra } from "./spectra.ts";

/** The effect of a step of explicit Euler on the eigenvalues of one layer or of all. */
interface StepStability {
  /** The largest step (in time) with which explicit Euler damps every decaying mode (Re l < 0) of every
   *  sample,
   *
   *      min over l of -2 Re(l) / |l|^2;
   *
   *  infinity if nothing decays. Over all layers: the smallest. */
  readonly largestStep: number;
  /** Steps of that size over the horizon, at least 1. An explicit method would need so many. */
  readonly steps: number;
  /** Share of the eigenvalues outside the disc. */
  readonly outside: number;
  /** Share of decaying modes that the step makes grow. */
  readonly unstable: number;
  /** Share of modes that grow by themselves. They lie outside at any step. */
  readonly growing: number;
}

/** Stability of one layer, over the samples. */
export interface LayerStability extends StepStability {
  /** From 1. */
  readonly layer: number;
  /** |l_1|, in 1/time. */
  readonly radius: { readonly median: number; readonly max: number };
  /** Stiffness ratio |l_1| / |l_n|, and max |Re l| / min |Re l|, medians over the samples (see
   *  `eigenRatio`). */
  readonly ratio: { readonly modulus: number; readonly real: number };
}

/** Every layer's spectrum against the stability disc |1 + alpha l| <= 1 of explicit Euler, the step that the
 *  network itself takes. */
export interface Stability extends StepStability {
  /** The network's step, horizon / depth. */
  readonly alpha: number;
  readonly horizon: number;
  readonly layers: readonly LayerStability[];
  readonly spectra: Spectra;
}

/** Real parts below this share of |l_1|, and distances from the circle below this, are rounding. */
const rounding = 1 / largestRatio;

/** How stable the network's own step is, and which step its field would need. `samples` has row-major inputs
 *  in physical units. `most` takes at most so many samples, evenly spread (default: 100). Jacobians that are
 *  not finite have no eigenvalues. They are left out of the results and counted in `spectra.failed`. The
 *  results of a layer without any others are NaN. */
export function stability(
  model: Model,
  samples: { readonly inputs: Float64Array },
  options: { most?: number } = {},
): Stability {
  return stabilityOf(
    spectra(model, samples, { ...options, most: options.most ?? 100 }),
    model.config.horizon,
  );
}

/** The same of eigenvalues that are there already. */
export function stabilityOf(found: Spectra, horizon: number): Stability {
  requireOptions("stability", { horizon }, { horizon: needed(positive) });
  const { depth } = found;
  const alpha = horizon / depth;
  const layers = Array.from({ length: depth }, (_, n) => layerStability(found, n, alpha, horizon));
  // Layers have equal counts unless some failed.
  const known = layers.filter(({ outside }) => !Number.isNaN(outside));
  const mean = (share: (layer: LayerStability) => number): number =>
    known.reduce((sum, layer) => sum + share(layer), 0) / known.length;
  const largestStep = known.length ? Math.min(...known.map((layer) => layer.largestStep)) : Number.NaN;
  return {
    alpha,
    horizon,
    layers,
    largestStep,
    steps: stepsOf(largestStep, horizon),
    outside: mean((layer) => layer.outside),
    unstable: mean((layer) => layer.unstable),
    growing: mean((layer) => layer.growing),
    spectra: found,
  };
}

function layerStability(
  { samples, width, re, im }: Spectra,
  n: number,
  alpha: number,
  horizon: number,
): LayerStability {
  const radii: number[] = [];
  const moduli: number[] = [];
  const reals: number[] = [];
  let largestStep = Number.POSITIVE_INFINITY;
  let unstable = 0;
  let growing = 0;
  for (let i = 0; i < samples; i++) {
    const at = (n * samples + i) * width;
    const x = re.subarray(at, at + width);
    const y = im.subarray(at, at + width);
    const radius = Math.sqrt(x[0]! * x[0]! + y[0]! * y[0]!);
    if (Number.isNaN(radius)) continue;
    radii.push(radius);
    if (radius > 0) {
      moduli.push(ratioOf(x, y, "modulus", rounding));
      reals.push(ratioOf(x, y, "real", rounding));
    }
    for (let k = 0; k < width; k++) {
      const square = x[k]! * x[k]! + y[k]! * y[k]!;
      const decays = x[k]! < -rounding * radius;
      if (decays) largestStep = Math.min(largestStep, (-2 * x[k]!) / square);
      // |1 + alpha l|^2 - 1, without cancellation.
      if (alpha * (2 * x[k]! + alpha * square) <= rounding) continue;
      if (decays) unstable++;
      else growing++;
    }
  }
  const count = radii.length * width;
  if (count === 0) largestStep = Number.NaN;
  return {
    layer: n + 1,
    radius: { median: median(radii), max: count ? Math.max(...radii) : Number.NaN },
    ratio: { modulus: median(moduli), real: median(reals) },
    largestStep,
    steps: stepsOf(largestStep, horizon),
    outside: (unstable + growing) / count,
    unstable: unstable / count,
    growing: growing / count,
  };
}

function stepsOf(largestStep: number, horizon: number): number {
  // A step that fits exactly is not to be lost to rounding.
  return Math.max(1, Math.ceil(horizon / largestStep - 1e-9));
}

function median(values: number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
