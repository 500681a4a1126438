import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { plainSvg } from "./canvas.ts";

/** Pixels a unit of the drawing. */
const zoom = 2;

/** In the drawing's place of the system's fonts, which differ from machine to machine. */
const family = "DejaVu Sans";

export type PngRenderer = (svg: string) => Uint8Array;

let renderer: Promise<PngRenderer> | undefined;

/** Draws a panel as a PNG in the colours of a light page. Font and renderer are included, so that the bytes
 *  are the same on every machine. */
export function pngRenderer(): Promise<PngRenderer> {
  renderer ??= makeRenderer();
  return renderer;
}

async function makeRenderer(): Promise<PngRenderer> {
  await initWasm(read(import.meta.resolve("@resvg/resvg-wasm/index_bg.wasm")));
  const fontBuffers = [
    read(import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf")),
    read(import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf")),
  ];
  return (svg) => {
    const drawing = new Resvg(plainSvg(svg, family), {
      background: "#fff",
      fitTo: { mode: "zoom", value: zoom },
      font: { fontBuffers, defaultFontFamily: family },
    });
    const image = drawing.render();
    const png = image.asPng();
    image.free();
    drawing.free();
    return png;
  };
}

function read(url: string): Uint8Array {
  return readFileSync(fileURLToPath(url));
}
