import { element, named } from "../elements.ts";
import { svg } from "./svg.ts";

export interface Swing {
  readonly name: string;
  readonly unit?: string;
  /** The least and the largest change from the point. */
  readonly low: number;
  readonly high: number;
  readonly text: string;
  /** Words behind the number: whether the output grows with the input. */
  readonly direction: string;
}

/** Bars from the least to the largest change, with a line at no change. Their lengths are their values. */
export function swingTable(swings: readonly Swing[], header: string): HTMLTableElement {
  const low = Math.min(0, ...swings.map((swing) => swing.low));
  const high = Math.max(0, ...swings.map((swing) => swing.high));
  const at = (value: number): number => (100 * (value - low)) / (high - low || 1);
  const rows = swings.map((swing) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, ...named(swing)),
      element("td", { class: "number" }, swing.text),
      element("td", { class: "direction quiet" }, swing.direction),
      element("td", { class: "wide" }, bar(at(swing.low), at(swing.high), at(0))),
    ),
  );
  const heads = [
    element("th", { scope: "col" }, "Input"),
    element("th", { scope: "col", class: "number" }, header),
    element("th", { scope: "col", class: "direction" }, "With the input"),
    element("th", { scope: "col", class: "wide" }, "Below and above the point"),
  ];
  const head = element("thead", {}, element("tr", {}, ...heads));
  return element("table", { class: "swings" }, head, element("tbody", {}, ...rows));
}

function bar(from: number, to: number, zero: number): SVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 100 10", preserveAspectRatio: "none", class: "swing", "aria-hidden": "true" },
    svg("rect", { x: from, y: 1, width: Math.max(0, zero - from), height: 8, class: "below" }),
    svg("rect", { x: zero, y: 1, width: Math.max(0, to - zero), height: 8, class: "above" }),
    svg("line", { x1: zero, x2: zero, y1: 0, y2: 10, class: "zero" }),
  );
}
