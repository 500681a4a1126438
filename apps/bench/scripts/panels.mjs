import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pngRenderer } from "@stiffnet/report/charts";

/** Draws panels of a run, by their names in its figures and in so many columns, as one picture. */
export async function drawTogether(run, names, columns, to) {
  const panels = names.map((name) => readFileSync(join(run, "figures", `${name}.svg`), "utf8"));
  const sizeOf = (svg) =>
    ["width", "height"].map((name) => Number(new RegExp(`${name}="([\\d.]+)"`).exec(svg)[1]));
  const [width, height] = sizeOf(panels[0]);
  const placed = panels.map((svg, k) =>
    svg.replace("<svg", `<svg x="${(k % columns) * width}" y="${Math.floor(k / columns) * height}"`),
  );
  const [across, down] = [columns * width, Math.ceil(panels.length / columns) * height];
  const all = `<svg xmlns="http://www.w3.org/2000/svg" width="${across}" height="${down}">${placed.join("")}</svg>`;
  writeFileSync(to, (await pngRenderer())(all));
}
