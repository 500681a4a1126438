import * as Plot from "@observablehq/plot";
import type { Stability } from "@stiffnet/stiffness";
import { centred, drawSvg, heading, margins } from "./canvas.ts";
import type { Panel } from "./page.ts";
import { rangeOf } from "./statistics.ts";

/** Colours of the first to the last layer, visible on light and on dark pages. */
const layerColours = ["#0b72c4", "#a24fb0", "#d05a00"] as const;

/** The colours of so many layers, as options of a plot. */
function layerScale(layers: number): Plot.ScaleOptions {
  const domain = [1, (1 + Math.max(layers, 2)) / 2, Math.max(layers, 2)];
  return { type: "linear", domain, range: layerColours };
}

/** Which colour is which layer: one square each, as whole numbers. */
export function layerBar(name: string, layers: number): Panel {
  const all = Array.from({ length: layers }, (_, k) => k + 1);
  const every = Math.ceil(layers / 8);
  return drawSvg(name, "colours of the layers", {
    width: 66,
    height: 42 + Math.min(14 * layers, 140),
    ...margins(26, 40, 8, 8),
    x: { axis: null, domain: [0, 1] },
    y: {
      axis: "right",
      label: "layer",
      domain: [0.5, layers + 0.5],
      labelAnchor: "top",
      labelArrow: "none",
      ticks: all.filter((layer) => (layer - 1) % every === 0),
      tickFormat: "d",
    },
    color: layerScale(layers),
    marks: [Plot.rect(all, { x1: 0, x2: 1, y1: (k) => k - 0.5, y2: (k) => k + 0.5, fill: (k) => k })],
  });
}

export function eigenvaluesOf({ alpha, spectra }: Stability): Eigenvalue[] {
  const { samples, width, re, im } = spectra;
  return Array.from(re, (x, at) => ({
    x: alpha * x,
    y: alpha * im[at]!,
    layer: Math.floor(at / (samples * width)) + 1,
  })).filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
}

export interface Eigenvalue {
  readonly x: number;
  readonly y: number;
  readonly layer: number;
}

/** The square of half-width `reach` about (x, y), and the circle as far as it runs through it. */
export function plane(
  drawn: readonly Eigenvalue[],
  options: { name: string; title?: string; layers: number; x: number; y: number; reach: number },
): Panel {
  const { name, title, layers, x, y, reach } = options;
  // Equal values, but for rounding, have no size of their own.
  const side = 1.05 * (reach > 1e-9 ? reach : 1);
  const domain = (at: number): [number, number] => [at - side, at + side];
  const axis = (at: number): number[] => (Math.abs(at) <= side ? [0] : []);
  return drawSvg(name, "eigenvalues of the layers in the complex plane", {
    width: 430,
    height: 420,
    ...margins(26, 12, 42, 54),
    x: { label: "Re alpha l", domain: domain(x), ...centred, ticks: 5 },
    y: { label: "Im alpha l", domain: domain(y), ticks: 6 },
    color: layerScale(layers),
    marks: [
      Plot.ruleX(axis(x), { strokeOpacity: 0.35 }),
      Plot.ruleY(axis(y), { strokeOpacity: 0.35 }),
      Plot.dot(drawn, { x: "x", y: "y", r: 1.5, fill: "layer", fillOpacity: 0.75 }),
      Plot.line(arcNear(x, y, Math.SQRT2 * side), { stroke: "currentColor", strokeWidth: 1.6, clip: true }),
      ...(title === undefined ? [] : [heading(title)]),
      Plot.frame({ strokeOpacity: 0.3 }),
    ],
  });
}

/** Points of the circle |1 + z| = 1 that lie within `reach` of (x, y). From very near, the whole circle would
 *  be so large that the renderer of PNGs fails. */
function arcNear(x: number, y: number, reach: number): (readonly [number, number])[] {
  const distance = Math.hypot(x + 1, y);
  // The chord from the nearest point of the circle: reach^2 = (distance - 1)^2 + 4 distance sin(half)^2.
  const square = (reach ** 2 - (distance - 1) ** 2) / (4 * distance);
  if (square < 0) return [];
  const half = square < 1 ? 2 * Math.asin(Math.sqrt(square)) : Math.PI;
  const middle = Math.atan2(y, x + 1);
  return Array.from({ length: 721 }, (_, k) => {
    const angle = middle + half * (k / 360 - 1);
    return [Math.cos(angle) - 1, Math.sin(angle)];
  });
}

/** Largest distance from (x, y) along either axis. */
export function extent(points: readonly Eigenvalue[], x: number, y: number): number {
  return points.reduce((most, point) => Math.max(most, Math.abs(point.x - x), Math.abs(point.y - y)), 0);
}

/** The middle of the points and their extent from it: a `plane` that shows them all from near. */
export function near(points: readonly Eigenvalue[]): { x: number; y: number; reach: number } {
  const [x, y] = [middle(points.map((point) => point.x)), middle(points.map((point) => point.y))];
  return { x, y, reach: extent(points, x, y) };
}

function middle(values: readonly number[]): number {
  const [low, high] = rangeOf(values);
  return low <= high ? (low + high) / 2 : 0;
}
