import * as Plot from "@observablehq/plot";
import { colours, seriesColours } from "@stiffnet/terminal";
import { parseHTML } from "linkedom";
import { escaped, type Panel } from "./page.ts";
import { rangeOf } from "./statistics.ts";

/** Lines differ in their dashes too, for grey print. */
const dashes = ["none", "7 3", "2 3", "9 3 2 3", "4 2", "1 2"];

const { light: onLight, dark: onDark } = seriesColours;
const [ink, inkOnDark] = colours.ink;

const svgStyle = `
svg.plot{${variables(onLight)};--plot-background:transparent;color:${ink};font-family:system-ui,sans-serif;font-size:11.5px;overflow:visible;max-width:100%;height:auto}
@media screen and (prefers-color-scheme:dark){svg.plot{${variables(onDark)};color:${inkOnDark}}}`
  .trim()
  .replaceAll("\n", "");

function variables(colours: readonly string[]): string {
  return colours.map((colour, k) => `--series-${k + 1}:${colour}`).join(";");
}

/** So many series can be told apart. */
export const seriesCount: number = onLight.length;

export function seriesColour(k: number): string {
  return `var(--series-${(k % seriesCount) + 1})`;
}

const symbols = ["circle", "triangle", "square", "cross", "diamond", "star", "wye"] as const;

export function seriesSymbol(k: number): (typeof symbols)[number] {
  return symbols[k % symbols.length]!;
}

export function seriesDash(k: number): string {
  return dashes[k % seriesCount]!;
}

/** A panel without its style sheet, as on a light page, in one font: for renderers that know neither
 *  variables nor media. */
export function plainSvg(svg: string, family: string): string {
  return svg
    .replace(/<style>[^<]*<\/style>/, "")
    .replaceAll(/var\(--series-(\d)\)/g, (_, k: string) => onLight[Number(k) - 1]!)
    .replaceAll("var(--plot-background)", "none")
    .replace("<svg ", `<svg color="${ink}" `)
    .replaceAll(/font-family="[^"]*"/g, `font-family="${family}"`);
}

/** Draws a plot as one self-standing SVG: no script, no outside font or style, readable on light and dark
 *  pages. */
export function drawSvg(name: string, label: string, options: Plot.PlotOptions): Panel {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const drawn = Plot.plot({
    document,
    style: {
      background: "transparent",
      fontSize: "11.5px",
      overflow: "visible",
      // On a page that gives more room, its letters grow no larger than the page's.
      maxWidth: `min(100%, ${Math.round(1.4 * (options.width ?? 640))}px)`,
    },
    ...withAllLabels(options),
  });
  const svg = drawn.tagName.toLowerCase() === "svg" ? drawn : drawn.querySelector("svg")!;
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("role", "img");
  // Serialised as HTML, where < and & stand as they are. In the SVG file they must not.
  svg.setAttribute("aria-label", escaped(label));
  svg.setAttribute("class", `${svg.getAttribute("class") ?? ""} plot`.trim());
  // The library's own style sets a white-on-black-proof colour only for pages that it knows.
  svg.querySelector("style")?.remove();
  const style = document.createElement("style");
  style.textContent = svgStyle;
  svg.prepend(style);
  // XML has no way to write these characters. Names of columns may hold them.
  const written = svg.outerHTML.replace(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, "\uFFFD");
  return { name, svg: ownClips(name, rounded(written)) };
}

/** Draws logarithmic axes without the library, which leaves out the labels of some given ticks. */
function withAllLabels(options: Plot.PlotOptions): Plot.PlotOptions {
  const own: Plot.Markish[] = [];
  const axis = (scale: Plot.ScaleOptions | undefined, ticks: typeof Plot.axisX, grid: typeof Plot.gridX) => {
    if (scale?.type !== "log" || !Array.isArray(scale.ticks) || scale.axis === null) return scale;
    const { tickFormat, label = null, labelAnchor, labelArrow } = scale;
    if (scale.grid) own.push(grid(scale.ticks));
    own.push(
      ticks(scale.ticks, {
        text: tickFormat as (value: number) => string,
        label,
        ...(labelAnchor && { labelAnchor }),
        ...(labelArrow && { labelArrow }),
      }),
    );
    return { ...scale, axis: null, grid: false };
  };
  const x = axis(options.x, Plot.axisX, Plot.gridX);
  const y = axis(options.y, Plot.axisY, Plot.gridY);
  return { ...options, ...(x && { x }), ...(y && { y }), marks: [...own, ...(options.marks ?? [])] };
}

