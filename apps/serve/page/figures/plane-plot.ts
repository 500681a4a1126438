import { brief, type Range, rangeOf } from "../numbers.ts";
import type { LayerSpectra } from "../service/types.ts";
import { type Frame, frame } from "./frame.ts";
import { colour, colourBar, path, svg } from "./svg.ts";

interface Plane {
  readonly title: string;
  /** alpha lambda of every layer that is drawn, and which of all layers it is. */
  readonly layers: readonly { readonly number: number; readonly values: LayerSpectra[number] }[];
  readonly count: number;
  readonly part: string;
  /** The edge of the stability region of a step. */
  readonly boundary: readonly (readonly [number, number])[];
  /** The surroundings of the eigenvalues, or all of the region. */
  readonly close: boolean;
}

/** alpha lambda in the complex plane, over the stability region of the solver's step. */
export function planePlot({ title, layers, count, part, boundary, close }: Plane): SVGElement {
  const points = layers.flatMap(({ values }) => values);
  // At the origin a mode neither grows nor decays, so it is always in the picture.
  const seen = [...points, [0, 0] as const, ...(close ? [] : boundary)];
  const [x, y] = [rangeOf(seen.map(([re]) => re)), rangeOf(seen.map(([, im]) => Math.abs(im)))];
  const reach = Math.max((x[1] - x[0]) / 2, y[1], 1e-12) * 1.12;
  const centre = (x[0] + x[1]) / 2;
  const drawn = frame({
    title,
    xLabel: "Re αλ",
    yLabel: "Im αλ",
    square: true,
    right: 86,
    x: [centre - reach, centre + reach],
    y: [-reach, reach],
  });
  const { figure, at, box } = drawn;
  figure.append(...region(drawn, boundary));
  const share = (n: number): number => (count > 1 ? (0.9 * n) / (count - 1) : 0.4);
  for (const { number, values } of layers) {
    const fill = `rgb(${colour(share(number))})`;
    for (const [re, im] of values) {
      const text = `${part} ${number + 1}: ${brief(re)} ${im < 0 ? "-" : "+"} ${brief(Math.abs(im))}i`;
      figure.append(
        svg(
          "circle",
          { cx: at.x(re), cy: at.y(im), r: 3.5, fill, class: "eigenvalue" },
          svg("title", {}, text),
        ),
      );
    }
  }
  if (count > 1) {
    const ends: readonly [string, string] = [`${part} 1`, `${part} ${count}`];
    figure.append(...colourBar({ x: box.right + 10, top: box.top, bottom: box.bottom }, ends, 0.9));
  }
  return figure;
}

/** Cuts the region off at the axes. */
function region({ at, box }: Frame, boundary: Plane["boundary"]): SVGElement[] {
  const { left, right, top, bottom } = box;
  const corners = svg("rect", { x: left, y: top, width: right - left, height: bottom - top });
  const along = (part: 0 | 1): number[] => boundary.map((point) => point[part]);
  const across = (axis: Range): object => ({ x1: axis[0], x2: axis[1] });
  return [
    svg("clipPath", { id: "plane" }, corners),
    svg(
      "g",
      { "clip-path": "url(#plane)" },
      svg("path", { d: `${path(along(0), along(1), at)}Z`, class: "stable" }),
      svg("line", { ...across([at.x(0), at.x(0)]), y1: top, y2: bottom, class: "axis" }),
      svg("line", { ...across([left, right]), y1: at.y(0), y2: at.y(0), class: "axis" }),
    ),
  ];
}
