import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** One SVG. */
export interface Panel {
  /** File name without its ending. */
  readonly name: string;
  readonly svg: string;
}

/** A numbered figure of the report: panels side by side under one caption. */
export interface Figure {
  readonly title: string;
  readonly caption: string;
  readonly panels: readonly Panel[];
}

/** Colours of Okabe and Ito: told apart with any colour vision, and different in lightness, in a lighter variant on
 *  dark pages. Lines differ in their dashes too, for grey print. */
export const seriesDashes: readonly string[] = ["none", "7 3", "2 3", "9 3 2 3", "4 2", "1 2"];

const svgStyle = `
svg.plot{--series-1:#0072b2;--series-2:#b8500a;--series-3:#007a5a;--series-4:#a0488a;--series-5:#7a6a00;--series-6:#444;
--plot-background:transparent;color:#1c1c1c;font-family:system-ui,sans-serif;font-size:11.5px;overflow:visible;max-width:100%;height:auto}
@media (prefers-color-scheme:dark){svg.plot{--series-1:#56b4e9;--series-2:#f0a050;--series-3:#3fc99b;--series-4:#e39ccb;--series-5:#e6d84a;--series-6:#bbb;color:#ddd}}
@media print{svg.plot{--series-1:#0072b2;--series-2:#b8500a;--series-3:#007a5a;--series-4:#a0488a;--series-5:#7a6a00;--series-6:#444;color:#000}}`
  .trim()
  .replaceAll("\n", "");

/** The colour of the k-th series, counted from 0. */
export function seriesColour(k: number): string {
  return `var(--series-${(k % 6) + 1})`;
}

/** Draws a plot as one self-standing SVG: no script, no outside font or style, readable on light and dark pages. */
export function drawSvg(name: string, label: string, options: Plot.PlotOptions): Panel {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const drawn = Plot.plot({
    document,
    style: { background: "transparent", fontSize: "11.5px", overflow: "visible" },
    ...options,
  });
  const svg = drawn.tagName.toLowerCase() === "svg" ? drawn : drawn.querySelector("svg")!;
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.setAttribute("class", `${svg.getAttribute("class") ?? ""} plot`.trim());
  // The library's own style sets a white-on-black-proof colour only for pages that it knows.
  svg.querySelector("style")?.remove();
  const style = document.createElement("style");
  style.textContent = svgStyle;
  svg.prepend(style);
  return { name, svg: svg.outerHTML };
}

/** Ticks of a logarithmic axis: 0.01 to 1000 in full, others as powers of ten with their factor. */
export function powerTick(value: number): string {
  const exponent = Math.floor(Math.log10(value) + 1e-9);
  if (exponent >= -3 && exponent <= 3) return String(Number(value.toPrecision(3)));
  const factor = Number((value / 10 ** exponent).toPrecision(3));
  const raised = [...String(exponent)].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)]!)).join("");
  return `${factor === 1 ? "" : `${factor}·`}10${raised}`;
}

/** Dense within a decade, 1, 2, 5, 10 ... within two; powers of ten beyond that, every second or third over many. */
export function logTicks(low: number, high: number): number[] {
  const decades = Math.log10(high / low);
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

/** At most `most` of the values, evenly spread, the last always among them. */
export function thinned<T>(values: readonly T[], most: number): T[] {
  if (values.length <= most) return [...values];
  const step = (values.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => values[Math.round(i * step)]!);
}