/** The library counts its clip paths through the process: named after the panel, they are the same each
 *  time. */
function ownClips(panel: string, svg: string): string {
  const ids = [...new Set(svg.match(/plot-clip-\d+/g))];
  return svg.replaceAll(/plot-clip-\d+/g, (id) => `${panel}-clip-${ids.indexOf(id) + 1}`);
}

/** Coordinates to a tenth of a pixel: a third of the size. */
function rounded(svg: string): string {
  const tenth = (number: string): string => String(Math.round(Number(number) * 10) / 10);
  return svg.replaceAll(
    /(?<=\s)(d|x|y|x1|x2|y1|y2|cx|cy|width|height|transform)="([^"]*)"/g,
    (_, name: string, value: string) => `${name}="${value.replaceAll(/-?\d+\.\d+/g, tenth)}"`,
  );
}

/** Room about the frame, in pixels. */
export function margins(
  top: number,
  right: number,
  bottom: number,
  left: number,
): Required<Pick<Plot.PlotOptions, "marginTop" | "marginRight" | "marginBottom" | "marginLeft">> {
  return { marginTop: top, marginRight: right, marginBottom: bottom, marginLeft: left };
}

/** An axis with its label in the middle and no arrow. */
export const centred = { labelAnchor: "center", labelArrow: "none" } as const;

/** A logarithmic axis over the domain, with all of its ticks labelled. */
export function logScale(label: string | null, range: readonly [number, number]): Plot.ScaleOptions {
  const [low, high] = normalRange(range);
  return { type: "log", label, domain: [low, high], ticks: logTicks(low, high), tickFormat: powerTick };
}

/** The part of a range that a logarithmic axis can show: its powers of ten are neither 0 nor infinite. */
export function normalRange([low, high]: readonly [number, number]): [number, number] {
  return [Math.max(low, 2 ** -1022), Math.max(Math.min(high, Number.MAX_VALUE), 2 ** -1021)];
}

/** Range of the values with a share of it on either side. */
export function rangeWithMargin(values: readonly number[], share: number): [number, number] {
  const [low, high] = rangeOf(values);
  if (!(low <= high)) return [0.1, 1];
  const size = high - low;
  // The library has no ticks for smaller ranges.
  const margin = size > 1e-300 ? share * size : 1;
  return [low - margin, high + margin];
}

export function heading(text: string, above = 18): Plot.Text {
  return Plot.text([text], { frameAnchor: "top", dy: -above, fontWeight: 600 });
}

/** Ticks of a logarithmic axis: 0.01 to 1000 in full, others as powers of ten with their factor. */
export function powerTick(value: number): string {
  const exponent = Math.floor(Math.log10(value) + 1e-9);
  if (exponent >= -3 && exponent <= 3) return String(Number(value.toPrecision(3)));
  const factor = Number((value / 10 ** exponent).toPrecision(3));
  const raised = [...String(exponent)].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)]!)).join("");
  return `${factor === 1 ? "" : `${factor}·`}10${raised}`;
}

/** Ticks: evenly spaced within a fifth of a decade, dense within one decade, 1, 2, 5, 10 ... within two.
 *  Beyond two, powers of ten, or every second or third power over many decades. */
export function logTicks(low: number, high: number): number[] {
  const decades = Math.log10(high / low);
  if (decades < 0.2) return evenTicks(low, high);
  const steps =
    decades < 0.5
      ? [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9]
      : decades < 1
        ? [1, 1.5, 2, 3, 5, 7]
        : decades < 2.2
          ? [1, 2, 5]
          : [1];
  const every = Math.ceil(decades / 8);
  const ticks: number[] = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) {
    if (e % every !== 0) continue;
    for (const step of steps) {
      const tick = Number(`${step}e${e}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}

/** Four to nine round numbers. */
function evenTicks(low: number, high: number): number[] {
  const power = Math.floor(Math.log10((high - low) / 4));
  const [step] = [5, 2, 1].map((factor) => factor * 10 ** power).filter((size) => 4 * size <= high - low);
  const first = Math.ceil(low / step!);
  const count = Math.floor(high / step!) - first + 1;
  return Array.from({ length: count }, (_, k) => Number(((first + k) * step!).toPrecision(12)));
}

/** At most `most` of the values, evenly spread, the last always among them. */
export function thinned<T>(values: readonly T[], most: number): T[] {
  if (values.length <= most) return [...values];
  const step = (values.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => values[Math.round(i * step)]!);
}
