import * as Plot from "@observablehq/plot";
import { shortened } from "@stiffnet/base";
import { formatNumber } from "@stiffnet/terminal";
import { centred, drawSvg, heading, margins, rangeWithMargin, seriesColour } from "./canvas.ts";
import type { Panel } from "./page.ts";
import { rangeOf } from "./statistics.ts";

/** Predicted against true values of one output on the test set, both in the output's unit; the diagonal is
 *  perfect. */
export function predictedAgainstTrue(
  points: readonly { readonly truth: number; readonly model: number; readonly other: number }[],
  options: { name: string; output: string; r2: { model: number | null; other: number | null } },
): Panel {
  const values = points.flatMap((p) => [p.truth, p.model]).filter(Number.isFinite);
  const domain = rangeWithMargin(values, 0.04);
  const [, size] = rangeOf(values.map(Math.abs));
  const exponent = size > 1e-300 && (size < 1e-2 || size >= 1e5) ? Math.floor(Math.log10(size)) : 0;
  const tickFormat = (v: number): string => String(Number((v / 10 ** exponent).toPrecision(6)));
  const unit = exponent === 0 ? "" : ` (1e${exponent})`;
  const drawn =
    points.length > 2000 ? points.filter((_, i) => i % Math.ceil(points.length / 2000) === 0) : points;
  return drawSvg(options.name, `predicted against true ${options.output}`, {
    width: 232,
    height: 252,
    ...margins(40, 8, 38, 46),
    x: { label: `true${unit}`, domain, ticks: 4, tickFormat, ...centred },
    y: { label: `predicted${unit}`, domain, ticks: 5, tickFormat, labelOffset: 42, ...centred },
    marks: [
      Plot.line(
        [
          [domain[0]!, domain[0]!],
          [domain[1]!, domain[1]!],
        ],
        { stroke: "currentColor", strokeOpacity: 0.5 },
      ),
      Plot.dot(drawn, {
        x: "truth",
        y: (p: { other: number }) => Math.min(Math.max(p.other, domain[0]!), domain[1]!),
        symbol: "times",
        r: 2,
        stroke: "currentColor",
        strokeOpacity: 0.3,
      }),
      Plot.dot(drawn, { x: "truth", y: "model", r: 2, fill: seriesColour(0), fillOpacity: 0.75 }),
      heading(shortened(options.output), 34),
      Plot.text([`R² ${formatNumber(options.r2.model, 2)}, GP ${formatNumber(options.r2.other, 2)}`], {
        frameAnchor: "top",
        dy: -20,
        fillOpacity: 0.8,
      }),
      Plot.frame({ strokeOpacity: 0.3 }),
    ],
  });
}
