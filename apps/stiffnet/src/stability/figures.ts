import * as Plot from "@observablehq/plot";
import { counted } from "@stiffnet/base";
import type { Figure, Panel } from "@stiffnet/report";
import {
  centred,
  drawSvg,
  eigenvaluesOf,
  extent,
  layerBar,
  logScale,
  margins,
  near,
  plane,
  seriesColour,
  thinned,
} from "@stiffnet/report/charts";
import type { Stability } from "@stiffnet/stiffness";

/** Points drawn inside the disc, and outside of it. */
const most = { inside: 2000, outside: 2000 };

/** alpha l of every layer in the complex plane, with the disc |1 + alpha l| <= 1. */
export function planeFigure(stability: Stability): Figure {
  const { alpha, spectra } = stability;
  const { depth, samples } = spectra;
  const all = eigenvaluesOf(stability);
  const isOutside = ({ x, y }: { x: number; y: number }): boolean => x * (2 + x) + y * y > 0;
  const outside = all.filter(isOutside);
  const inside = all.filter((point) => !isOutside(point));
  const drawn = [...thinned(inside, most.inside), ...thinned(outside, most.outside)];
  const left = drawn.length < all.length ? ` ${drawn.length} of ${all.length} eigenvalues are drawn.` : "";
  const whole = Math.max(1.08, extent(all, -1, 0));
  return {
    title: "Eigenvalues and the stability disc",
    caption: `Eigenvalues l of the layers' Jacobians times the network's step alpha = ${Number(alpha.toPrecision(3))}, for ${counted(samples, "sample")}. The colour is the layer. The right plot shows a part of the left one, enlarged. Within the circle |1 + alpha l| <= 1, explicit Euler damps a mode. Right of the vertical axis, a mode grows by itself. Elsewhere outside the circle, the step makes it grow.${left}`,
    panels: [
      plane(drawn, { name: "eigenvalues", layers: depth, x: -1, y: 0, reach: whole }),
      plane(drawn, { name: "eigenvalues-near", layers: depth, ...near(all) }),
      layerBar("eigenvalues-scale", depth),
    ],
  };
}

/** Largest stable step and stiffness ratio, layer by layer. */
export function layersFigure({ alpha, layers }: Stability): Figure {
  return {
    title: "Layer by layer",
    caption:
      "Explicit Euler damps every decaying mode up to the largest stable step. The dashed line is the network's own step. The stiffness ratio |l1| / |ln| is a median over the samples.",
    panels: [
      bars(
        layers.map(({ layer, largestStep }) => ({ layer, value: largestStep })),
        { name: "largest-step", label: "largest stable step", mark: alpha },
      ),
      bars(
        layers.map(({ layer, ratio }) => ({ layer, value: ratio.modulus })),
        { name: "stiffness-ratio", label: "stiffness ratio" },
      ),
    ],
  };
}

/** One dot a layer on a stem, logarithmic. Layers without a finite value are left out. */
function bars(
  all: readonly { readonly layer: number; readonly value: number }[],
  options: { name: string; label: string; mark?: number },
): Panel {
  const points = all.filter(({ value }) => value > 0 && Number.isFinite(value));
  const values = [...points.map(({ value }) => value), ...(options.mark === undefined ? [] : [options.mark])];
  const [low, high] = values.length === 0 ? [0.1, 1] : [Math.min(...values) / 1.5, Math.max(...values) * 1.5];
  return drawSvg(options.name, `${options.label} of every layer`, {
    width: 480,
    height: 250,
    ...margins(26, 12, 40, 58),
    x: {
      label: "layer",
      ...centred,
      domain: [0.5, all.length + 0.5],
      ticks: thinned(
        all.map(({ layer }) => layer),
        12,
      ),
      tickFormat: String,
    },
    y: { ...logScale(options.label, [low, high]), grid: true },
    marks: [
      Plot.ruleY(options.mark === undefined ? [] : [options.mark], {
        stroke: "currentColor",
        strokeOpacity: 0.7,
        strokeDasharray: "5 3",
      }),
      Plot.ruleX(points, { x: "layer", y1: low, y2: "value", stroke: seriesColour(0), strokeOpacity: 0.4 }),
      Plot.dot(points, { x: "layer", y: "value", r: 3.5, fill: seriesColour(0) }),
    ],
  });
}
