import { type Model, predict } from "@stiffnet/core";
import { alpine02 } from "@stiffnet/datasets";
import { rangeOf } from "@stiffnet/report";
import { colourBar, type Figure, type Grid, surface } from "@stiffnet/report/charts";

const side = 101;

/** Alpine02 over [-5, 5]^2, what the network makes of it, and the difference. */
export function surfaceFigure(model: Model, trained: string): Figure {
  const points = new Float64Array(side * side * 2);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      points[2 * (row * side + column)] = -5 + (10 * column) / (side - 1);
      points[2 * (row * side + column) + 1] = -5 + (10 * row) / (side - 1);
    }
  }
  const truth = alpine02(2).evaluate(points);
  const network = predict(model, points);
  const error = truth.map((value, i) => Math.abs(network[i]! - value));
  const range = rangeOf([...truth, ...network]);
  const largest = rangeOf(error)[1] || 1;
  const grid = (values: Float64Array): Grid => ({
    columns: side,
    rows: side,
    x: [-5, 5],
    y: [-5, 5],
    values,
  });
  const axes = { xLabel: "x1", yLabel: "x2" };
  return {
    title: "The function and its approximation",
    caption: `Alpine02 in two dimensions and the network (${trained}) on one colour scale, and the absolute difference on its own; at most ${largest.toPrecision(2)}, where the function spans ${(range[1] - range[0]).toPrecision(3)}. Alpine02 has cusps along both axes, which a smooth network can only round off.`,
    panels: [
      surface(grid(truth), { name: "surface-function", title: "Alpine02", range, ...axes }),
      surface(grid(network), { name: "surface-network", title: "network", range, ...axes }),
      colourBar("surface-scale", range, "f"),
      surface(grid(error), {
        name: "surface-error",
        title: "absolute difference",
        range: [0, largest],
        ...axes,
      }),
      colourBar("surface-error-scale", [0, largest], "error"),
    ],
  };
}
