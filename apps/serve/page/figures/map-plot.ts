import { brief, type Range, rangeOf } from "../numbers.ts";
import { type Axes, frame } from "./frame.ts";
import { colour, colourBar, svg } from "./svg.ts";

interface MapAxes extends Omit<Axes, "square" | "right" | "logarithmic"> {
  /** values[row * count + column], row running with y. */
  readonly values: readonly number[];
  readonly count: number;
  readonly marks: readonly { readonly x: number; readonly y: number }[];
  readonly valueLabel: string;
}

export function mapPlot({ values, count, marks, valueLabel, ...axes }: MapAxes): SVGElement {
  const { figure, at, width, box } = frame({ ...axes, right: 92 });
  const [low, high] = rangeOf(values);
  const [left, top, right, bottom] = [at.x(axes.x[0]), at.y(axes.y[1]), at.x(axes.x[1]), at.y(axes.y[0])];
  figure.append(
    svg("image", {
      href: picture(values, count, [low, high]),
      x: left,
      y: top,
      width: right - left,
      height: bottom - top,
      preserveAspectRatio: "none",
    }),
    // The first above the others.
    ...marks
      .map(({ x, y }, k) => svg("circle", { cx: at.x(x), cy: at.y(y), r: 5, class: `mark mark-${k}` }))
      .reverse(),
    ...colourBar({ x: box.right + 12, top, bottom }, [brief(low, 3), brief(high, 3)]),
    svg(
      "text",
      {
        transform: `translate(${width - 40} ${(top + bottom) / 2}) rotate(-90)`,
        "text-anchor": "middle",
        class: "label",
      },
      valueLabel,
    ),
  );
  return figure;
}

function picture(values: readonly number[], count: number, [low, high]: Range): string {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = count;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(count, count);
  for (const [k, value] of values.entries()) {
    const [row, column] = [Math.floor(k / count), k % count];
    const place = 4 * ((count - 1 - row) * count + column);
    image.data.set([...colour((value - low) / (high - low || 1)), 255], place);
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}
