import { colours } from "@stiffnet/terminal";
import { describe, expect, it } from "vitest";
import { layerBar } from "../src/charts.ts";

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
