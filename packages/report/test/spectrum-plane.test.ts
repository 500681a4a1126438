import { colours } from "@stiffnet/terminal";
import { describe, expect, it } from "vitest";
import { layerBar, plane } from "../src/charts.ts";
import { pngRenderer } from "../src/png.ts";

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [r, g, b] = colour
    .match(colour.startsWith("#") ? /[\da-f]{2}/gi : /\d+/g)!
    .slice(0, 3)
    .map((part) => {
      const value = (colour.startsWith("#") ? Number.parseInt(part, 16) : Number(part)) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

describe("the colours of layers", () => {
  it.each([1, 2, 3, 8, 30])("are seen on light and dark pages, with whole numbers: %i layers", (layers) => {
    const { svg } = layerBar("scale", layers);
    const fills = [...svg.matchAll(/<rect[^>]*? fill="([^"]+)"/g)].map(([, fill]) => fill!);
    expect(fills).toHaveLength(layers);
    for (const ground of colours.paper) {
      for (const fill of fills) {
        const [dark, light] = [luminance(fill), luminance(ground)].sort((a, b) => a - b);
        expect((light! + 0.05) / (dark! + 0.05)).toBeGreaterThan(3);
      }
    }
    const ticks = [...svg.matchAll(/>([\d.]+)<\/text>/g)].map(([, text]) => text!);
    expect(ticks[0]).toBe("1");
    expect(ticks.every((text) => /^\d+$/.test(text) && Number(text) <= layers)).toBe(true);
    expect(new Set(ticks).size).toBe(ticks.length);
    // The plane beside it is 420 high.
    expect(Number(/height="(\d+)"/.exec(svg)![1])).toBeLessThan(210);
    // A page that gives it more room does not make it much larger.
    expect(svg).toContain("max-width:min(100%, 92px)");
  });
});

describe("the plane of eigenvalues", () => {
  // From (x, y), how many pixels a unit has: 430 - 54 - 12 across and 420 - 26 - 42 down for 2.1 reach.
  const places: [x: number, y: number, reach: number, crosses: boolean][] = [
    [-1, 0, 1.08, true],
    [-1, 0, 3, true],
    [0.3, 0.2, 0.5, true],
    [-0.29, 0.71, 0.01, true],
    [-0.0065, 0, 0.0129, true],
    [-1e-5, 0, 1e-6, false],
    [-0.5, 0, 1e-12, true],
    [-0.7, 0.1, 0.05, false],
    [5, 5, 0.1, false],
  ];
  it.each(places)(
    "about (%d, %d), %d wide: the circle where it is seen, drawn as PNG",
    async (x, y, reach, crosses) => {
      const { svg } = plane([{ x, y, layer: 1 }], { name: "near", layers: 1, x, y, reach });
      expect((await pngRenderer())(svg).length).toBeGreaterThan(1000);
      const line = /aria-label="line"[^>]*>.*?<path[^>]* d="([^"]*)"/s.exec(svg)?.[1] ?? "";
      const points = [...line.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, across, down]) => [
        Number(across),
        Number(down),
      ]);
      expect(points.length > 0).toBe(crosses);
      const side = reach > 1e-9 ? 1.05 * reach : 1.05;
      for (const [across, down] of points) {
        const re = x + side * (2 * ((across! - 54) / 364) - 1);
        const im = y - side * (2 * ((down! - 26) / 352) - 1);
        // Coordinates have a tenth of a pixel.
        expect(Math.abs(Math.hypot(re + 1, im) - 1)).toBeLessThan(side / 1000);
      }
    },
  );
});
