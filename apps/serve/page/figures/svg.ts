// Elements of figures.

type Attributes = Readonly<Record<string, string | number>>;

/** svg("line", { x1: 0 }, child...) */
export function svg(name: string, attributes: Attributes = {}, ...children: (Node | string)[]): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

export const label = (
  text: string,
  x: number,
  y: number,
  anchor = "start",
  attributes: Attributes = {},
): SVGElement => svg("text", { x, y, "text-anchor": anchor, ...attributes }, text);

/** A path through points. */
export const path = (
  xs: readonly number[],
  ys: readonly number[],
  at: { x(v: number): number; y(v: number): number },
): string =>
  xs.map((x, k) => `${k === 0 ? "M" : "L"}${at.x(x).toFixed(2)} ${at.y(ys[k]!).toFixed(2)}`).join("");

/** Viridis at every quarter, as in reports: dark to light. */
const colours = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
];

export function colour(fraction: number): [number, number, number] {
  const place = Math.min(0.9999, Math.max(0, fraction)) * (colours.length - 1);
  const k = Math.floor(place);
  const [from, to] = [colours[k]!, colours[k + 1]!];
  return [0, 1, 2].map((i) => Math.round(from[i]! + (place - k) * (to[i]! - from[i]!))) as [
    number,
    number,
    number,
  ];
}

/** The colour scale as a bar, with what its ends mean. */
export function colourBar(
  { x, top, bottom }: { x: number; top: number; bottom: number },
  [low, high]: readonly [string, string],
  most = 1,
): SVGElement[] {
  const step = (bottom - top) / 40;
  const bar = Array.from({ length: 40 }, (_, k) =>
    svg("rect", {
      x,
      y: top + (39 - k) * step,
      width: 14,
      height: step + 0.5,
      fill: `rgb(${colour(((k + 0.5) / 40) * most)})`,
    }),
  );
  return [...bar, label(high, x + 20, top + 10), label(low, x + 20, bottom)];
}
